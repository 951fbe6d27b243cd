package acceptance

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	"github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// pythonPush posts exact bytes, then to a connection that never existed: the SDK
// must raise its own GoneException.
const pythonPush = `
import os, sys, boto3
client = boto3.client("apigatewaymanagementapi", endpoint_url=sys.argv[1])
client.post_to_connection(ConnectionId=sys.argv[2], Data='{"from":"boto3","ñ":1}'.encode())
found = client.get_connection(ConnectionId=sys.argv[2])
assert found["Identity"]["SourceIp"] == "127.0.0.1", found
try:
    client.post_to_connection(ConnectionId="L0SM9cOFvHcCIhw=", Data=b"x")
except client.exceptions.GoneException:
    pass
else:
    sys.exit("no GoneException")
try:
    client.post_to_connection(ConnectionId=sys.argv[2], Data=b"x" * (128 * 1024 + 1))
except client.exceptions.PayloadTooLargeException:
    pass
else:
    sys.exit("no PayloadTooLargeException")
client.delete_connection(ConnectionId=sys.argv[2])
`

const javascriptPush = `
const { ApiGatewayManagementApiClient, PostToConnectionCommand, DeleteConnectionCommand, GoneException } = require("@aws-sdk/client-apigatewaymanagementapi");
const [endpoint, id] = process.argv.slice(2);
(async () => {
  const client = new ApiGatewayManagementApiClient({ endpoint, region: process.env.AWS_REGION });
  await client.send(new PostToConnectionCommand({ ConnectionId: id, Data: '{"from":"js","ñ":1}' }));
  try {
    await client.send(new PostToConnectionCommand({ ConnectionId: "L0SM9cOFvHcCIhw=", Data: "x" }));
    throw new Error("no GoneException");
  } catch (e) {
    if (!(e instanceof GoneException)) throw e;
  }
  await client.send(new DeleteConnectionCommand({ ConnectionId: id }));
})().catch((e) => { console.error(e); process.exit(1); });
`

// pushed runs one client against a fresh connection, which must get its message
// and be closed by it.
func pushed(t *testing.T, s *server, d deployed, b backend, from string, push func(id string) ([]byte, error)) {
	t.Helper()
	conn := testkit.Connect(t, d.socket+"?reportType=ventas")
	out, err := push(orderOf(t, b.Next(t)).ConnectionID)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := conn.Read(); got != `{"from":"`+from+`","ñ":1}` {
		t.Errorf("the client got %q", got)
	}
	if code, _ := conn.Closed(); code != 1000 {
		t.Errorf("closed with %d", code)
	}
}

func TestPushesByTheSDKs(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	b := newBackend(t)
	s := serve(t, t.TempDir(), "127.0.0.1:0")
	aws.server = s
	d := followGuide(t, aws, b.URL)
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		t.Run("boto3 of "+python, func(t *testing.T) {
			if out, err := exec.Command(python, "-c", "import boto3").CombinedOutput(); err != nil {
				testkit.MissingClient(t, fmt.Sprintf("no boto3 for %s: %s", python, out))
			}
			pushed(t, s, d, b, "boto3", func(id string) ([]byte, error) {
				return s.client(python, "-c", pythonPush, d.endpoint, id).CombinedOutput()
			})
		})
	}
	t.Run("JavaScript", func(t *testing.T) {
		clients := nodeModules(t)
		pushed(t, s, d, b, "js", func(id string) ([]byte, error) {
			cmd := s.client("node", "-", d.endpoint, id)
			cmd.Dir, cmd.Stdin = clients, strings.NewReader(javascriptPush)
			return cmd.CombinedOutput()
		})
	})
	t.Run("Go", func(t *testing.T) {
		client := apigatewaymanagementapi.New(apigatewaymanagementapi.Options{
			BaseEndpoint: &d.endpoint, Region: s.env["AWS_REGION"], Credentials: s.credentials(),
		})
		pushed(t, s, d, b, "go", func(id string) ([]byte, error) {
			_, err := client.PostToConnection(t.Context(), &apigatewaymanagementapi.PostToConnectionInput{ConnectionId: &id, Data: []byte(`{"from":"go","ñ":1}`)})
			if err != nil {
				return nil, err
			}
			_, err = client.DeleteConnection(t.Context(), &apigatewaymanagementapi.DeleteConnectionInput{ConnectionId: &id})
			if err != nil {
				return nil, err
			}
			_, err = client.GetConnection(t.Context(), &apigatewaymanagementapi.GetConnectionInput{ConnectionId: &id})
			var gone *types.GoneException
			if !errors.As(err, &gone) {
				return nil, errors.Join(errors.New("no GoneException"), err)
			}
			return nil, nil
		})
	})
}

func (s *server) client(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = s.environ()
	return cmd
}

// nodeModules is where the JavaScript clients are installed.
func nodeModules(t *testing.T) string {
	dir, err := filepath.Abs(filepath.Join(root, "test", "clients"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		testkit.MissingClient(t, "npm ci --prefix test/clients has not been run")
	}
	if _, err := exec.LookPath("node"); err != nil {
		testkit.MissingClient(t, "no node on this machine")
	}
	return dir
}

const pythonListen = `
import asyncio, sys, websockets
async def main():
    async with websockets.connect(sys.argv[1]) as ws:
        async for message in ws:
            print(message, flush=True)
asyncio.run(main())
`

// TestIndependentClients: WebSocket clients by other people connect and get pushes.
func TestIndependentClients(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	b := newBackend(t)
	s := serve(t, t.TempDir(), "127.0.0.1:0")
	aws.server = s
	d := followGuide(t, aws, b.URL)
	url := d.socket + "?reportType=ventas"
	hears := func(t *testing.T, cmd *exec.Cmd) {
		t.Helper()
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		id := orderOf(t, b.Next(t)).ConnectionID
		aws.run(t, aws.post(d.endpoint, id, `{"hello":"you"}`)...)
		aws.run(t, "apigatewaymanagementapi", "delete-connection", "--endpoint-url", d.endpoint, "--connection-id", id)
		_ = stdin.Close()
		_ = cmd.Wait() // some end with an error when the server closes
		if !strings.Contains(out.String(), `{"hello":"you"}`) {
			t.Errorf("it printed %q", out.String())
		}
	}
	t.Run("python websockets", func(t *testing.T) {
		if out, err := exec.Command("/usr/bin/python3", "-c", "import websockets").CombinedOutput(); err != nil {
			testkit.MissingClient(t, fmt.Sprintf("apt install python3-websockets: %s", out))
		}
		hears(t, exec.Command("/usr/bin/python3", "-c", pythonListen, url))
	})
	t.Run("wscat", func(t *testing.T) {
		hears(t, exec.Command(filepath.Join(nodeModules(t), "node_modules", ".bin", "wscat"), "-c", url))
	})
	t.Run("pasarela connect", func(t *testing.T) {
		hears(t, exec.Command(pasarelaProgram, "connect", url))
	})
}
