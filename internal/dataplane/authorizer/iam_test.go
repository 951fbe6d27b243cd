package authorizer_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/sigv4"
)

var ana = pasarela.Principal{ARN: "arn:aws:iam::123456789012:user/ana", AccountID: "123456789012", UserID: "AIDAEXAMPLE", Type: pasarela.PrincipalUser}

// signatures return the result that the test sets and record the call.
type signatures struct {
	signed, allowed error
	asked           string
}

func (s *signatures) Authenticate(_ *http.Request, _ []byte, service string) (pasarela.Principal, error) {
	s.asked = service
	return ana, s.signed
}

func (s *signatures) Authorize(_ context.Context, who pasarela.Principal, action string, resources []string, _ pasarela.RequestContext) error {
	s.asked += " " + who.ARN + " " + action + " " + strings.Join(resources, " ")
	return s.allowed
}

func (s *signatures) RequestContext(*http.Request) pasarela.RequestContext {
	return pasarela.RequestContext{}
}

func TestSignedHandshakes(t *testing.T) {
	const decided = "execute-api arn:aws:iam::123456789012:user/ana execute-api:Invoke " + methodARN
	for name, c := range map[string]struct {
		signatures *signatures
		status     int
		kind       execution.ResponseType
		asked      string
	}{
		"allowed":           {&signatures{}, 0, "", decided},
		"unsigned":          {&signatures{signed: &sigv4.Error{Fault: sigv4.FaultMissing}}, 403, execution.MissingAuthenticationToken, "execute-api"},
		"badly signed":      {&signatures{signed: &sigv4.Error{Fault: sigv4.FaultMismatch}}, 403, execution.InvalidSignature, "execute-api"},
		"of another day":    {&signatures{signed: &sigv4.Error{Fault: sigv4.FaultTime}}, 403, execution.ExpiredToken, "execute-api"},
		"session is over":   {&signatures{signed: &sigv4.Error{Fault: sigv4.FaultExpiredToken}}, 403, execution.ExpiredToken, "execute-api"},
		"nobody knows":      {&signatures{signed: errors.New("the store is gone")}, 500, execution.AuthorizerFailure, "execute-api"},
		"denied":            {&signatures{allowed: pasarela.Errorf(pasarela.CodeAccessDenied, "ana may not")}, 403, execution.AccessDenied, decided},
		"policies unread":   {&signatures{allowed: errors.New("the store is gone")}, 500, execution.AuthorizerFailure, decided},
		"another complaint": {&signatures{allowed: pasarela.Errorf(pasarela.CodeNotFound, "no such user")}, 500, execution.AuthorizerFailure, decided},
		"no identities":     {nil, 500, execution.AuthorizerFailure, ""},
	} {
		t.Run(name, func(t *testing.T) {
			services := &authorizer.Services{}
			if c.signatures != nil {
				services.Signatures = c.signatures
			}
			auth := authorizer.Compile(&pasarela.Route{AuthorizationType: pasarela.AuthorizationIAM}, nil, "prod", nil, services)
			grant, refused := auth.Authorize(handshake(nil, nil))
			switch {
			case c.status == 0 && (refused != nil || grant.Principal == nil || grant.Identity.UserARN != ana.ARN || grant.Identity.Caller != ana.UserID):
				t.Errorf("%v %+v", refused, grant)
			case c.status == 500 && (refused == nil || strings.Contains(refused.LogLine, "configuration")):
				t.Errorf("the log blames the API's configuration: %v", refused)
			case c.status != 0 && (refused == nil || refused.Status != c.status || refused.ResponseType != c.kind || grant.Principal != nil):
				t.Errorf("%v %+v", refused, grant)
			}
			if c.signatures != nil && c.signatures.asked != c.asked {
				t.Errorf("asked %q", c.signatures.asked)
			}
		})
	}
}
