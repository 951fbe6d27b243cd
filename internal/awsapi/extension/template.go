package extension

import (
	"context"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/vtl"
)

// SampleEvent is what a template is tried with.
type SampleEvent struct {
	EventType      string            `json:"eventType"` // CONNECT, MESSAGE or DISCONNECT
	Body           string            `json:"body"`
	Querystring    map[string]string `json:"querystring"`
	Header         map[string]string `json:"header"`
	StageVariables map[string]string `json:"stageVariables"`
}

// Templates renders and judges mapping templates with the engine that serves them.
type Templates interface {
	// Render returns the output and what is wrong with the template; output is
	// empty when it does not parse or fails.
	// It ends with ctx.
	Render(ctx context.Context, template string, event SampleEvent) (output string, faults []Fault)
}

type renderInput struct {
	Template string      `json:"template"`
	Event    SampleEvent `json:"event"`
	languageInput
}

type renderOutput struct {
	Output string  `json:"output"`
	Faults []fault `json:"faults"`
}

// maxTemplate is AWS's quota for the mapping templates of one integration, in bytes.
var maxTemplate = vtl.APIGateway().MaxTemplate

func (s Services) render(ctx context.Context, in renderInput) (renderOutput, error) {
	if len(in.Template) > maxTemplate {
		return renderOutput{}, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid member 'template': it has %d bytes, at most %d are allowed.", len(in.Template), maxTemplate)
	}
	output, faults := s.Templates.Render(ctx, in.Template, in.Event)
	out := renderOutput{output, []fault{}}
	for _, f := range faults {
		out.Faults = append(out.Faults, f.in(in.language()))
	}
	return out, nil
}
