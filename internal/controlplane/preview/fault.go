package preview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
)

// Fault is something that will fail clients once deployed, and where to mend it.
type Fault struct {
	Severity string   `json:"severity"` // error, warning or advice
	Resource string   `json:"resource"`
	Field    string   `json:"field,omitempty"`
	Message  string   `json:"message"`
	Place    []string `json:"place,omitempty"` // below the API in the console: ["integrations", "abc1234"]
}

// Severities of faults: an error fails every client it concerns, a warning some;
// advice is about what a backend may do one day and no fault yet.
const (
	Error   = "error"
	Warning = "warning"
	Advice  = "advice"
)

// weight ranks severities, the worst first.
var weight = map[string]int{Error: 0, Warning: 1, Advice: 2}

// inspection gathers the faults of one definition.
type inspection struct {
	Checks
	definition pasarela.Definition
	at         *pasarela.Stage // nil: any
	faults     []Fault
}

// Faults lists what in d would fail clients of a stage, nil for any, the worst
// first, else in the order of its routes and then of its integrations.
func Faults(d pasarela.Definition, at *pasarela.Stage, ask Checks) []Fault {
	i := inspection{Checks: ask, definition: d, at: at, faults: []Fault{}}
	if len(d.Routes) == 0 {
		i.add(Fault{Severity: Error, Resource: "API " + d.API.Name, Field: "routes", Message: "at least one route is required before deploying", Place: []string{"routes"}})
	}
	i.selection()
	for n := range d.Routes {
		i.route(&d.Routes[n])
	}
	for n := range d.Integrations {
		i.integration(&d.Integrations[n])
	}
	if ask.Compile != nil {
		for _, f := range ask.Compile(d, at) {
			i.addNew(f)
		}
	}
	slices.SortStableFunc(i.faults, func(a, b Fault) int { return weight[a.Severity] - weight[b.Severity] })
	return i.faults
}

func (i *inspection) add(f Fault) { i.faults = append(i.faults, f) }

// addNew adds a fault of a member of which nothing is said yet.
func (i *inspection) addNew(f Fault) {
	said := func(other Fault) bool {
		return other.Severity == f.Severity && other.Resource == f.Resource && other.Field == f.Field
	}
	if !slices.ContainsFunc(i.faults, said) {
		i.add(f)
	}
}

// selection warns of an expression that reads what messages do not have
// (A-SELECTION-6).
func (i *inspection) selection() {
	api := &i.definition.API
	expression, err := selection.Compile(api.RouteSelectionExpression, selection.Route)
	if err != nil || !expression.OfHTTP() {
		return
	}
	about := Fault{Severity: Warning, Resource: "API " + api.Name, Field: "routeSelectionExpression", Place: []string{"routes"}}
	about.Message = api.RouteSelectionExpression + " is the expression of HTTP APIs: messages have neither method nor path, so all of them select $default. Set one such as $request.body.action"
	if !slices.ContainsFunc(i.definition.Routes, func(r pasarela.Route) bool { return r.RouteKey == pasarela.KeyDefault }) {
		about.Severity = Error
		about.Message = api.RouteSelectionExpression + " is the expression of HTTP APIs: messages have neither method nor path, so all of them select $default, which the API does not have. Set one such as $request.body.action"
	}
	i.add(about)
}

func (i *inspection) route(r *pasarela.Route) {
	about := Fault{Severity: Error, Resource: "Route " + r.RouteKey, Place: []string{"routes", r.RouteID}}
	id := r.IntegrationID()
	switch {
	case id == "" && r.RouteKey == pasarela.RouteConnect:
		about.Severity, about.Field, about.Message = Warning, "target", "no integration is attached: every client is accepted and no backend hears of it"
		i.add(about)
	case id == "" && r.RouteKey != pasarela.RouteDisconnect:
		about.Field, about.Message = "target", "no integration is attached: clients get \"Internal server error\""
		i.add(about)
	case id != "" && i.find(id) == nil:
		about.Field, about.Message = "target", fmt.Sprintf("integration %s does not exist any more", id)
		i.add(about)
	}
	if r.AuthorizationType == pasarela.AuthorizationCustom && !i.hasAuthorizer(r.AuthorizerID) {
		about.Severity, about.Field = Error, "authorizerId"
		about.Message = "no such authorizer: every client is refused with 500"
		i.add(about)
	}
}

func (i *inspection) find(integrationID string) *pasarela.Integration {
	for n := range i.definition.Integrations {
		if i.definition.Integrations[n].IntegrationID == integrationID {
			return &i.definition.Integrations[n]
		}
	}
	return nil
}

func (i *inspection) hasAuthorizer(id string) bool {
	for n := range i.definition.Authorizers {
		if i.definition.Authorizers[n].AuthorizerID == id {
			return true
		}
	}
	return false
}

func (i *inspection) integration(in *pasarela.Integration) {
	about := Fault{Severity: Error, Resource: "Integration " + in.IntegrationID, Place: []string{"integrations", in.IntegrationID}}
	users := i.users(in.IntegrationID)
	if len(users) == 0 {
		about.Severity, about.Message = Warning, "no route targets it"
		i.add(about)
		return
	}
	i.role(in, about, users)
	if in.IntegrationType != pasarela.IntegrationHTTPProxy && in.IntegrationType != pasarela.IntegrationAWSProxy {
		i.responses(in, about, users)
		i.templates(in, about, users)
	}
}

// users are the keys of the routes that call the integration.
func (i *inspection) users(integrationID string) []string {
	var keys []string
	for n := range i.definition.Routes {
		if r := &i.definition.Routes[n]; r.IntegrationID() == integrationID {
			keys = append(keys, r.RouteKey)
		}
	}
	return keys
}

// role asks for every route that calls the integration, because a trust policy may
// name them.
func (i *inspection) role(in *pasarela.Integration, about Fault, users []string) {
	if i.Trusted == nil || in.IntegrationType == pasarela.IntegrationMock || strings.Contains(in.CredentialsARN, "${") {
		return
	}
	about.Field = "credentialsArn"
	for _, key := range users {
		if err := i.Trusted(in.CredentialsARN, i.definition.API.APIID, i.stage(), key); err != nil {
			about.Message = err.Error()
			i.addNew(about)
		}
	}
}

// stage is the name of the stage that is looked at, "*" for any.
func (i *inspection) stage() string {
	if i.at == nil {
		return "*"
	}
	return i.at.StageName
}

// Statuses that backends answer.
var (
	successes = []string{"200", "201", "202", "204"}
	troubles  = []string{"400", "404", "429", "500", "503"}
)

// responses finds statuses that no integration response matches: on $connect and
// on two-way routes each of them fails the client with 500.
func (i *inspection) responses(in *pasarela.Integration, about Fault, users []string) {
	if !i.answers(users) {
		return
	}
	about.Field = "integrationResponses"
	if len(in.Responses) == 0 {
		about.Message = "it has no integration response: whatever the backend answers, clients are refused with 500. Create one for each status, such as 201, or one with the key $default"
		i.add(about)
		return
	}
	compiled, err := selection.NewResponses(in.Responses)
	if err != nil {
		about.Message = err.Error()
		i.add(about)
		return
	}
	unmatched := func(status string) bool { return compiled.Select(status).Index < 0 }
	keys := strings.Join(keysOf(in.Responses), ", ")
	switch {
	case in.IntegrationType == pasarela.IntegrationAWS: // its keys match error messages
		return
	case !slices.ContainsFunc(successes, func(status string) bool { return !unmatched(status) }):
		about.Message = "no integration response matches any success, such as 200 or 201: every client is refused with 500. The keys are " + keys
	case slices.ContainsFunc(successes, unmatched), slices.ContainsFunc(troubles, unmatched):
		about.Severity = Advice
		about.Message = "a status other than " + keys + " has no integration response and refuses the client with 500; one with the key $default answers for the rest"
	default:
		return
	}
	i.add(about)
}

func keysOf(responses []pasarela.IntegrationResponse) []string {
	keys := make([]string, len(responses))
	for n := range responses {
		keys[n] = responses[n].IntegrationResponseKey
	}
	return keys
}

// answers says whether the outcome of the integration reaches any client.
func (i *inspection) answers(users []string) bool {
	for n := range i.definition.Routes {
		r := &i.definition.Routes[n]
		for _, key := range users {
			if r.RouteKey == key && (key == pasarela.RouteConnect || r.TwoWay() && key != pasarela.RouteDisconnect) {
				return true
			}
		}
	}
	return false
}

func (i *inspection) templates(in *pasarela.Integration, about Fault, users []string) {
	if i.Render == nil {
		return
	}
	for key, template := range in.RequestTemplates {
		about.Field = "requestTemplates." + key
		for _, routeKey := range users {
			if problem := i.Render(template, routeKey); problem != "" {
				about.Severity, about.Message = Warning, fmt.Sprintf("on route %s: %s", routeKey, problem)
				i.add(about)
			}
		}
	}
}
