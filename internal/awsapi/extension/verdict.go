package extension

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/controlplane/preview"
)

// Judge says what deploying would change and what would fail; a deployment's id asks
// about going back to that one.
type Previewer interface {
	Check(ctx context.Context, apiID, stageName, deploymentID string) (preview.Preview, error)
}

type verdictInput struct {
	APIID      string `uri:"apiId"`
	Stage      string `query:"stage"`
	Deployment string `query:"deployment"`
	languageInput
}

func (s Services) verdict(ctx context.Context, in verdictInput) (preview.Preview, error) {
	found, err := s.Preview.Check(ctx, in.APIID, in.Stage, in.Deployment)
	if err != nil {
		return preview.Preview{}, err
	}
	for i := range found.Changes {
		found.Changes[i].Resource = in.resource(found.Changes[i].Resource)
	}
	for i := range found.Faults {
		fault := &found.Faults[i]
		fault.Resource, fault.Message = in.resource(fault.Resource), in.say(fault.Message)
	}
	return found, nil
}
