package extension

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/controlplane/verdict"
)

// Judge says what deploying would change and what would fail; a deployment's id asks
// about going back to that one.
type Judge interface {
	Judge(ctx context.Context, apiID, stageName, deploymentID string) (verdict.Verdict, error)
}

type verdictInput struct {
	APIID      string `uri:"apiId"`
	Stage      string `query:"stage"`
	Deployment string `query:"deployment"`
	languageInput
}

func (s Services) verdict(ctx context.Context, in verdictInput) (verdict.Verdict, error) {
	judged, err := s.Judge.Judge(ctx, in.APIID, in.Stage, in.Deployment)
	if err != nil {
		return verdict.Verdict{}, err
	}
	for i := range judged.Changes {
		judged.Changes[i].Resource = in.resource(judged.Changes[i].Resource)
	}
	for i := range judged.Faults {
		fault := &judged.Faults[i]
		fault.Resource, fault.Message = in.resource(fault.Resource), in.say(fault.Message)
	}
	return judged, nil
}
