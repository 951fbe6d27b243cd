package node

import (
	"net/http"
	"net/url"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"

	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
)

// authorizerCalls makes the calls of authorizers with the client of integrations,
// so that the same bounds hold for both.
type authorizerCalls struct{ services *integration.Services }

func (c authorizerCalls) call(a authorizer.Call) (authorizer.Answer, error) {
	call := backend.AcquireCall()
	defer call.Release()
	target := a.URL
	call.SetMethod(a.Method)
	call.SetHeader("Accept", "application/json")
	if len(a.Body) > 0 {
		call.SetHeader("Content-Type", "application/json")
	}
	call.SetBody(a.Body)
	call.Timeout = a.Timeout
	if a.Function != "" {
		target = c.functionURL(a)
		call.SetMethod(http.MethodPost)
		if c.services.Credentials.AccessKeyID != "" {
			if err := integration.SignCall(c.services, call, target, "lambda", a.Region); err != nil {
				return authorizer.Answer{}, err
			}
		}
	}
	if err := c.services.Client.Do(call, target); err != nil {
		return authorizer.Answer{}, err
	}
	return authorizer.Answer{
		Status: call.Status(), Body: append([]byte(nil), call.ResponseBody()...),
		FunctionError: call.ResponseHeader("X-Amz-Function-Error") != "",
	}, nil
}

func (c authorizerCalls) functionURL(a authorizer.Call) string {
	base, ok := c.services.Endpoints["lambda"]
	if !ok {
		base = "https://lambda." + a.Region + ".amazonaws.com"
	}
	return base + "/2015-03-31/functions/" + url.PathEscape(a.Function) + "/invocations"
}
