package authorizer

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// source is one identity source of an authorizer (aws-dataplane §7.2).
type source struct {
	text string
	kind string // header, querystring, stageVariables, context
	name string

	variable event.Reference // of $context
}

// compileSource reads one identity source. The error says which forms there are.
func compileSource(text string) (source, error) {
	text = strings.TrimPrefix(text, "$") // HTTP APIs write $request.header.X
	for prefix, kind := range map[string]string{
		"route.request.header.": "header", "route.request.querystring.": "querystring",
		"request.header.": "header", "request.querystring.": "querystring",
		"stageVariables.": "stageVariables", "context.": "context",
	} {
		if name, ok := strings.CutPrefix(text, prefix); ok && name != "" {
			variable, known := event.Resolve(name, event.InIdentitySource)
			if kind == "context" && !known {
				return source{}, language.IdentitySourceContext.Of(text, name)
			}
			return source{text, kind, name, variable}, nil
		}
	}
	return source{}, language.IdentitySourceForm.Of(strconv.Quote(text))
}

// compileSources reads a list whose items may themselves be lists with commas, as REST APIs
// write them.
func compileSources(texts []string) ([]source, error) {
	var sources []source
	for _, text := range texts {
		for _, one := range strings.Split(text, ",") {
			s, err := compileSource(strings.TrimSpace(one))
			if err != nil {
				return nil, err
			}
			sources = append(sources, s)
		}
	}
	return sources, nil
}

// value reads the source: repeated headers are joined, of repeated query parameters the
// last one counts.
func (s *source) value(e *event.Event) string {
	switch s.kind {
	case "header":
		var values []string
		for _, pair := range e.Params.Header {
			if strings.EqualFold(pair.Name, s.name) {
				values = append(values, pair.Value)
			}
		}
		return strings.Join(values, ",")
	case "querystring":
		text, _ := event.Last(e.Params.Querystring, s.name)
		return text
	case "stageVariables":
		text, _ := event.Last(e.StageVariables, s.name)
		return text
	}
	text, _ := s.variable.Text(e)
	return text
}

// ambiguous refuses a handshake with two Authorization headers, as AWS does
// (aws-dataplane §1.3): authorizer and backend might each use another one.
func ambiguous(r *http.Request) *execution.GatewayError {
	if len(r.Header["Authorization"]) < 2 {
		return nil
	}
	return execution.Refused(execution.BadRequestParameters, http.StatusBadRequest, pasarela.CodeBadRequest, "Bad Request",
		"Unauthorized request: several Authorization headers", language.AuthorizationTwice.Of())
}

// identify reads all sources; missing names the first that is absent or empty.
func identify(sources []source, e *event.Event) (values []string, missing string) {
	for i := range sources {
		value := sources[i].value(e)
		if value == "" {
			return nil, sources[i].text
		}
		values = append(values, value)
	}
	return values, ""
}
