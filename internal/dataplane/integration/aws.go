package integration

import (
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// aws invokes AWS and AWS_PROXY integrations.
func (i *Integration) aws(x *Exchange) *execution.GatewayError {
	if action, resource := i.target.permission(); action != "" {
		if err := i.allows(action, resource); err != nil {
			return err
		}
	}
	call := backend.AcquireCall()
	defer call.Release()
	if err := i.prepareAWS(x, call); err != nil {
		return err
	}
	if err := i.env.Services.sign(call, x, &i.target); err != nil {
		return execution.Misconfigured("Unable to sign the request", "Integration "+i.def.IntegrationID+": "+err.Error())
	}
	if err := i.send(x, call); err != nil {
		return err
	}
	if id := call.ResponseHeader("x-amzn-RequestId"); id != "" {
		x.Record.Note(execution.StepEndpointRequest, id)
	}
	if i.target.lambda {
		if err := i.lambdaRefusal(call); err != nil {
			return err
		}
	}
	if i.Proxy() {
		return i.takeLambda(x, call)
	}
	return i.answer(x, call.Status(), call.ResponseBody(), call.EachResponseHeader)
}

func (i *Integration) prepareAWS(x *Exchange, call *backend.Call) *execution.GatewayError {
	call.Timeout = i.timeout
	if i.Proxy() {
		return i.prepareLambdaProxy(x, call)
	}
	if err := i.render(x); err != nil {
		return err
	}
	call.SetHeader("Content-Type", "application/json")
	call.SetHeader("User-Agent", i.userAgent)
	method := i.method
	if i.target.lambda {
		method = http.MethodPost // whatever integrationMethod says (§4.1)
	}
	address := i.target.address(call, method, i.env.Services.Endpoints)
	call.SetHeader("Accept", "application/json")
	i.gatewayHeaders(x, call)
	for _, pair := range x.request.Header {
		call.SetHeader(pair.Name, pair.Value)
	}
	body, err := i.convertRequest(x.request.Body)
	if err != nil {
		return err
	}
	call.SetBody(body)
	x.text = address.appendTo(x.text[:0], x.request.Path, x.request.Querystring)
	return nil
}

// prepareLambdaProxy writes the event as the body: nothing is mapped (§4.2 rule 8).
func (i *Integration) prepareLambdaProxy(x *Exchange, call *backend.Call) *execution.GatewayError {
	event := execution.LambdaEvent{Event: &x.Event, AuthorizerLatency: x.AuthorizerLatency, HasBody: x.HasBody}
	if x.HasBody {
		event.Body = x.Payload.Text()
	}
	x.body = event.Append(x.body[:0])
	call.SetMethod(http.MethodPost)
	call.SetHeader("Content-Type", "application/json")
	call.SetHeader("User-Agent", i.userAgent)
	call.SetBody(x.body)
	x.text = append(append(x.text[:0], i.target.base(i.env.Services.Endpoints)...), i.target.path...)
	return nil
}

// lambdaRefusal explains an Invoke that did not reach the function.
func (i *Integration) lambdaRefusal(call *backend.Call) *execution.GatewayError {
	where := "integrationUri of integration " + i.def.IntegrationID + ": "
	switch status := call.Status(); {
	case status < 300:
		return nil
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return execution.Misconfigured("Invalid permissions on Lambda function",
			where+"Lambda refuses the call to "+i.target.function+". Let the function's policy allow "+pasarela.ServiceAPIGateway+", or set credentialsArn. It said: "+string(call.ResponseBody()))
	case status == http.StatusNotFound:
		return execution.Misconfigured("Invalid endpoint address", where+"there is no function "+i.target.function)
	case status == http.StatusTooManyRequests:
		return execution.Misconfigured("Lambda invocation failed with status: 429", where+"Lambda has no room for the function: raise its concurrency")
	default:
		e := execution.Unreachable(where + "Lambda answered " + http.StatusText(status) + ": " + string(call.ResponseBody()))
		e.Status = http.StatusInternalServerError
		return e
	}
}
