package acceptance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestLocalSaysReady holds A-NODE-24: the line that tools made for LocalStack wait for comes
// when the scripts have run, and an AWS CLI with any keys finds what they made.
func TestLocalSaysReady(t *testing.T) {
	t.Parallel()
	cli := anyAWSCLI(t)
	folder := t.TempDir()
	script := "aws --endpoint-url \"$AWS_ENDPOINT_URL\" apigatewayv2 create-api --name made --protocol-type WEBSOCKET" +
		" --route-selection-expression '$request.body.action' --tags _custom_id_=made\n"
	if err := os.WriteFile(filepath.Join(folder, "api.sh"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	server := testkit.Start(t, []string{"PASARELA_LOCAL=1"}, pasarelaProgram, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--local-init", folder)
	endpoint := server.WaitFor(t, `serves (http\S+) `)
	server.WaitFor(t, `(?m)^(Ready\.)$`)
	call := exec.Command(cli.path, "--endpoint-url", endpoint, "--region", "eu-west-1", "apigatewayv2", "get-apis", "--query", "Items[].ApiId", "--output", "text")
	call.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	out, err := call.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "made" {
		t.Errorf("%s, %v\n%s", out, err, server.Output())
	}
}
