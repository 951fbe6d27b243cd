package stage

import (
	"sort"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Select picks the route of a message (aws-dataplane §2.3); message is missing when
// it is not JSON. The error is the client's frame "Forbidden".
func (d *Deployed) Select(message jsonvalue.Value) (*Route, *execution.GatewayError) {
	index, key := d.router.Select(message)
	if index >= 0 {
		return &d.routes[index], nil
	}
	if len(d.routes) == 0 {
		return nil, execution.RouteNotFound(key, language.RouteNone.Of(quote(key)))
	}
	return nil, execution.RouteNotFound(key, language.RouteNotFound.Of(quote(key), d.routeKeys()))
}

func quote(text string) string { return string(execution.AppendQuoted(nil, text)) }

func (d *Deployed) routeKeys() string {
	keys := make([]string, 0, len(d.routes))
	for i := range d.routes {
		keys = append(keys, d.routes[i].Key)
	}
	sort.Strings(keys)
	return strings.Join(keys, ", ")
}

// Validate checks a message against the model that the route selects for it, before
// anything else looks at it (aws-dataplane §7.1). A route without a
// modelSelectionExpression takes everything.
func (r *Route) Validate(x *integration.Invocation) *execution.GatewayError {
	if r.models == nil {
		return nil
	}
	in := selection.Input{Body: x.Message()}
	name, ok := r.models.Choose(&in)
	if !ok {
		return execution.InvalidBody("[no model is selected]", language.ModelNotSelected.Of(r.Key))
	}
	x.Record.Note(execution.StepModel, name)
	if details := r.check(name, x); details != "" {
		return execution.InvalidBody(details, language.ModelRefuses.Of(name, r.Key, details))
	}
	return nil
}

// MissingParameters are the required parameters that a handshake lacks, sorted
// (aws-dataplane §7.1).
func (r *Route) MissingParameters(p *event.Params) []string {
	var missing []string
	for _, parameter := range r.Required {
		rest := strings.TrimPrefix(strings.TrimPrefix(parameter, "route.request."), "method.request.")
		kind, name, _ := strings.Cut(rest, ".")
		pairs := p.Querystring
		if strings.HasSuffix(kind, "header") {
			pairs = p.Header
		}
		if !has(pairs, name, strings.HasSuffix(kind, "header")) {
			missing = append(missing, name)
		}
	}
	sort.Strings(missing)
	return missing
}

func has(pairs []event.Pair, name string, fold bool) bool {
	for _, pair := range pairs {
		if pair.Value != "" && (pair.Name == name || fold && strings.EqualFold(pair.Name, name)) {
			return true
		}
	}
	return false
}

// cutLast cuts text around the last marker in it.
func cutLast(text, marker string) (before, after string, found bool) {
	if i := strings.LastIndex(text, marker); i >= 0 {
		return text[:i], text[i+len(marker):], true
	}
	return text, "", false
}

// LevelFor is the logging level of a route and whether it traces data; of a message
// that selects no route, the stage's default.
func (d *Deployed) LevelFor(r *Route) (level string, trace bool) {
	if r != nil {
		return r.Level, r.Trace
	}
	return d.level, d.trace
}
