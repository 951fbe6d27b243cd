package stage

import (
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
)

// lend gives authorizers what integrations have: the HTTP client with its bounds,
// the endpoint of Lambda, signatures and roles.
func lend(a *authorizer.Services, s *integration.Services) {
	if a.Call == nil {
		a.Call = func(c authorizer.Call) (authorizer.Answer, error) { return callAuthorizer(s, c) }
	}
	if a.MayAssume == nil && s.Roles != nil {
		a.MayAssume = func(roleARN, sourceARN string) error {
			return s.Roles.AssumeForService(roleARN, pasarela.ServiceAPIGateway, sourceARN, s.Place.AccountID)
		}
	}
}

func callAuthorizer(s *integration.Services, c authorizer.Call) (authorizer.Answer, error) {
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
	if c.Function != "" {
		url = s.LambdaURL(c.Function, c.Region)
		if err := integration.SignCall(s, call, url, "lambda", c.Region); err != nil {
			return authorizer.Answer{}, err
		}
	}
	call.Route = backend.Route{Stage: "authorizer", Key: c.Function}
	if c.Function == "" {
		call.Route.Key, _, _ = strings.Cut(url, "?")
	}
	if err := s.Client.Do(call, url); err != nil {
		return authorizer.Answer{}, err
	}
	return authorizer.Answer{
		Status: call.Status(), Body: append([]byte(nil), call.ResponseBody()...),
		FunctionError: call.ResponseHeader("X-Amz-Function-Error") != "",
	}, nil
}
