package extension

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/controlplane/preview"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Previewer says what deploying a stage would change and what would fail; with a deployment's id, what
// going back to that deployment would. An empty stage name compares with no stage.
type Previewer interface {
	Check(ctx context.Context, apiID, stageName, deploymentID string) (preview.Preview, error)
}

type previewInput struct {
	APIID      string `uri:"apiId"`
	Stage      string `query:"stage"`
	Deployment string `query:"deployment"`
	languageInput
}

// previewOutput is a [preview.Preview] in the caller's language.
type previewOutput struct {
	Changes []change       `json:"changes"`
	Faults  []previewFault `json:"faults"`
}

type change struct {
	Kind     string `json:"kind"`
	Resource string `json:"resource"` // "Route $connect"
	Field    string `json:"field,omitempty"`
	Before   string `json:"before,omitempty"`
	After    string `json:"after,omitempty"`
}

type previewFault struct {
	Severity string           `json:"severity"`
	Resource string           `json:"resource"`
	Field    string           `json:"field,omitempty"`
	Message  string           `json:"message"`
	Cause    language.Message `json:"cause"` // the message for programs
	Place    []string         `json:"place,omitempty"`
}

func (s Services) preview(ctx context.Context, in previewInput) (previewOutput, error) {
	found, err := s.Preview.Check(ctx, in.APIID, in.Stage, in.Deployment)
	if err != nil {
		return previewOutput{}, err
	}
	out, l := previewOutput{[]change{}, []previewFault{}}, in.language()
	for _, c := range found.Changes {
		out.Changes = append(out.Changes, change{c.Kind, c.Resource.In(l), c.Field, c.Before, c.After})
	}
	for _, f := range found.Faults {
		out.Faults = append(out.Faults, previewFault{f.Severity, f.Resource.In(l), f.Field, f.Message.In(l), f.Message, f.Path})
	}
	return out, nil
}
