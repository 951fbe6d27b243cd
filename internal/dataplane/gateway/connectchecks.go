package gateway

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// check runs the checks of a $connect route in AWS's order: API key, throttle,
// parameters, authorization (aws-dataplane §1.2). A key that the authorizer returns is
// checked after it.
func (h *connectRun) check(route *stage.Route, now time.Time) *execution.GatewayError {
	x := h.x
	fromAuthorizer := h.deployed.APIKeySource == selection.APIKeyFromAuthorizer
	if !route.APIKey {
		x.record.Note(execution.StepNoKeyRequired, route.Key)
	}
	if !fromAuthorizer || !route.APIKey {
		if err := h.meter(route, h.r.Header.Get("X-Api-Key"), now); err != nil {
			return err
		}
	}
	x.record.Note(execution.StepRoute, route.Key)
	x.record.Note(execution.StepConnecting, agentOf(h.r)+", SourceIp: "+x.Event.Identity.SourceIP)
	if missing := route.MissingParameters(&x.Event.Params); len(missing) > 0 {
		names := "[" + strings.Join(missing, ", ") + "]"
		return execution.Refused(execution.BadRequestParameters, http.StatusBadRequest, pasarela.CodeBadRequest,
			"Missing required request parameters: "+names, "Missing required request parameters: "+names,
			language.ParametersMissing.Of(names))
	}
	usageKey, err := h.authorize(route)
	if err != nil {
		return err
	}
	if fromAuthorizer && route.APIKey {
		return h.meter(route, usageKey, now)
	}
	return nil
}

func agentOf(r *http.Request) string {
	if agent := r.UserAgent(); agent != "" {
		return agent
	}
	return "null"
}

// meter counts the handshake against the throttles and, where the route needs a
// key, the key's usage plan.
func (h *connectRun) meter(route *stage.Route, value string, now time.Time) *execution.GatewayError {
	if !route.APIKey {
		if at := throttle.Take(now, route.Throttle, h.g.account); at >= 0 {
			return throttled(at, route)
		}
		return nil
	}
	var key *pasarela.APIKey
	var limits *throttle.KeyLimits
	if h.g.options.Plans != nil {
		key, limits = h.g.options.Plans.KeyLimits(h.stage.stage.APIID, h.stage.stage.Name, value)
	}
	if limits == nil {
		return h.invalidKey(key, value)
	}
	switch limits.Take(now, route.Key, route.Throttle, h.g.account) {
	case throttle.Throttled:
		return execution.TooManyRequests(language.ThrottleKey.Of(language.Named(key.Name, key.ID), language.Named(limits.Plan, limits.PlanID)))
	case throttle.QuotaExceeded:
		return execution.Refused(execution.QuotaExceeded, http.StatusTooManyRequests, pasarela.CodeLimitExceeded, "Limit Exceeded",
			"Execution failed due to quota: Limit Exceeded", usedUp(limits, key, now))
	}
	h.x.record.Note(execution.StepKeyAccepted, key.ID)
	grant := h.ensureGranted()
	grant.identity.APIKey, grant.identity.APIKeyID = value, key.ID
	h.conn.fill(&h.x.Event)
	return nil
}

// usedUp says how much a quota allows in which period, and when the next one begins.
func usedUp(limits *throttle.KeyLimits, key *pasarela.APIKey, now time.Time) language.Message {
	quota := limits.Quota()
	period := language.QuotaDay
	switch quota.Settings().Period {
	case throttle.Week:
		period = language.QuotaWeek
	case throttle.Month:
		period = language.QuotaMonth
	}
	return language.QuotaUsedUp.Because(period.Of(), language.Named(limits.Plan, limits.PlanID), language.Named(key.Name, key.ID),
		strconv.Itoa(quota.Settings().Limit), quota.StartsAgain(now).Format(time.DateTime+" MST"))
}

func (h *connectRun) invalidKey(key *pasarela.APIKey, value string) *execution.GatewayError {
	why := language.KeyMissing.Of()
	if h.deployed.APIKeySource == selection.APIKeyFromAuthorizer {
		why = language.KeyNotNamed.Of()
	}
	switch {
	case key != nil:
		why = language.KeyWithoutPlan.Of(language.Named(key.Name, key.ID))
	case value != "":
		why = language.KeyUnknown.Of()
	}
	return execution.Refused(execution.InvalidAPIKey, http.StatusForbidden, pasarela.CodeForbidden, "Forbidden",
		"API Key  not authorized because method requires API Key and API Key is not associated with a Usage Plan for the API Stage", why)
}

// authorize runs the route's authorizer and keeps what it returned.
func (h *connectRun) authorize(route *stage.Route) (usageKey string, fault *execution.GatewayError) {
	x := h.x
	arn := h.g.options.RegionAccount.ExecuteAPIARN(h.stage.stage.APIID, h.stage.stage.Name, pasarela.RouteConnect)
	found, err := h.askAuthorizer(route, authorizer.Request{HTTP: h.r, Event: &x.Event, Record: &x.record, MethodARN: arn})
	if err != nil {
		return "", err
	}
	if found.Context == nil && found.Principal == nil {
		return "", nil
	}
	grant := h.ensureGranted()
	key, id := grant.identity.APIKey, grant.identity.APIKeyID
	grant.authorizer, grant.identity, grant.caller = found.Context, found.Identity, found.Principal
	grant.identity.APIKey, grant.identity.APIKeyID = key, id
	x.Caller = found.Principal
	if x.Caller != nil {
		x.Event.Params = authorizer.WithoutSignature(x.Event.Params)
	}
	if found.Latency >= 0 {
		x.Event.AuthorizerLatency = found.Latency.Milliseconds()
		x.record.NoteMessage(execution.StepNote, language.StepAuthorizerTook.Of(strconv.FormatInt(x.Event.AuthorizerLatency, 10)))
	}
	h.conn.fill(&x.Event)
	return found.UsageKey, nil
}

// askAuthorizer runs the authorizer as a part of the trace.
func (h *connectRun) askAuthorizer(route *stage.Route, r authorizer.Request) (authorizer.Grant, *execution.GatewayError) {
	if !r.Record.Spanned {
		return route.Authorizer.Authorize(r)
	}
	began := h.g.options.Now()
	found, err := route.Authorizer.Authorize(r)
	span := execution.Span{Name: "authorizer", Began: began, Ended: h.g.options.Now()}
	if err != nil {
		span.Failure = err.Error()
	}
	r.Record.AddSpan(span)
	return found, err
}

func (h *connectRun) ensureGranted() *granted {
	if h.conn.granted == nil {
		h.conn.granted = &granted{}
	}
	return h.conn.granted
}
