package integration

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// invokeLocal invokes a function that runs on this node: the same event, permissions and responses
// as over the network, without one.
func (i *Integration) invokeLocal(x *Invocation) *execution.GatewayError {
	if err := i.mayInvoke(x); err != nil {
		return err
	}
	payload, err := i.eventFor(x)
	if err != nil {
		return err
	}
	record, services := x.Record, i.env.Services
	record.Note(execution.StepRequestURI, i.target.function())
	record.NoteBytes(execution.StepRequestBody, payload)
	record.Note(execution.StepSending, "")
	sent := services.now()
	ctx, cancel := context.WithTimeout(context.Background(), i.timeout)
	defer cancel()
	response, failed := services.Functions.Invoke(ctx, FunctionCall{
		Name: i.target.Function.Name, Qualifier: i.target.Function.Qualifier, Payload: payload, TraceID: i.traceID(x),
	})
	now := services.now()
	record.Touch(now)
	x.Reply.Latency = now.Sub(sent)
	x.spanOfCall(sent, now, failed)
	if failed != nil {
		return i.notInvoked(failed)
	}
	record.NoteReceived(http.StatusOK, x.Reply.Latency)
	record.NoteBytes(execution.StepResponseBody, response.Payload)
	record.Note(execution.StepEndpointRequest, response.RequestID)
	if i.Proxy() {
		return i.takeFunctionResult(x, response)
	}
	return i.respond(x, http.StatusOK, response.Payload, func(header func(name, value []byte)) {
		header([]byte("Content-Type"), []byte("application/json"))
		header([]byte("x-amzn-RequestId"), []byte(response.RequestID))
		if response.Failed {
			header([]byte("X-Amz-Function-Error"), []byte("Unhandled"))
		}
	})
}

// traceID is the handshake's trace of AWS, or a new one.
func (i *Integration) traceID(x *Invocation) string {
	given, _ := event.LastFold(x.Event.Params.Header, TraceHeader)
	return TraceID(given, x.Event.RequestTimeEpoch/1000)
}

// eventFor is the body that the function gets.
func (i *Integration) eventFor(x *Invocation) ([]byte, *execution.GatewayError) {
	if i.Proxy() {
		i.renderEvent(x)
		return x.body, nil
	}
	if err := i.render(x); err != nil {
		return nil, err
	}
	return i.convertRequest(x.request.Body)
}

// mayInvoke checks the integration's role, or without one the function's resource policy
// (aws-lambda §5).
func (i *Integration) mayInvoke(x *Invocation) *execution.GatewayError {
	services, function := i.env.Services, i.target.Function
	if i.role.named() {
		return i.allows(x, "lambda:InvokeFunction", i.target.functionARN(services.RegionAccount))
	}
	source := services.RegionAccount.ExecuteAPIARN(x.Event.APIID, x.Event.Stage, x.Event.RouteKey)
	if services.Functions.MayInvoke(function.Name, function.Qualifier, pasarela.ServiceAPIGateway, source) {
		return nil
	}
	return execution.Misconfigured("Invalid permissions on Lambda function",
		language.FunctionPolicy.Of(i.named, i.target.function(), pasarela.ServiceAPIGateway, source))
}

// notInvoked is the error of an invocation without an answer.
func (i *Integration) notInvoked(err error) *execution.GatewayError {
	id := i.named
	if errors.Is(err, context.DeadlineExceeded) {
		return i.failure(backend.ErrTimeout, i.target.function())
	}
	var known *pasarela.Error
	if errors.As(err, &known) {
		switch known.Code {
		case "TooManyRequestsException":
			return execution.Misconfigured("Lambda invocation failed with status: 429", language.FunctionBusy.Of(id))
		case "ResourceNotFoundException":
			return execution.Misconfigured("Invalid endpoint address", language.FunctionMissing.Of(id, strings.TrimPrefix(known.Message, "Function not found: ")))
		}
	}
	return functionRefused(language.FunctionReturned.Of(id, http.StatusText(http.StatusInternalServerError), err.Error()))
}
