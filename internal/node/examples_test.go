package node_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/stackfolder"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// example is a stack that lies in several languages in one folder, and does the same in each.
type example struct {
	folder string
	needs  string // a program that its functions run in
	// does checks the stack at that address; parts of the backend's address are in it.
	does func(t *testing.T, url string, backend *testkit.Backend)
}

const examplesFolder = "../../examples"

var examples = map[string]example{
	"guide":  {"stacks/guide", "", doesWhatTheGuideSays},
	"keys":   {"stacks/keys", "", asksForAKey},
	"python": {"stacks/python", "python3", hasThreeBackends},
	"chat":   {"chat", "node", chats},
}

func doesWhatTheGuideSays(t *testing.T, url string, backend *testkit.Backend) {
	testkit.Refused(t, url, http.StatusInternalServerError) // 200 has no integration response
	_ = backend.Next(t)
	backend.Respond(testkit.Response{Status: http.StatusCreated})
	testkit.Connect(t, url)
	if call := backend.Next(t); !strings.Contains(call.Body, `"type": "ventas"`) {
		t.Errorf("the backend got %s", call.Body)
	}
}

func asksForAKey(t *testing.T, url string, _ *testkit.Backend) {
	const value = "only-for-your-own-machine"
	testkit.Refused(t, url, http.StatusForbidden)
	testkit.Connect(t, url, testkit.Header("x-api-key", value))
	server, _, _ := strings.Cut(strings.TrimPrefix(url, "ws://"), "/")
	testkit.Connect(t, "ws://"+server+"/", testkit.Header("x-api-key", value), testkit.Host("ws.example.com"))
}

func hasThreeBackends(t *testing.T, url string, backend *testkit.Backend) {
	c := testkit.Connect(t, url)
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
}

func chats(t *testing.T, url string, _ *testkit.Backend) {
	testkit.Refused(t, url, http.StatusUnauthorized)
	testkit.Refused(t, url+"?name=ana&password=another", http.StatusForbidden)
	ana, ben := testkit.Connect(t, url+"?name=ana&password=on-my-own-machine"), testkit.Connect(t, url+"?name=ben&password=on-my-own-machine")
	var who struct{ ID string }
	if err := json.Unmarshal([]byte(ben.Ask(`{"action":"whoami"}`)), &who); err != nil {
		t.Fatal(err)
	}
	ana.Send(`{"action":"send","to":"` + who.ID + `","text":"hello"}`)
	if got := ben.Read(); !strings.HasSuffix(got, `"name":"ana","text":"hello"}`) {
		t.Errorf("the message is %s", got)
	}
}

// comesUp deploys an example and checks what it does.
func (e example) comesUp(t *testing.T, backend *testkit.Backend, files *stackfolder.Stack) {
	t.Helper()
	if _, err := exec.LookPath(e.needs); e.needs != "" && err != nil {
		testkit.MissingClient(t, e.needs)
	}
	e.does(t, deployExample(t, backend, files), backend)
}

// deployExample brings a stack up and returns the address of its stage.
func deployExample(t *testing.T, backend *testkit.Backend, files *stackfolder.Stack) string {
	t.Helper()
	n, err := node.Start(t.Context(), node.Options{
		Settings: node.Settings{DataDir: t.TempDir(), Listen: "127.0.0.1:0", Functions: true}, Version: "test",
		Objects: func(_, key string) ([]byte, bool) { data, there := files.Objects[key]; return data, there },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, n) })
	in := stack.DesiredInput{StackName: "s", Template: stack.TemplateInput{TemplateBody: files.Template}, Capabilities: []string{"CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"}}
	if strings.Contains(files.Template, `"BackendUrl"`) {
		in.Parameters = []stack.Parameter{{Key: "BackendUrl", Value: new(backend.URL + "/api/reports/create")}}
	}
	if _, err := n.Stacks().CreateStack(t.Context(), n.Root(), stack.CreateStackInput{DesiredInput: in}); err != nil {
		t.Fatal(err)
	}
	settled(t, n, "CREATE_COMPLETE")
	startFunctions(t, n)
	made, err := n.Stacks().Stack(t.Context(), "s")
	if err != nil {
		t.Fatal(err)
	}
	for _, output := range made.Outputs {
		if output.Key == "Socket" || output.Key == "ServiceEndpointWebsocket" {
			return output.Value
		}
	}
	t.Fatalf("no output has the address: %v", made.Outputs)
	return ""
}

// startFunctions calls each function until it answers, if only that it knows no such event: on
// a busy machine a start may take longer than an example's functions have for an event.
func startFunctions(t *testing.T, n *node.Node) {
	t.Helper()
	functions, err := n.Lambda().ListFunctions(t.Context(), lambda.ListFunctionsInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, function := range functions {
		in := lambda.InvokeInput{FunctionInput: lambda.FunctionInput{FunctionName: function.FunctionName}, Payload: []byte("{}")}
		testkit.EventuallyNil(t, func() error {
			answer, err := n.Lambda().Invoke(t.Context(), in)
			if err == nil && strings.Contains(string(answer.Payload), "timed out") {
				err = errors.New(string(answer.Payload))
			}
			return err
		})
	}
}

func readFolder(t *testing.T, path string) *stackfolder.Stack {
	t.Helper()
	source, err := stackfolder.Find(path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := source.Read()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The stacks of examples come up and do what their pages say, as CloudFormation and SAM.
func TestExampleStacks(t *testing.T) {
	for name, e := range examples {
		t.Run(name, func(t *testing.T) {
			e.comesUp(t, testkit.NewBackend(t), readFolder(t, filepath.Join(examplesFolder, e.folder)))
		})
	}
	for _, name := range []string{"python", "chat"} { // whose template.yaml are SAM's
		t.Run(name+" as plain CloudFormation", func(t *testing.T) {
			e := examples[name]
			e.comesUp(t, testkit.NewBackend(t), readFolder(t, filepath.Join(examplesFolder, e.folder, "cloudformation.yaml")))
		})
	}
}
