package stage

import (
	"strings"

	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
)

// lend gives authorizers what integrations have: the HTTP client with its bounds,
// the endpoint of Lambda, signatures and roles.
func lend(a *authorizer.Services, s *integration.Services) {
	if a.Call == nil {
		a.Call = func(c authorizer.Call) (authorizer.Response, error) { return callAuthorizer(s, c) }
	}
	if a.MayInvoke == nil && s.Roles != nil {
		a.MayInvoke = s.MayInvoke
	}
}

func callAuthorizer(s *integration.Services, c authorizer.Call) (authorizer.Response, error) {
	call := backend.AcquireCall()
	defer call.Release()
	call.SetMethod(c.Method)
	call.SetHeader("Accept", "application/json")
	call.Timeout = c.Timeout
	if len(c.Body) > 0 {
		call.SetHeader("Content-Type", "application/json")
		call.SetBody(c.Body)
	}
	url := c.URL
	if c.Function.IsFunction() {
		var err error
		if url, err = s.PrepareInvoke(call, c.Function, c.RoleARN); err != nil {
			return authorizer.Response{}, err
		}
	}
	call.Route = backend.Route{Stage: "authorizer", Key: c.Function.Function.ARN}
	if call.Route.Key == "" {
		call.Route.Key, _, _ = strings.Cut(url, "?")
	}
	if err := s.Client.Do(call, url); err != nil {
		return authorizer.Response{}, err
	}
	return authorizer.Response{
		Status: call.Status(), Body: append([]byte(nil), call.ResponseBody()...),
		FunctionError: call.ResponseHeader("X-Amz-Function-Error") != "",
	}, nil
}
