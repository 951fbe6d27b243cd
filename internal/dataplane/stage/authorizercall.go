package stage

import (
	"context"
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// shareServices gives authorizers what integrations use: the HTTP client with its bounds,
// the endpoint of Lambda, signatures and roles.
func shareServices(a *authorizer.Services, s *integration.Services) {
	if a.Call == nil {
		a.Call = func(c authorizer.Call) (authorizer.Response, error) { return callAuthorizer(s, c) }
	}
	if a.MayInvoke == nil && s.Roles != nil {
		a.MayInvoke = s.MayInvoke
	}
}

// callAuthorizer asks the function of an authorizer, on this machine or over HTTP. Errors are
// those of [backend.Client.Do] and of the signature; a status and a function's error are part
// of the response.
func callAuthorizer(s *integration.Services, c authorizer.Call) (authorizer.Response, error) {
	if s.RunsLocally(c.Function) {
		return invokeAuthorizer(s, c)
	}
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

// invokeAuthorizer invokes a function that runs on this node. Without a role, the
// function's resource policy must let API Gateway invoke it for this authorizer
// (aws-lambda §5).
func invokeAuthorizer(s *integration.Services, c authorizer.Call) (authorizer.Response, error) {
	function := c.Function.Function
	if c.RoleARN == "" && !s.Functions.MayInvoke(function.Name, function.Qualifier, pasarela.ServiceAPIGateway, c.SourceARN) {
		return authorizer.Response{}, language.AuthorizerPolicy.Of(function.Name, pasarela.ServiceAPIGateway, c.SourceARN)
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.Timeout)
	defer cancel()
	response, err := s.Functions.Invoke(ctx, integration.FunctionCall{Name: function.Name, Qualifier: function.Qualifier, Payload: c.Body})
	if pasarela.CodeOf(err) == "TooManyRequestsException" {
		return authorizer.Response{Status: http.StatusTooManyRequests}, nil
	}
	if err != nil {
		return authorizer.Response{}, err
	}
	return authorizer.Response{Status: http.StatusOK, Body: response.Payload, FunctionError: response.Failed}, nil
}
