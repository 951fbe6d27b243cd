package authorizer

import (
	"encoding/json"
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
	"github.com/pasarela-ws/pasarela/internal/language"
)

// timeout of a REQUEST authorizer; AWS does not document its own (A-GATEWAY-8).
const timeout = 10 * time.Second

// maxResult is how long an authorizer's answer may be (aws-dataplane §11).
const maxResult = 8 << 10

// request is a REQUEST authorizer.
type request struct {
	def      *pasarela.Authorizer
	named    string // for messages
	sources  []source
	call     Call
	services *Services
	ttl      time.Duration
	cache    *cache
}

// compileRequest reads a REQUEST authorizer for one stage, whose variables may stand in the
// URI and the role. Results are cached only with a TTL and identity sources, which make the
// key (aws-dataplane §7.2).
func compileRequest(def *pasarela.Authorizer, stage string, variables map[string]string, services *Services) *Authorizer {
	sources, err := compileSources(def.IdentitySource)
	if err != nil {
		return refuseAll(def, "identitySource", err, stage, nil)
	}
	text, unset := stagevariable.Substitute(def.AuthorizerURI, variables)
	function, err := awsuri.ParseFunction(text)
	if err != nil {
		return refuseAll(def, "authorizerUri", err, stage, unset)
	}
	role, unset := stagevariable.Substitute(def.AuthorizerCredentialsARN, variables)
	if def.AuthorizerCredentialsARN != "" && !pasarela.IsRoleARN(role) {
		return refuseAll(def, "authorizerCredentialsArn", language.AuthorizerRole.Of(strconv.Quote(role)), stage, unset)
	}
	call := Call{Method: http.MethodPost, URL: function.URL, Function: function, RoleARN: role, Timeout: timeout}
	a := &request{def: def, named: language.Named(def.Name, def.AuthorizerID), sources: sources, call: call, services: services}
	if a.ttl = time.Duration(def.AuthorizerResultTTLInSeconds) * time.Second; a.ttl > 0 && len(sources) > 0 {
		a.cache = &cache{}
	}
	return &Authorizer{authorize: a.authorize}
}

// authorize refuses with 401 when an identity source is empty, without calling the
// function: AWS does the same, and it saves an invocation for each anonymous client.
func (a *request) authorize(r Request) (Grant, *execution.GatewayError) {
	if err := ambiguous(r.HTTP); err != nil {
		return Grant{}, err
	}
	values, missing := identify(a.sources, r.Event)
	if missing != "" {
		return Grant{}, unauthorized("Unauthorized request: "+r.Event.RequestID,
			language.IdentitySourceEmpty.Of(missing, a.named))
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
	key := cacheKey(values)
	if cached := a.cache.get(key, now); cached != nil {
		return cached, nil
	}
	source := strings.SplitN(r.MethodARN, "/", 2)[0] + "/authorizers/" + a.def.AuthorizerID
	if arn := a.call.RoleARN; arn != "" && a.services.MayInvoke != nil {
		if err := a.services.MayInvoke(arn, source, a.call.Function); err != nil {
			return nil, broken("", language.AuthorizerMember.Because(err, "authorizerCredentialsArn", a.named))
		}
	}
	payload := execution.LambdaEvent{Event: a.eventOf(r), MethodARN: r.MethodARN}
	call := a.call
	call.Body, call.SourceARN = payload.Append(nil), source
	r.Record.Note(execution.StepAuthorizerCall, call.URL+call.Function.Function.ARN)
	response, err := a.services.Call(call)
	took := a.services.now()
	r.Record.Touch(took)
	if err != nil {
		return nil, a.failed(language.AuthorizerNotAsked.Because(err))
	}
	r.Record.NoteBytes(execution.StepAuthorizerBody, response.Body)
	if fault := a.refusal(response); fault != nil {
		return nil, fault
	}
	parsed, err := parseResult(response.Body)
	if err != nil {
		return nil, broken("null", language.AuthorizerResult.Because(err, a.named))
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

// refusal reads a response that is no result: the word Unauthorized, or a failure.
func (a *request) refusal(response Response) *execution.GatewayError {
	said := language.AuthorizerUnauthorized.Of(a.named)
	if response.FunctionError {
		var failure struct {
			ErrorMessage string `json:"errorMessage"`
		}
		_ = json.Unmarshal(response.Body, &failure)
		if failure.ErrorMessage == "Unauthorized" {
			return unauthorized("Unauthorized request", said)
		}
		return a.failed(language.AuthorizerException.Of(failure.ErrorMessage))
	}
	switch {
	case response.Status == http.StatusUnauthorized && a.call.URL != "":
		return unauthorized("Unauthorized request", said)
	case response.Status != http.StatusOK:
		return a.failed(language.AuthorizerStatus.Of(strconv.Itoa(response.Status)))
	}
	return nil
}

// failed is a 500: the function could not be called, or ended with another error than
// Unauthorized.
func (a *request) failed(why language.Message) *execution.GatewayError {
	e := broken("Internal server error", language.AuthorizerFailed.Because(why, a.named, calledBy(a.def.AuthorizerURI)))
	e.ResponseType = execution.AuthorizerFailure
	return e
}

// calledBy is what an authorizer calls, as people write it: "Lambda auth" of the long ARN of an
// invocation.
func calledBy(uri string) string {
	if _, function, found := strings.Cut(uri, ":function:"); found {
		name, _, _ := strings.Cut(function, "/")
		return "Lambda " + name
	}
	return uri
}

// broken is the error of an authorizer that cannot decide: fail closed.
func broken(message string, cause language.Message) *execution.GatewayError {
	e := execution.Misconfigured("Authorizer error", cause)
	e.ResponseType = execution.AuthorizerConfigurationError
	e.Message = message
	if message == "null" {
		e.Message = "" // AWS shows the word null where the message should be
	}
	return e
}

// evaluate evaluates the returned policy for this handshake.
func (a *request) evaluate(r Request, result *result) (Grant, *execution.GatewayError) {
	rc := policy.Request{Action: actionInvoke, Resource: r.MethodARN, Keys: conditionKeys(r, a.services.now())}
	decision, statement := result.policy.Evaluate(&rc)
	switch decision {
	case policy.Allowed:
		r.Record.Note(execution.StepAuthorized, result.principal)
		r.Record.NoteMessage(execution.StepStatement, language.StepStatement.Because(describe(statement)))
		return Grant{Context: result.context, UsageKey: result.usageKey, Latency: result.latency}, nil
	case policy.ExplicitDeny:
		r.Record.NoteMessage(execution.StepStatement, language.StepStatement.Because(describe(statement)))
		return Grant{}, execution.Refused(execution.AccessDenied, http.StatusForbidden, pasarela.CodeAccessDenied,
			"User is not authorized to access this resource with an explicit deny",
			"Unauthorized request: explicit deny", language.PolicyDenies.Because(describe(statement), a.named, r.MethodARN))
	}
	return Grant{}, execution.Refused(execution.AccessDenied, http.StatusForbidden, pasarela.CodeAccessDenied,
		"User is not authorized to access this resource", "Unauthorized request: no statement allows it",
		missed(result.policy.Nearest(&rc), a.named, r.MethodARN))
}

// missed says why a policy does not allow the handshake.
func missed(by policy.Missed, named, methodARN string) language.Message {
	switch by.Element {
	case "":
		return language.PolicyEmpty.Of(named)
	case "Action":
		return language.PolicyAction.Of(named, actionInvoke)
	case "Condition":
		return language.PolicyCondition.Because(describe(by.Statement), named, actionInvoke, methodARN, by.Condition)
	}
	return language.PolicyResource.Of(named, actionInvoke, methodARN)
}

// describe names a statement by its Sid or its place in the policy, for explain.
func describe(s *policy.Statement) language.Message {
	effect := "Allow"
	if s.Deny {
		effect = "Deny"
	}
	line, column := strconv.Itoa(s.Start.Line), strconv.Itoa(s.Start.Column)
	if s.SID != "" {
		return language.StatementNamed.Of(effect, line, column, s.SID)
	}
	return language.StatementOf.Of(effect, line, column)
}

// conditionKeys are the condition keys that are defined for an authorizer's policy.
// Others are absent, so that a condition on them fails.
func conditionKeys(r Request, now time.Time) policy.Keys {
	return func(name string) ([]string, bool) {
		switch name {
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

// wanted are the required forms of a result's members, for errors.
var wanted = map[string]language.Cause{"principalId": language.ResultNoString, "usageIdentifierKey": language.ResultNoString, "context": language.ResultMemberNoObject}

// parseResult reads an authorizer's answer: principalId and policyDocument must be there,
// context and usageIdentifierKey may (aws-dataplane §7.2). The error says which member is
// wrong and how.
func parseResult(body []byte) (*result, error) {
	if len(body) > maxResult {
		return nil, language.ResultTooLong.Of(strconv.Itoa(len(body)), strconv.Itoa(maxResult))
	}
	raw, err := membersOf(body)
	switch {
	case !json.Valid(body):
		return nil, language.ResultNotJSON.Of()
	case err != nil || raw == nil:
		return nil, language.ResultNoObject.Of()
	}
	var values map[string]json.RawMessage
	r := &result{}
	for name, into := range map[string]any{"principalId": &r.principal, "usageIdentifierKey": &r.usageKey, "context": &values} {
		if given := raw[name]; given != nil {
			if err := json.Unmarshal(given, into); err != nil {
				return nil, wanted[name].Of(name)
			}
		}
	}
	if r.principal == "" {
		return nil, language.ResultLacks.Of("principalId")
	}
	if raw["policyDocument"] == nil {
		return nil, language.ResultLacks.Of("policyDocument")
	}
	if r.policy, err = policy.Parse(string(raw["policyDocument"]), policy.Authorizer); err != nil {
		if fault := policy.SyntaxFault(string(raw["policyDocument"])); !fault.IsZero() {
			return nil, language.ResultPolicy.Because(fault)
		}
		return nil, language.ResultPolicy.Because(err)
	}
	r.context, err = parseContext(r.principal, values)
	return r, err
}

// cacheKey joins the values of identity sources so that different lists never give the
// same text: clients choose the bytes.
func cacheKey(values []string) string {
	var key []byte
	for _, value := range values {
		key = append(strconv.AppendInt(key, int64(len(value)), 10), ':')
		key = append(key, value...)
	}
	return string(key)
}

// cacheSize bounds the number of results that one authorizer caches.
const cacheSize = 4096

// cache keeps results by [cacheKey]; a nil cache keeps nothing.
type cache struct {
	mu      sync.Mutex
	entries map[string]cached
}

// cached is a result and the time at which it expires.
type cached struct {
	result *result
	until  time.Time
}

// get is the cached result for key, nil when there is none or it has expired.
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

// put caches a result. A full cache is emptied: an eviction by order of use would let
// clients, who choose the keys, control what is evicted.
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
