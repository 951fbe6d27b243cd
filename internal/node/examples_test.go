package node_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/stackfolder"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// deployExample brings a stack of examples/stacks up and returns the address of its stage.
func deployExample(t *testing.T, folder string, parameters map[string]string) string {
	t.Helper()
	source, err := stackfolder.Find("../../examples/stacks/" + folder)
	if err != nil {
		t.Fatal(err)
	}
	files, err := source.Read()
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Start(t.Context(), node.Options{
		Settings: node.Settings{DataDir: t.TempDir(), Listen: "127.0.0.1:0", Functions: true}, Version: "test",
		Objects: func(_, key string) ([]byte, bool) { data, there := files.Objects[key]; return data, there },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, n) })
	in := stack.DesiredInput{StackName: "s", Template: stack.TemplateInput{TemplateBody: files.Template}, Capabilities: []string{"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}}
	for key, value := range parameters {
		in.Parameters = append(in.Parameters, stack.Parameter{Key: key, Value: &value})
	}
	if _, err := n.Stacks().CreateStack(t.Context(), n.Root(), stack.CreateStackInput{DesiredInput: in}); err != nil {
		t.Fatal(err)
	}
	settled(t, n, "CREATE_COMPLETE")
	made, err := n.Stacks().Stack(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	return made.Outputs[0].Value
}

// The stacks of examples/stacks come up and do what their pages say.
func TestExampleStacks(t *testing.T) {
	t.Run("guide", func(t *testing.T) {
		backend := testkit.NewBackend(t)
		url := deployExample(t, "guide", map[string]string{"BackendUrl": backend.URL + "/api/reports/create"})
		testkit.Refused(t, url, http.StatusInternalServerError) // 200 has no integration response
		_ = backend.Next(t)
		backend.Respond(testkit.Response{Status: http.StatusCreated})
		testkit.Connect(t, url)
		if call := backend.Next(t); !strings.Contains(call.Body, `"type": "ventas"`) {
			t.Errorf("the backend got %s", call.Body)
		}
	})
	t.Run("keys", func(t *testing.T) {
		const value = "a-key-for-this-test-alone"
		url := deployExample(t, "keys", map[string]string{"KeyValue": value})
		testkit.Refused(t, url, http.StatusForbidden)
		testkit.Connect(t, url, testkit.Header("x-api-key", value))
		server, _, _ := strings.Cut(strings.TrimPrefix(url, "ws://"), "/")
		testkit.Connect(t, "ws://"+server+"/", testkit.Header("x-api-key", value), testkit.Host("ws.example.com"))
	})
	t.Run("python", func(t *testing.T) {
		if _, err := exec.LookPath("python3"); err != nil {
			testkit.MissingClient(t, "python3")
		}
		backend := testkit.NewBackend(t)
		c := testkit.Connect(t, deployExample(t, "python", map[string]string{"BackendUrl": backend.URL}))
		for message, want := range map[string]string{
			`{"action":"count","text":"one two three"}`: `{"words": 3}`,
			`{"action":"ping"}`:                         `{"pong": "`,
		} {
			if got := c.Ask(message); !strings.HasPrefix(got, want) {
				t.Errorf("%s is answered %s", message, got)
			}
		}
		c.Send(`{"action":"ask"}`)
		if call := backend.Next(t); !strings.Contains(call.Body, `"ask"`) {
			t.Errorf("the backend got %s", call.Body)
		}
	})
}
