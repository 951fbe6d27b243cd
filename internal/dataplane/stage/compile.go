package stage

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"sort"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// compiler makes what a stage serves out of a deployment and the stage's settings.
type compiler struct {
	definition   *pasarela.Definition
	source       pasarela.Stage
	stage        *Stage
	account      throttle.Limit
	certificate  *tls.Certificate
	integrations *integration.Services
	authorizers  *authorizer.Services
	accessLogs   func(destinationARN string) (Lines, error)

	faults []Fault // what is served, but refuses what needs it
}

// compile parses everything once. The error names the resource and the property that
// cannot be served; then nothing of the deployment is served.
func (c *compiler) compile(previous *Deployed) (*Deployed, error) {
	d := &Deployed{Stage: c.stage, DeploymentID: c.source.DeploymentID, source: c.source, Variables: pairs(c.source.StageVariables)}
	var err error
	if d.Settings, err = pasarela.ParseStageSettings(c.source.Tags); err != nil {
		return nil, err
	}
	api := &c.definition.API
	d.defaultDisabled = api.DisableExecuteAPIEndpoint
	if d.APIKeySource, err = selection.CompileAPIKey(api.APIKeySelectionExpression); err != nil {
		return nil, fmt.Errorf("apiKeySelectionExpression: %w", err)
	}
	if d.router, err = selection.NewRouter(api.RouteSelectionExpression, c.definition.Routes); err != nil {
		return nil, fmt.Errorf("routeSelectionExpression: %w", err)
	}
	if d.AccessLog, err = c.accessLog(); err != nil {
		return nil, fmt.Errorf("accessLogSettings: %w", err)
	}
	integrations, err := c.compileIntegrations()
	if err != nil {
		return nil, err
	}
	var none Route
	c.settings(&none)
	d.level, d.trace = none.Level, none.Trace
	var before *throttle.Routes
	if previous != nil {
		before = previous.buckets
	}
	d.buckets = throttle.NewRoutes(&c.source, c.routeKeys(), c.account, before)
	d.routes = make([]Route, len(c.definition.Routes))
	for i := range c.definition.Routes {
		if err := c.route(d, i, integrations); err != nil {
			return nil, fmt.Errorf("route %s: %w", c.definition.Routes[i].RouteKey, err)
		}
	}
	d.HeaderNames = c.headerNames()
	return d, nil
}

func (c *compiler) routeKeys() []string {
	keys := make([]string, len(c.definition.Routes))
	for i := range c.definition.Routes {
		keys[i] = c.definition.Routes[i].RouteKey
	}
	return keys
}

func pairs(values map[string]string) []event.Pair {
	list := make([]event.Pair, 0, len(values))
	for name, value := range values {
		list = append(list, event.Pair{Name: name, Value: value})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

func (c *compiler) compileIntegrations() (map[string]*integration.Integration, error) {
	env := integration.Environment{
		API: &c.definition.API, Stage: c.source.StageName, Variables: c.source.StageVariables,
		Certificate: c.certificate, Services: c.integrations,
	}
	compiled := make(map[string]*integration.Integration)
	for i := range c.definition.Integrations {
		def := &c.definition.Integrations[i]
		one, err := integration.Compile(def, env)
		if err != nil {
			return nil, fmt.Errorf("integration %s: %w", def.IntegrationID, &Fault{"integration", def.IntegrationID, "", language.Reason(err)})
		}
		if defect := one.Defect(); defect.Member != "" {
			c.faults = append(c.faults, Fault{"integration", def.IntegrationID, defect.Member, defect.Problem})
		}
		compiled[def.IntegrationID] = one
	}
	return compiled, nil
}

// route compiles the route at index. An error is a [Fault] that names the member; the
// deployment is then not served.
func (c *compiler) route(d *Deployed, index int, integrations map[string]*integration.Integration) error {
	def, r := &c.definition.Routes[index], &d.routes[index]
	r.Key, r.TwoWay, r.APIKey = def.RouteKey, def.TwoWay(), def.APIKeyRequired
	r.Throttle = d.buckets.Bucket(def.RouteKey)
	c.settings(r)
	if id := def.IntegrationID(); id != "" {
		if r.Integration = integrations[id]; r.Integration == nil {
			return &Fault{"route", def.RouteID, "target", language.PreviewTargetNone.Of(id)}
		}
	}
	for name, constraint := range def.RequestParameters {
		if constraint.Required {
			r.Required = append(r.Required, name)
		}
	}
	switch def.RouteKey {
	case pasarela.RouteConnect:
		d.Connect = r
		c.authorizer(r, def)
	case pasarela.RouteDisconnect:
		d.Disconnect = r
	default:
		if err := c.model(r, def); err != nil {
			return &Fault{"route", def.RouteID, "requestModels", language.Reason(err)}
		}
	}
	return nil
}

func (c *compiler) authorizer(r *Route, def *pasarela.Route) {
	r.Authorizer = authorizer.Compile(def, c.definition.Authorizers, c.source.StageName, c.source.StageVariables, c.authorizers)
	switch defect := r.Authorizer.Defect(); {
	case defect == nil:
	case defect.AuthorizerID != "":
		c.faults = append(c.faults, Fault{"authorizer", defect.AuthorizerID, defect.Member, defect.Problem})
	default:
		c.faults = append(c.faults, Fault{"route", def.RouteID, defect.Member, defect.Problem})
	}
}

// settings merges the settings of a route with the stage's defaults.
func (c *compiler) settings(r *Route) {
	detailed := false
	for _, s := range [...]pasarela.RouteSettings{c.source.DefaultRouteSettings, c.source.RouteSettings[r.Key]} {
		if s.LoggingLevel != "" {
			r.Level = s.LoggingLevel
		}
		if s.DataTraceEnabled != nil {
			r.Trace = *s.DataTraceEnabled
		}
		if s.DetailedMetricsEnabled != nil {
			detailed = *s.DetailedMetricsEnabled
		}
	}
	if r.Level == "" {
		r.Level = pasarela.LoggingOff
	}
	if detailed && r.Key != "" {
		r.Counters = c.stage.countersOf(r.Key)
	}
}

// headerNames collects how the configuration spells headers.
func (c *compiler) headerNames() map[string]string {
	names := map[string]string{}
	note := func(expression string) {
		for _, marker := range []string{"request.header.", "request.multivalueheader."} {
			if _, name, ok := cutLast(expression, marker); ok && name != "" {
				names[http.CanonicalHeaderKey(name)] = name
			}
		}
	}
	for i := range c.definition.Routes {
		for parameter := range c.definition.Routes[i].RequestParameters {
			note(parameter)
		}
	}
	for i := range c.definition.Integrations {
		for _, expression := range c.definition.Integrations[i].RequestParameters {
			note(expression)
		}
	}
	for i := range c.definition.Authorizers {
		for _, source := range c.definition.Authorizers[i].IdentitySource {
			note(source)
		}
	}
	return names
}

// keyPair reads a client certificate as the store keeps it.
func keyPair(c *pasarela.ClientCertificate) (*tls.Certificate, error) {
	pair, err := tls.X509KeyPair([]byte(c.PEMEncodedCertificate), []byte(c.PEMEncodedPrivateKey))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("clientCertificateId %s", c.ClientCertificateID), err)
	}
	return &pair, nil
}
