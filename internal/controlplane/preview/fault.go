package preview

import (
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Fault is something that will fail clients once deployed, and where to fix it.
type Fault struct {
	Severity string // error, warning or advice
	Resource language.Message
	Field    string // wire name; empty for the resource itself
	Message  language.Message
	Path     []string // below the API in the console: ["integrations", "abc1234"]
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

// inspection collects the faults of one definition.
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
		i.add(Fault{Severity: Error, Resource: language.ResourceAPI.Of(d.API.Name), Field: "routes", Message: language.PreviewNoRoutes.Of(), Path: []string{"routes"}})
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
	sort.SliceStable(i.faults, func(a, b int) bool { return weight[i.faults[a].Severity] < weight[i.faults[b].Severity] })
	return i.faults
}

func (i *inspection) add(f Fault) { i.faults = append(i.faults, f) }

// addNew adds a fault of a member of which nothing is said yet.
func (i *inspection) addNew(f Fault) {
	said := func(other Fault) bool {
		return other.Severity == f.Severity && other.Resource.Equal(f.Resource) && other.Field == f.Field
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
	about := Fault{Severity: Warning, Resource: language.ResourceAPI.Of(api.Name), Field: "routeSelectionExpression", Path: []string{"routes"}}
	about.Message = language.PreviewHTTPExpression.Of(api.RouteSelectionExpression)
	if !slices.ContainsFunc(i.definition.Routes, func(r pasarela.Route) bool { return r.RouteKey == pasarela.KeyDefault }) {
		about.Severity = Error
		about.Message = language.PreviewHTTPNoDefault.Of(api.RouteSelectionExpression)
	}
	i.add(about)
}

// route finds what a deployment of a route would not do: a target or an authorizer that is not
// there.
func (i *inspection) route(r *pasarela.Route) {
	about := Fault{Severity: Error, Resource: language.ResourceRoute.Of(r.RouteKey), Path: []string{"routes", r.RouteID}}
	id := r.IntegrationID()
	switch {
	case id == "" && r.RouteKey == pasarela.RouteConnect:
		about.Severity, about.Field, about.Message = Warning, "target", language.PreviewConnectOpen.Of()
		i.add(about)
	case id == "" && r.RouteKey != pasarela.RouteDisconnect:
		about.Field, about.Message = "target", language.PreviewNoTarget.Of()
		i.add(about)
	case id != "" && i.find(id) == nil:
		about.Field, about.Message = "target", language.PreviewTargetGone.Of(id)
		i.add(about)
	}
	if r.AuthorizationType == pasarela.AuthorizationCustom && !i.hasAuthorizer(r.AuthorizerID) {
		about.Severity, about.Field = Error, "authorizerId"
		about.Message = language.PreviewNoAuthorizer.Of()
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
	about := Fault{Severity: Error, Resource: language.ResourceIntegration.Of(in.IntegrationID), Path: []string{"integrations", in.IntegrationID}}
	users := i.users(in.IntegrationID)
	if len(users) == 0 {
		about.Severity, about.Message = Warning, language.PreviewUnused.Of()
		i.add(about)
		return
	}
	i.role(in, about, users)
	i.variables(in, about)
	if !in.Type().Proxy {
		i.responses(in, about, users)
		i.templates(in, about, users)
		i.misnamed(in, about)
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
	if i.Trusted == nil || !in.Type().Backend || strings.Contains(in.CredentialsARN, "${") {
		return
	}
	about.Field = "credentialsArn"
	for _, key := range users {
		if err := i.Trusted(in.CredentialsARN, i.definition.API.APIID, i.stage(), key); err != nil {
			about.Message = language.Reason(err)
			i.addNew(about)
		}
	}
}

// variables finds those that the stage lacks: they are empty in the address that is called
// (aws-dataplane §4.9). Which stage it will be may not be known yet.
func (i *inspection) variables(in *pasarela.Integration, about Fault) {
	about.Field = "integrationUri"
	if i.at == nil {
		if _, read := stagevariable.Substitute(in.IntegrationURI, nil); len(read) > 0 {
			about.Severity, about.Message = Advice, language.PreviewVariableRead.Of(strings.Join(read, ", "))
			i.add(about)
		}
		return
	}
	if _, unset := stagevariable.Substitute(in.IntegrationURI, i.at.StageVariables); len(unset) > 0 {
		about.Severity, about.Message = Warning, language.PreviewVariableUnset.Of(i.at.StageName, strings.Join(unset, ", "))
		about.Path = []string{"stages", i.at.StageName}
		i.add(about)
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
// on two-way routes each of them fails the client with 500. On other routes the client is
// told nothing (aws-dataplane §3.2), and the event counts as failed all the same.
func (i *inspection) responses(in *pasarela.Integration, about Fault, users []string) {
	about.Field = "integrationResponses"
	heard := i.heard(users)
	if heard == language.PreviewUnheard {
		about.Severity = Advice
	}
	if len(in.Responses) == 0 {
		about.Message = language.PreviewNoResponses.Because(heard.Of())
		i.add(about)
		return
	}
	compiled, err := selection.NewResponses(in.Responses)
	if err != nil {
		about.Message = language.Reason(err)
		i.add(about)
		return
	}
	if in.IntegrationType == pasarela.IntegrationAWS { // its keys match error messages
		return
	}
	i.unusedKeys(in, about)
	unmatched := func(status string) bool { return compiled.Select(status).Index < 0 }
	keys := strings.Join(keysOf(in.Responses), ", ")
	switch {
	case !slices.ContainsFunc(successes, func(status string) bool { return !unmatched(status) }):
		about.Message = language.PreviewNoSuccess.Because(heard.Of(), keys)
	case heard != language.PreviewUnheard && (slices.ContainsFunc(successes, unmatched) || slices.ContainsFunc(troubles, unmatched)):
		about.Severity = Advice
		about.Message = language.PreviewOtherStatus.Because(heard.Of(), keys)
	default:
		return
	}
	i.add(about)
}

// unusedKeys warns of response keys that match no status at all, such as 5xx.
func (i *inspection) unusedKeys(in *pasarela.Integration, about Fault) {
	about.Severity = Warning
	for n := range in.Responses {
		alone, err := selection.NewResponses(in.Responses[n : n+1])
		if err != nil {
			continue // reported for the whole
		}
		used := false
		for status := 100; status < 600 && !used; status++ {
			used = alone.Select(strconv.Itoa(status)).Index >= 0
		}
		if !used {
			about.Message = language.PreviewUnusedKey.Of(in.Responses[n].IntegrationResponseKey)
			i.add(about)
		}
	}
}

func keysOf(responses []pasarela.IntegrationResponse) []string {
	keys := make([]string, len(responses))
	for n := range responses {
		keys[n] = responses[n].IntegrationResponseKey
	}
	return keys
}

// heard is what clients hear of an integration's failure on the routes that use it.
func (i *inspection) heard(users []string) language.Cause {
	refuses, answers := false, false
	for n := range i.definition.Routes {
		switch r := &i.definition.Routes[n]; {
		case !slices.Contains(users, r.RouteKey) || r.RouteKey == pasarela.RouteDisconnect:
		case r.RouteKey == pasarela.RouteConnect:
			refuses = true
		case r.TwoWay():
			answers = true
		}
	}
	switch {
	case refuses && answers:
		return language.PreviewBothFail
	case refuses:
		return language.PreviewRefuses
	case answers:
		return language.PreviewSenderFails
	}
	return language.PreviewUnheard
}

func (i *inspection) templates(in *pasarela.Integration, about Fault, users []string) {
	if i.Render == nil {
		return
	}
	for key, template := range in.RequestTemplates {
		about.Field = "requestTemplates." + key
		for _, routeKey := range users {
			if problem := i.Render(template, routeKey); !problem.IsZero() {
				about.Severity, about.Message = Warning, language.PreviewOnRoute.Because(problem, routeKey)
				i.add(about)
			}
		}
	}
}

// misnamed warns of variables in templates that do not exist: they are empty in every body, and
// nothing says so when a template runs.
func (i *inspection) misnamed(in *pasarela.Integration, about Fault) {
	if i.Misnamed == nil {
		return
	}
	about.Severity = Warning
	i.misnamedIn("requestTemplates.", in.RequestTemplates, about)
	for n := range in.Responses {
		r := &in.Responses[n]
		about.Resource = language.ResourceResponse.Of(r.IntegrationResponseKey, in.IntegrationID)
		i.misnamedIn("responseTemplates.", r.ResponseTemplates, about)
	}
}

func (i *inspection) misnamedIn(member string, templates map[string]string, about Fault) {
	for _, key := range slices.Sorted(maps.Keys(templates)) {
		about.Field = member + key
		for _, about.Message = range i.Misnamed(templates[key]) {
			i.add(about)
		}
	}
}
