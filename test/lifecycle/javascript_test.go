package lifecycle_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestJavaScript runs the life of every resource with the SDK for JavaScript,
// which test/clients installs.
func TestJavaScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		testkit.MissingClient(t, "there is no node")
	}
	modules, err := filepath.Abs("../clients/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []string{"apigatewayv2", "api-gateway", "iam", "sts"} {
		if _, err := os.Stat(filepath.Join(modules, "@aws-sdk", "client-"+client)); err != nil {
			testkit.MissingClient(t, "npm ci --prefix test/clients has not been run: there is no @aws-sdk/client-"+client)
		}
	}
	for _, life := range []string{"apis", "keys", "identities"} {
		t.Run(life, func(t *testing.T) {
			t.Parallel()
			live(t, []string{"NODE_PATH=" + modules, "NODE_NO_WARNINGS=1"}, node, "javascript/"+life+".js")
		})
	}
}
