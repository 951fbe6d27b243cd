package integration

import (
	"net/http"
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// aws invokes AWS and AWS_PROXY integrations.
func (i *Integration) aws(x *Invocation) *execution.GatewayError {
	if i.env.Services.RunsLocally(i.target.URI) {
		return i.invokeLocal(x)
	}
	call := backend.AcquireCall()
	defer call.Release()
	if err := i.prepareAWS(x, call); err != nil {
		return err
	}
	if err := i.sign(x, call); err != nil {
		return err
	}
	if err := i.send(x, call); err != nil {
		return err
	}
	if id := call.ResponseHeader("x-amzn-RequestId"); id != "" {
		x.Record.Note(execution.StepEndpointRequest, id)
	}
	if err := i.refusal(x, call); err != nil {
		return err
	}
	if i.Proxy() {
		return i.takeFunctionResult(x, FunctionResult{
			Payload: call.ResponseBody(), Failed: call.ResponseHeader("X-Amz-Function-Error") != "", RequestID: call.ResponseHeader("x-amzn-RequestId"),
		})
	}
	return i.respond(x, call.Status(), call.ResponseBody(), call.EachResponseHeader)
}

// prepareAWS makes the call to a service of AWS from the rendered request (aws-dataplane
// §4.8). Headers of the mapping come last and replace the gateway's own.
func (i *Integration) prepareAWS(x *Invocation, call *backend.Call) *execution.GatewayError {
	call.Timeout = i.timeout
	if i.Proxy() {
		return i.prepareLambdaProxy(x, call)
	}
	if err := i.render(x); err != nil {
		return err
	}
	call.SetHeader("Content-Type", "application/json")
	call.SetHeader("User-Agent", i.userAgent)
	address := i.target.address(call, i.method, i.env.Services.Endpoints)
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
	return i.checkDotSegments(&address, x)
}

// prepareLambdaProxy writes the event as the body: nothing is mapped (aws-dataplane §4.2 rule 8).
func (i *Integration) prepareLambdaProxy(x *Invocation, call *backend.Call) *execution.GatewayError {
	i.renderEvent(x)
	call.SetMethod(http.MethodPost)
	call.SetHeader("Content-Type", "application/json")
	call.SetHeader("User-Agent", i.userAgent)
	call.SetBody(x.body)
	x.text = append(x.text[:0], i.target.invocation(i.env.Services.Endpoints)...)
	return nil
}

// renderEvent writes the event of a proxied function into x.body.
func (i *Integration) renderEvent(x *Invocation) {
	payload := execution.LambdaEvent{Event: &x.Event, HasBody: x.HasBody}
	if x.HasBody {
		payload.Body = x.Payload.Text()
	}
	x.body = payload.Append(x.body[:0])
}

// refusal explains an answer of AWS that is none of the function or service.
func (i *Integration) refusal(x *Invocation, call *backend.Call) *execution.GatewayError {
	status := call.Status()
	switch {
	case i.target.URL != "" && status >= 300:
		return functionRefused(language.FunctionStatus.Of(i.target.URL, strconv.Itoa(status), x.quotable(excerpt(string(call.ResponseBody())))))
	case !i.target.IsFunction() || status < 300:
		return nil
	}
	id := i.named
	switch status {
	case http.StatusForbidden, http.StatusUnauthorized:
		return execution.Misconfigured("Invalid permissions on Lambda function",
			language.FunctionForbidden.Because(i.signedBy(), id, i.target.function(), pasarela.ServiceAPIGateway, x.quotable(excerpt(string(call.ResponseBody())))))
	case http.StatusNotFound:
		return execution.Misconfigured("Invalid endpoint address", language.FunctionMissing.Of(id, i.target.function()))
	case http.StatusTooManyRequests:
		return execution.Misconfigured("Lambda invocation failed with status: 429", language.FunctionBusy.Of(id))
	}
	return functionRefused(language.FunctionReturned.Of(id, http.StatusText(status), x.quotable(excerpt(string(call.ResponseBody())))))
}

func functionRefused(cause language.Message) *execution.GatewayError {
	e := execution.Unreachable(cause)
	e.Status = http.StatusInternalServerError
	return e
}
