package recipes

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// browserClients runs one of the browser's clients with the ws package's WebSocket in
// place of the browser's: Node.js 20 has none of its own.
const browserClients = `
globalThis.WebSocket = require(process.env.WS);
const [file, name, url] = process.argv.slice(1);
import(file).then((client) => client[name](url, (message) => console.log("got " + message.n)));
`

// TestBrowserClients: both take messages, and the one that reconnects is back with a new
// connection after its first was closed.
func TestBrowserClients(t *testing.T) {
	modules, err := filepath.Abs(filepath.Join(root, "test", "clients", "node_modules"))
	fatal(t, err)
	needed(t, "node", "-e", "require(process.argv[1])", modules+"/ws")
	clients, err := filepath.Abs(filepath.Join(root, "examples", "recipes", "browser"))
	fatal(t, err)
	server := testkit.Start(t, nil, pasarelaProgram, "serve", "--local", "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	endpoint := server.WaitFor(t, `serves (http\S+) `)
	backend := testkit.NewBackend(t)
	backend.Respond(testkit.Response{Status: 201})
	deploy(t, endpoint, "browser", backend.URL)
	stage := endpoint + "/browser/prod"
	connections := apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
		BaseEndpoint: &stage, Region: "us-east-1", Credentials: aws.CredentialsProviderFunc(testKey),
	})
	push := func(message string) string {
		var order struct{ ConnectionID string }
		fatal(t, json.Unmarshal([]byte(backend.Next(t).Body), &order))
		_, err := connections.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &order.ConnectionID, Data: []byte(message)})
		fatal(t, err)
		return order.ConnectionID
	}
	node, err := exec.LookPath("node")
	fatal(t, err)
	run := func(file, name string) *testkit.Program {
		return testkit.Start(t, []string{"WS=" + modules + "/ws"}, node, "-e", browserClients, "--",
			clients+"/"+file, name, "ws"+strings.TrimPrefix(stage, "http")+"?reportType=ventas")
	}
	plain := run("plain.mjs", "connect")
	push(`{"n":1}`)
	plain.WaitFor(t, `(got 1)`)

	again := run("reconnecting.mjs", "reconnecting")
	id := push(`{"n":2}`)
	again.WaitFor(t, `(got 2)`)
	_, err = connections.DeleteConnection(t.Context(), &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id})
	fatal(t, err)
	if back := push(`{"n":3}`); back == id {
		t.Errorf("the new connection has the id of the old one, %s", id)
	}
	again.WaitFor(t, `(got 3)`)
}
