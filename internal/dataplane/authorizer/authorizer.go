package authorizer

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/awsuri"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Services are what authorizers need from their node.
type Services struct {
	RegionAccount pasarela.RegionAccount
	// Signatures checks AWS_IAM handshakes; nil refuses them all.
	Signatures Signatures
	// Call makes a call to a function or endpoint that decides, or to an issuer
	// of tokens.
	Call func(Call) (Response, error)
	// MayInvoke returns nil when API Gateway may use an authorizer's role, and the
	// role may invoke the function.
	MayInvoke func(roleARN, sourceARN string, function awsuri.URI) error
	Now       func() time.Time // nil: time.Now
}

// Signatures verifies who signed a request and evaluates what they may do.
type Signatures interface {
	Authenticate(r *http.Request, body []byte, service string) (pasarela.Principal, error)
	Authorize(ctx context.Context, who pasarela.Principal, action string, resources []string, rc pasarela.RequestContext) error
	RequestContext(r *http.Request) pasarela.RequestContext
}

// Call is an HTTP call, or one to a Lambda function when Function is one.
type Call struct {
	Method   string
	URL      string     // empty for a Lambda function
	Function awsuri.URI // of an authorizer
	// SourceARN is the authorizer on whose behalf a function is invoked.
	SourceARN string
	RoleARN   string // authorizerCredentialsArn; empty: the call is not signed
	Body      []byte
	Timeout   time.Duration
}

// Response is what came back.
type Response struct {
	Status        int
	Body          []byte
	FunctionError bool // Lambda: the function ended with an exception
}

// Request is a handshake to authorize.
type Request struct {
	HTTP      *http.Request
	Event     *event.Event
	Record    *execution.Record
	MethodARN string
}

// Grant is what the authorization of a client established.
type Grant struct {
	// Context is $context.authorizer: principalId and the authorizer's own
	// values, all text.
	Context []event.Pair
	// Identity holds the fields of $context.identity that AWS_IAM fills.
	Identity event.Identity
	// Principal signed the handshake; nil without AWS_IAM.
	Principal *pasarela.Principal
	// UsageKey is the API key that the authorizer named (usageIdentifierKey).
	UsageKey string
	// Latency of the authorizer's function; below zero when no function was called.
	Latency time.Duration
}

// Authorizer is the authorization of one $connect route, compiled. It is safe for
// concurrent use.
type Authorizer struct {
	authorize func(Request) (Grant, *execution.GatewayError)
	defect    *Defect
}

// Defect is why an authorizer refuses every handshake, with the resource and member to
// change.
type Defect struct {
	AuthorizerID string // empty: the route itself
	Member       string
	Problem      language.Message
}

// Defect says why every handshake will be refused, so that a deployment or stage
// variables can be refused instead; nil when a handshake may pass, or when only a
// variable that the stage does not define is missing.
func (a *Authorizer) Defect() *Defect { return a.defect }

// Compile compiles the authorization of a route. authorizers are the API's. A
// configuration that cannot be applied refuses every handshake (fail closed): a
// deployment with a broken authorizer never serves without one.
func Compile(route *pasarela.Route, authorizers []pasarela.Authorizer, stage string, variables map[string]string, services *Services) *Authorizer {
	switch route.AuthorizationType {
	case "", pasarela.AuthorizationNone:
		return &Authorizer{authorize: allowAll}
	case pasarela.AuthorizationIAM:
		return &Authorizer{authorize: (&iam{services}).authorize}
	case pasarela.AuthorizationCustom, pasarela.AuthorizationJWT:
	default:
		return refuseRoute(route, "authorizationType", language.AuthorizationType.Of(strconv.Quote(route.AuthorizationType)))
	}
	for i := range authorizers {
		if a := &authorizers[i]; a.AuthorizerID == route.AuthorizerID {
			return compileAuthorizer(route, a, stage, variables, services)
		}
	}
	return refuseRoute(route, "authorizerId", language.AuthorizerUnknown.Of(route.AuthorizationType, strconv.Quote(route.AuthorizerID)))
}

// compileAuthorizer chooses by the authorizer's type. A REQUEST authorizer on a JWT
// route, or the reverse, is compiled as JWT and refuses for the members that it lacks.
func compileAuthorizer(route *pasarela.Route, a *pasarela.Authorizer, stage string, variables map[string]string, services *Services) *Authorizer {
	if route.AuthorizationType == pasarela.AuthorizationJWT || a.AuthorizerType == pasarela.AuthorizerJWT {
		return compileJWT(route, a, stage, services)
	}
	return compileRequest(a, stage, variables, services)
}

// Check says what is wrong with an authorizer whatever route uses it, nil for nothing.
// Values with stage variables are not checked, since their values are not known yet.
func Check(a *pasarela.Authorizer) *Defect {
	route := &pasarela.Route{RouteKey: pasarela.RouteConnect, AuthorizationType: pasarela.AuthorizationCustom}
	return compileAuthorizer(route, a, "", nil, &Services{}).defect
}

// refuseRoute refuses every handshake because of a member of the route.
func refuseRoute(route *pasarela.Route, member string, problem language.Message) *Authorizer {
	refusal := broken("Internal server error", language.RouteMember.Because(problem, member, route.RouteKey))
	return &Authorizer{
		authorize: func(Request) (Grant, *execution.GatewayError) { return Grant{}, refusal },
		defect:    &Defect{Member: member, Problem: problem},
	}
}

// refuseAll refuses every handshake because of a member of the authorizer. unset are the
// stage variables that it names and that are not defined; they may be defined later.
func refuseAll(def *pasarela.Authorizer, member string, err error, stage string, unset []string) *Authorizer {
	why := language.Reason(err)
	refusing := &Authorizer{}
	if len(unset) > 0 {
		why = language.VariableUnset.Because(why, stage, strings.Join(unset, ", "))
	} else {
		refusing.defect = &Defect{def.AuthorizerID, member, why}
	}
	refusal := broken("Internal server error", language.AuthorizerMember.Because(why, member, language.Named(def.Name, def.AuthorizerID)))
	refusing.authorize = func(Request) (Grant, *execution.GatewayError) { return Grant{}, refusal }
	return refusing
}

// Authorize decides. The error's status is 401, 403 or, when the authorizer fails, 500.
func (a *Authorizer) Authorize(r Request) (Grant, *execution.GatewayError) { return a.authorize(r) }

// allowAll is authorization NONE.
func allowAll(Request) (Grant, *execution.GatewayError) { return Grant{Latency: -1}, nil }

func (s *Services) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// unauthorized is a 401. line is what AWS writes to the execution log, cause what explain
// shows.
func unauthorized(line string, cause language.Message) *execution.GatewayError {
	return execution.Refused(execution.Unauthorized, http.StatusUnauthorized, "UnauthorizedException", "Unauthorized", line, cause)
}
