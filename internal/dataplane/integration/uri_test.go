package integration_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
)

func TestSubstituteStageVariables(t *testing.T) {
	variables := map[string]string{"host": "b:80", "v": "2"}
	for text, want := range map[string]string{
		"http://${stageVariables.host}/v${stageVariables.v}/x": "http://b:80/v2/x", "${stageVariables.none}": "", "${other}": "${other}", "$stageVariables.v": "$stageVariables.v",
		"a${stageVariables.v": "a${stageVariables.v", "": "",
	} {
		if got := integration.SubstituteStageVariables(text, variables); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

func FuzzTraceparent(f *testing.F) {
	f.Add("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	f.Fuzz(func(t *testing.T, text string) {
		if integration.ValidTraceparent(text) && !integration.ValidTraceparent(integration.Child(text)) {
			t.Errorf("the child of %q is %q", text, integration.Child(text))
		}
	})
}
