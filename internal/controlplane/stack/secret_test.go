package stack_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
)

// The value of a NoEcho parameter reaches the resource and is in no change set, neither
// the new value nor the one before.
func TestChangeSetsHideSecrets(t *testing.T) {
	bubble(t, func(t *testing.T, w *world, s *stack.Service) {
		const text = `Parameters: {Password: {Type: String, NoEcho: true}, Pin: {Type: Number, NoEcho: true}, Plain: {Type: String}}
Resources:
  A: {Type: AWS::Test::Thing, Properties: {Name: a, Text: !Sub 'user:${Password}', Size: !Ref Pin}}
  B: {Type: AWS::Test::Thing, Properties: {Name: !Ref Plain}}
`
		set := func(kind, name, password, pin, plain string) string {
			t.Helper()
			in := body(text)
			for key, value := range map[string]string{"Password": password, "Pin": pin, "Plain": plain} {
				in.Parameters = append(in.Parameters, stack.Parameter{Key: key, Value: &value})
			}
			made, err := s.CreateChangeSet(t.Context(), who, stack.CreateChangeSetInput{ChangedInput: stack.ChangedInput{DesiredInput: in}, ChangeSetType: kind, ChangeSetName: name})
			if err != nil || made.Status != "CREATE_COMPLETE" {
				t.Fatalf("%+v %v", made, err)
			}
			shown, err := json.Marshal(made.Changes)
			if err != nil {
				t.Fatal(err)
			}
			return string(shown)
		}
		shows := func(shown string, secrets ...string) {
			t.Helper()
			for _, secret := range secrets {
				if strings.Contains(shown, secret) {
					t.Errorf("%s stands in %s", secret, shown)
				}
			}
			if !strings.Contains(shown, "user:****") {
				t.Errorf("what is hidden is not marked: %s", shown)
			}
		}
		shows(set("CREATE", "c1", "tulip", "4711", "seen"), "tulip", "4711")
		if err := s.ExecuteChangeSet(t.Context(), who, stack.ExecuteChangeSetInput{ChangeSetName: "c1", StackName: "s"}); err != nil {
			t.Fatal(err)
		}
		wants(t, see(t, s, "s"), "CREATE_COMPLETE", w, "a 4711 ", "seen <nil> ")
		if got := see(t, s, "s").Resources["A"].Properties["Text"]; got != "user:tulip" {
			t.Errorf("the resource has %v", got)
		}
		changed := set("UPDATE", "c2", "daisy", "1234", "visible")
		shows(changed, "tulip", "4711", "daisy", "1234")
		if !strings.Contains(changed, "seen") || !strings.Contains(changed, "visible") {
			t.Errorf("what is no secret is hidden: %s", changed)
		}
	})
}
