package integration

import (
	"errors"
	"net/http"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// requestMap turns an event into what the backend gets.
type requestMap struct {
	templates *selection.Templates
	mapped    *mapping.CompiledRequest
}

func compileRequest(def *pasarela.Integration) (requestMap, error) {
	templates, err := selection.NewTemplates(def.TemplateSelectionExpr, namesOf(def.RequestTemplates), selection.RequestTemplate)
	if err != nil {
		return requestMap{}, err
	}
	mapped, err := mapping.CompileRequest(def)
	return requestMap{templates, mapped}, err
}

// render fills x.request: body, headers, query and path of the request.
func (i *Integration) render(x *Invocation) *execution.GatewayError {
	if !x.Record.Spanned {
		return i.renderRequest(x)
	}
	began := i.env.Services.now()
	err := i.renderRequest(x)
	span := execution.Span{Name: "request template", Began: began, Ended: i.env.Services.now()}
	if err != nil {
		span.Failure = err.Error()
	}
	x.Record.AddSpan(span)
	return err
}

// renderRequest makes x.request from the event by the template that the selection chose.
// Without a template the body passes as it is, where passthroughBehavior allows that
// (aws-dataplane §4.4).
func (i *Integration) renderRequest(x *Invocation) *execution.GatewayError {
	x.selected = selection.Input{}
	if i.request.templates.NeedsBody() {
		x.selected.Body = x.Message()
	}
	key, outcome := i.request.templates.Choose(&x.selected)
	if outcome != selection.Chosen && !i.Proxy() {
		if err := i.passthrough(outcome); err != nil {
			return err
		}
		// Without a template the backend gets another body than it expects; the guide
		// warns of it.
		x.Record.NoteMessage(execution.StepNote, language.StepUntransformed.Of())
	}
	if key != "" {
		x.Record.Note(execution.StepTemplate, key)
	}
	if err := i.request.mapped.Apply(&x.request, &x.Event, &x.Payload, key); err != nil {
		return i.renderFailure(err)
	}
	return nil
}

// passthrough is the behaviour without a template (aws-dataplane §4.4).
func (i *Integration) passthrough(outcome selection.Outcome) *execution.GatewayError {
	switch i.def.PassthroughBehavior {
	case pasarela.PassthroughNever:
	case pasarela.PassthroughWhenNoTemplates:
		if outcome == selection.NoTemplates {
			return nil
		}
	default:
		return nil
	}
	return execution.Refused(execution.UnsupportedMediaType, http.StatusUnsupportedMediaType, pasarela.CodeBadRequest, "Unsupported Media Type",
		"Execution failed due to configuration error: No request template matches and passthroughBehavior is "+i.def.PassthroughBehavior,
		language.IntegrationNoTemplate.Of(i.named, i.def.PassthroughBehavior))
}

func (i *Integration) renderFailure(err error) *execution.GatewayError {
	if errors.Is(err, mapping.ErrInvalidJSON) {
		return execution.Refused(execution.BadRequestBody, http.StatusBadRequest, pasarela.CodeBadRequest, "Invalid JSON in request body",
			"Execution failed: Invalid JSON in request body", language.IntegrationBody.Of(i.named))
	}
	return execution.Misconfigured("Unable to transform request", language.IntegrationRender.Because(err, i.named))
}

// Message is the event's message as JSON, read once; missing when it is none.
func (x *Invocation) Message() jsonvalue.Value {
	if !x.messageRead {
		x.messageRead = true
		x.messageErr = x.message.ReadStrict(x.Payload.Text())
	}
	if x.messageErr != nil || !x.HasBody {
		return jsonvalue.Value{}
	}
	return x.message.Root()
}
