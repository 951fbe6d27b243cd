package authorizer

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
)

// Services are what authorizers need of their node.
type Services struct {
	Place pasarela.Place
	// Signatures checks AWS_IAM handshakes; nil refuses them all.
	Signatures Signatures
	// Call makes a call to a function or endpoint that decides, or to an issuer
	// of tokens.
	Call func(Call) (Answer, error)
	// MayAssume answers nil when API Gateway may use an authorizer's role.
	MayAssume func(roleARN, sourceARN string) error
	Now       func() time.Time // nil: time.Now
}

// Signatures knows who signed a request and what they may do.
type Signatures interface {
	Authenticate(r *http.Request, body []byte, service string) (pasarela.Principal, error)
	Authorize(ctx context.Context, who pasarela.Principal, action string, resources []string, rc pasarela.RequestContext) error
	RequestContext(r *http.Request) pasarela.RequestContext
}

// Call is an HTTP call, or one to a Lambda function when Function is set.
type Call struct {
	Method   string
	URL      string
	Function string // ARN; URL is empty then
	Region   string
	Body     []byte
	Timeout  time.Duration
}

// Answer is what came back.
type Answer struct {
	Status        int
	Body          []byte
	FunctionError bool // Lambda: the function ended with an exception
}

// Request is a handshake that asks to come in.
type Request struct {
	HTTP      *http.Request
	Event     *mapping.Event
	Record    *execution.Record
	MethodARN string
}

// Grant is what is known of a client that was let in.
type Grant struct {
	// Context is $context.authorizer: principalId and the authorizer's own
	// values, all text.
	Context []mapping.Pair
	// Identity holds the fields of $context.identity that AWS_IAM fills.
	Identity mapping.Identity
	// Principal signed the handshake; nil without AWS_IAM.
	Principal *pasarela.Principal
	// UsageKey is the API key that the authorizer named (usageIdentifierKey).
	UsageKey string
	// Latency of the authorizer's function; below zero when none was asked.
	Latency time.Duration
}

// Gate is the authorization of one $connect route, compiled. It is safe for
// concurrent use.
type Gate struct {
	admit func(Request) (Grant, *execution.GatewayError)
}

// Compile reads the authorization of a route. authorizers are the API's. The error
// says which property cannot be honoured: an unknown kind of authorization never
// lets anybody in.
func Compile(route *pasarela.Route, authorizers []pasarela.Authorizer, variables map[string]string, services *Services) (*Gate, error) {
	switch route.AuthorizationType {
	case "", pasarela.AuthorizationNone:
		return &Gate{admit: admitAnyone}, nil
	case pasarela.AuthorizationIAM:
		return &Gate{admit: (&iam{services}).admit}, nil
	case pasarela.AuthorizationCustom, pasarela.AuthorizationJWT:
	default:
		return nil, fmt.Errorf("route %s: authorizationType %q is none of NONE, AWS_IAM, CUSTOM and JWT", route.RouteKey, route.AuthorizationType)
	}
	for i := range authorizers {
		a := &authorizers[i]
		if a.AuthorizerID != route.AuthorizerID {
			continue
		}
		if route.AuthorizationType == pasarela.AuthorizationJWT || a.AuthorizerType == pasarela.AuthorizerJWT {
			return compileJWT(route, a, services)
		}
		return compileRequest(a, variables, services)
	}
	return nil, fmt.Errorf("route %s has authorizationType %s and authorizerId %q, which the API does not have", route.RouteKey, route.AuthorizationType, route.AuthorizerID)
}

// Admit decides. The error's status is 401, 403 or, when it cannot be told, 500.
func (g *Gate) Admit(r Request) (Grant, *execution.GatewayError) { return g.admit(r) }

func admitAnyone(Request) (Grant, *execution.GatewayError) { return Grant{Latency: -1}, nil }

func (s *Services) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func unauthorized(line, fix string) *execution.GatewayError {
	return execution.Refused(execution.Unauthorized, http.StatusUnauthorized, "UnauthorizedException", "Unauthorized", line, fix)
}
