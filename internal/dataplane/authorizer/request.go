package authorizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/policy"
	"github.com/pasarela-ws/pasarela/internal/engine/stagevariable"
)

// timeout of a REQUEST authorizer; AWS does not document its own (A-GATEWAY-8).
const timeout = 10 * time.Second

// maxResult is how long an authorizer's answer may be (aws-dataplane §11).
const maxResult = 8 << 10

// request is a REQUEST authorizer.
type request struct {
	def      *pasarela.Authorizer
	sources  []source
	call     Call
	services *Services
	ttl      time.Duration
	cache    *cache
}

func compileRequest(def *pasarela.Authorizer, stage string, variables map[string]string, services *Services) *Authorizer {
	sources, err := compileSources(def.IdentitySource)
	if err != nil {
		return closedGate(def, "identitySource", err, stage, nil)
	}
	text, unset := stagevariable.Substitute(def.AuthorizerURI, variables)
	function, err := awsuri.ParseFunction(text)
	if err != nil {
		return closedGate(def, "authorizerUri", err, stage, unset)
	}
	role, unset := stagevariable.Substitute(def.AuthorizerCredentialsARN, variables)
	if def.AuthorizerCredentialsARN != "" && !strings.Contains(role, ":role/") {
		return closedGate(def, "authorizerCredentialsArn", fmt.Errorf("%q is not the ARN of a role", role), stage, unset)
	}
	call := Call{Method: http.MethodPost, URL: function.URL, Function: function, RoleARN: role, Timeout: timeout}
	a := &request{def: def, sources: sources, call: call, services: services}
	if a.ttl = time.Duration(def.AuthorizerResultTTLInSeconds) * time.Second; a.ttl > 0 && len(sources) > 0 {
		a.cache = &cache{}
	}
	return &Authorizer{authorize: a.authorize}
}

func (a *request) authorize(r Request) (Grant, *execution.GatewayError) {
	if err := ambiguous(r.HTTP); err != nil {
		return Grant{}, err
	}
	values, missing := identify(a.sources, r.Event)
	if missing != "" {
		return Grant{}, unauthorized("Unauthorized request: "+r.Event.RequestID,
			missing+", in identitySource of authorizer "+a.def.AuthorizerID+", is missing or empty in the handshake; the authorizer was not asked")
	}
	r.Record.Note(execution.StepAuthorizer, a.def.AuthorizerID)
	result, fault := a.ask(r, values)
	if fault != nil {
		return Grant{}, fault
	}
	return a.evaluate(r, result)
}

// ask gets the authorizer's result, from the cache when there is one.
func (a *request) ask(r Request, values []string) (*result, *execution.GatewayError) {
	now := a.services.now()
	key := identity(values)
	if cached := a.cache.get(key, now); cached != nil {
		return cached, nil
	}
	if arn := a.call.RoleARN; arn != "" && a.services.MayInvoke != nil {
		source := strings.SplitN(r.MethodARN, "/", 2)[0] + "/authorizers/" + a.def.AuthorizerID
		if err := a.services.MayInvoke(arn, source, a.call.Function); err != nil {
			return nil, broken("", "authorizerCredentialsArn of authorizer "+a.def.AuthorizerID+": "+err.Error())
		}
	}
	payload := execution.LambdaEvent{Event: a.eventOf(r), MethodARN: r.MethodARN}
	call := a.call
	call.Body = payload.Append(nil)
	r.Record.Note(execution.StepAuthorizerCall, call.URL+call.Function.Function.ARN)
	answer, err := a.services.Call(call)
	took := a.services.now()
	r.Record.Touch(took)
	if err != nil {
		return nil, a.failed("it could not be asked: " + err.Error())
	}
	r.Record.NoteBytes(execution.StepAuthorizerBody, answer.Body)
	if fault := a.refusal(answer); fault != nil {
		return nil, fault
	}
	parsed, err := parseResult(answer.Body)
	if err != nil {
		return nil, broken("null", "Authorizer "+a.def.AuthorizerID+" answered what is no authorizer result: "+err.Error())
	}
	parsed.latency = took.Sub(now)
	a.cache.put(key, parsed, now.Add(a.ttl))
	return parsed, nil
}

// eventOf adds the headers that only authorizers see (aws-dataplane §7.2).
func (a *request) eventOf(r Request) *event.Event {
	e := *r.Event
	header := []event.Pair{{Name: "Connection", Value: "upgrade"}, {Name: "content-length", Value: "0"}}
	e.Params.Header = append(append(header, e.Params.Header...), event.Pair{Name: "Upgrade", Value: "websocket"})
	return &e
}

// refusal reads an answer that is no result: the word Unauthorized, or a failure.
func (a *request) refusal(answer Response) *execution.GatewayError {
	said := "Authorizer " + a.def.AuthorizerID + " said Unauthorized"
	if answer.FunctionError {
		var failure struct {
			ErrorMessage string `json:"errorMessage"`
		}
		_ = json.Unmarshal(answer.Body, &failure)
		if failure.ErrorMessage == "Unauthorized" {
			return unauthorized("Unauthorized request", said)
		}
		return a.failed("its function failed: " + failure.ErrorMessage)
	}
	switch {
	case answer.Status == http.StatusUnauthorized && a.call.URL != "":
		return unauthorized("Unauthorized request", said)
	case answer.Status != http.StatusOK:
		return a.failed(fmt.Sprintf("it answered status %d", answer.Status))
	}
	return nil
}

func (a *request) failed(why string) *execution.GatewayError {
	e := broken("Internal server error", "Authorizer "+a.def.AuthorizerID+" (authorizerUri "+a.def.AuthorizerURI+"): "+why)
	e.ResponseType = execution.AuthorizerFailure
	return e
}

// broken is an authorizer that cannot decide: nobody is let in.
func broken(message, fix string) *execution.GatewayError {
	e := execution.Misconfigured("Authorizer error", fix)
	e.ResponseType = execution.AuthorizerConfigurationError
	e.Message = message
	if message == "null" {
		e.Message = "" // AWS shows the word null where the message should be
	}
	return e
}

// evaluate evaluates the policy that came back for this handshake.
func (a *request) evaluate(r Request, result *result) (Grant, *execution.GatewayError) {
	rc := policy.Request{Action: actionInvoke, Resource: r.MethodARN, Keys: conditionKeys(r, a.services.now())}
	verdict, statement := result.policy.Evaluate(&rc)
	switch verdict {
	case policy.Allowed:
		r.Record.Note(execution.StepAuthorized, result.principal)
		r.Record.Note(execution.StepStatement, describe(statement))
		return Grant{Context: result.context, UsageKey: result.usageKey, Latency: result.latency}, nil
	case policy.ExplicitDeny:
		r.Record.Note(execution.StepStatement, describe(statement))
		return Grant{}, execution.Refused(execution.AccessDenied, http.StatusForbidden, pasarela.CodeAccessDenied,
			"User is not authorized to access this resource with an explicit deny",
			"Unauthorized request: explicit deny", "The policy of authorizer "+a.def.AuthorizerID+" denies "+r.MethodARN+": "+describe(statement))
	}
	return Grant{}, execution.Refused(execution.AccessDenied, http.StatusForbidden, pasarela.CodeAccessDenied,
		"User is not authorized to access this resource", "Unauthorized request: no statement allows it",
		"The policy of authorizer "+a.def.AuthorizerID+" "+missed(result.policy.Nearest(&rc), r.MethodARN))
}

// missed says what kept a policy from allowing the handshake.
func missed(by policy.Missed, methodARN string) string {
	switch by.Element {
	case "":
		return "has no Allow statement"
	case "Action":
		return "does not allow " + actionInvoke
	case "Condition":
		return "allows " + actionInvoke + " on " + methodARN + " under a condition that does not hold: " + by.Condition + " in the " + describe(by.Statement)
	}
	return "allows " + actionInvoke + " on other resources, but not on " + methodARN
}

func describe(s *policy.Statement) string {
	effect := "Allow"
	if s.Deny {
		effect = "Deny"
	}
	text := fmt.Sprintf("%s statement at line %d, column %d", effect, s.Start.Line, s.Start.Column)
	if s.SID != "" {
		text += " (" + s.SID + ")"
	}
	return text
}

func conditionKeys(r Request, now time.Time) policy.Keys {
	return func(name string) ([]string, bool) {
		switch strings.ToLower(name) {
		case "aws:sourceip":
			return []string{r.Event.Identity.SourceIP}, true
		case "aws:useragent":
			return []string{r.Event.Identity.UserAgent}, r.Event.Identity.UserAgent != ""
		case "aws:currenttime":
			return []string{now.UTC().Format(time.RFC3339)}, true
		case "aws:epochtime":
			return []string{fmt.Sprint(now.Unix())}, true
		case "aws:referer":
			return r.HTTP.Header["Referer"], r.HTTP.Referer() != ""
		}
		return nil, false
	}
}

// result is what an authorizer answered, compiled.
type result struct {
	principal string
	policy    *policy.Document
	context   []event.Pair
	usageKey  string
	latency   time.Duration
}

// wanted says what members of a result are.
var wanted = map[string]string{"principalId": "a string", "usageIdentifierKey": "a string", "context": "an object"}

func parseResult(body []byte) (*result, error) {
	if len(body) > maxResult {
		return nil, fmt.Errorf("it is %d bytes long, more than %d", len(body), maxResult)
	}
	raw, err := membersOf(body)
	switch {
	case !json.Valid(body):
		return nil, errors.New("it is not JSON")
	case err != nil || raw == nil:
		return nil, errors.New("it must be an object with principalId and policyDocument")
	}
	var values map[string]json.RawMessage
	r := &result{}
	for name, into := range map[string]any{"principalId": &r.principal, "usageIdentifierKey": &r.usageKey, "context": &values} {
		if given := raw[name]; given != nil {
			if err := json.Unmarshal(given, into); err != nil {
				return nil, fmt.Errorf("%s must be %s", name, wanted[name])
			}
		}
	}
	if r.principal == "" {
		return nil, errors.New("principalId is missing")
	}
	if raw["policyDocument"] == nil {
		return nil, errors.New("policyDocument is missing")
	}
	if r.policy, err = policy.Parse(string(raw["policyDocument"]), policy.Authorizer); err != nil {
		if fault := policy.SyntaxFault(string(raw["policyDocument"])); fault != "" {
			return nil, errors.New("policyDocument: " + fault)
		}
		return nil, fmt.Errorf("policyDocument: %w", err)
	}
	r.context, err = parseContext(r.principal, values)
	return r, err
}

// identity joins the values of identity sources so that no two lists of values are
// the same: clients choose the bytes.
func identity(values []string) string {
	var key []byte
	for _, value := range values {
		key = append(strconv.AppendInt(key, int64(len(value)), 10), ':')
		key = append(key, value...)
	}
	return string(key)
}

// cacheSize bounds the results that one authorizer remembers.
const cacheSize = 4096

// cache remembers results by identity; a nil cache remembers nothing.
type cache struct {
	mu      sync.Mutex
	entries map[string]cached
}

type cached struct {
	result *result
	until  time.Time
}

func (c *cache) get(key string, now time.Time) *result {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[key]; ok && now.Before(e.until) {
		return e.result
	}
	return nil
}

func (c *cache) put(key string, r *result, until time.Time) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= cacheSize || c.entries == nil {
		c.entries = make(map[string]cached) // forgetting all is cheap and rare
	}
	c.entries[key] = cached{r, until}
}
