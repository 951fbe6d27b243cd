package preview_test

import (
	"errors"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/preview"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

func TestCheckComparesWithWhatTheStageServes(t *testing.T) {
	bucket := memory.NewBucket()
	frozen := guide()
	now := pasarela.APIDocument{Definition: guide(), Stages: []pasarela.Stage{{StageName: "prod", DeploymentID: "d00001"}, {StageName: "empty"}}}
	now.Integrations[0].IntegrationURI = "http://127.0.0.1:9090/other"
	if _, err := document.NewStore[pasarela.Definition](bucket).Create(t.Context(), pasarela.DeploymentKey("abcdef1234", "d00001"), &frozen); err != nil {
		t.Fatal(err)
	}
	if _, err := document.NewStore[pasarela.APIDocument](bucket).Create(t.Context(), pasarela.APIDocumentKey("abcdef1234"), &now); err != nil {
		t.Fatal(err)
	}
	checker := preview.NewChecker(bucket, preview.Checks{})
	cases := []struct {
		api, stage, deployment string
		changes                int
		code                   pasarela.ErrorCode
	}{
		{"abcdef1234", "prod", "", 1, ""},
		{"abcdef1234", "prod", "d00001", 0, ""},
		{"abcdef1234", "empty", "d00001", 4, ""},
		{"abcdef1234", "empty", "", 4, ""},
		{"abcdef1234", "", "", 4, ""},
		{"abcdef1234", "nope", "", 0, pasarela.CodeNotFound},
		{"abcdef1234", "prod", "d99999", 0, pasarela.CodeNotFound},
		{"zzzzzzzzzz", "prod", "", 0, pasarela.CodeNotFound},
	}
	for _, c := range cases {
		got, err := checker.Check(t.Context(), c.api, c.stage, c.deployment)
		var known *pasarela.Error
		if errors.As(err, &known) != (c.code != "") || known != nil && known.Code != c.code {
			t.Errorf("%s/%s: error %v, want code %q", c.api, c.stage, err, c.code)
		}
		if len(got.Changes) != c.changes {
			t.Errorf("%s/%s: %d changes, want %d: %+v", c.api, c.stage, len(got.Changes), c.changes, got.Changes)
		}
	}
}
