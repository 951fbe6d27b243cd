package extension

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// OlderStage is a stage with AutoDeploy that serves a deployment older than its API, since
// what was changed cannot be deployed.
type OlderStage struct {
	APIID        string `json:"apiId"`
	Stage        string `json:"stage"`
	DeploymentID string `json:"deploymentId"`
	Summary      string `json:"summary"`
	// Cause is Summary for programs.
	Cause language.Message `json:"cause"`
}

// olderStages are the stages of executions that serve a deployment older than their API,
// with the sentence about each.
func (s Services) olderStages(ctx context.Context, entries []execution.Entry, l language.Language) (older []OlderStage, sentences []language.Message) {
	if s.AutoDeployFault == nil {
		return nil, nil
	}
	type key struct{ api, stage string }
	asked := map[key]bool{}
	for i := range entries {
		at := key{entries[i].APIID, entries[i].Stage}
		if at.api == "" || at.stage == "" || asked[at] {
			continue
		}
		asked[at] = true
		why, deploymentID := s.AutoDeployFault(ctx, at.api, at.stage)
		if why == "" || deploymentID == "" { // a refusal of a stage that serves nothing says why by itself
			continue
		}
		m := language.TimelineOlder.Of(at.stage, at.api, deploymentID, why)
		sentences = append(sentences, m)
		older = append(older, OlderStage{at.api, at.stage, deploymentID, execution.Line(m, l), m})
	}
	return older, sentences
}
