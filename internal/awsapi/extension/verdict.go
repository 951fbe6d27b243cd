package extension

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/controlplane/verdict"
)

// Judge says what deploying would change and what would fail.
type Judge interface {
	Judge(ctx context.Context, apiID, stageName string) (verdict.Verdict, error)
}

type verdictInput struct {
	APIID string `uri:"apiId"`
	Stage string `query:"stage"`
}

func (s Services) verdict(ctx context.Context, in verdictInput) (verdict.Verdict, error) {
	return s.Judge.Judge(ctx, in.APIID, in.Stage)
}
