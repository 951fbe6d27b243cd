// Package recipes runs the backends of examples/recipes and the test modules of
// examples/testing against a gateway that serves with --local.
package recipes

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const (
	root     = "../.."
	template = `{"connectionId": "$context.connectionId", "type": "$input.params('reportType')"}`
)

var pasarelaProgram, goBackend string

func TestMain(m *testing.M) {
	_ = os.Setenv("LC_ALL", "C") // the tests read English, whatever the developer does
	os.Exit(testkit.WithPrograms(m, root, map[string]*string{"./cmd/pasarela": &pasarelaProgram, "./examples/recipes/go": &goBackend}))
}

// TestBackendsOfTheRecipes: the client connects, its POST arrives, progress and a link
// come back, and a connection that has closed is told apart from other failures.
func TestBackendsOfTheRecipes(t *testing.T) {
	server := testkit.Start(t, nil, pasarelaProgram, "serve", "--local", "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	endpoint := server.WaitFor(t, `serves (http\S+) `)
	server.WaitFor(t, `(?m)^(Ready\.)$`)
	recipes, err := filepath.Abs(filepath.Join(root, "examples", "recipes"))
	if err != nil {
		t.Fatal(err)
	}
	modules, err := filepath.Abs(filepath.Join(root, "test", "clients", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	for _, recipe := range []struct {
		name    string
		needs   []string // a command that fails where the toolchain is missing
		command []string
	}{
		{"node", []string{"node", "-e", "require(process.argv[1])", modules + "/@aws-sdk/client-apigatewaymanagementapi"}, []string{"node", recipes + "/node/backend.js"}},
		{"python", []string{"/usr/bin/python3", "-c", "import boto3"}, []string{"/usr/bin/python3", recipes + "/python/backend.py"}},
		{"go", nil, []string{goBackend}},
		{"java", []string{"java", "-version"}, []string{"java", "-XX:TieredStopAtLevel=1", recipes + "/java/Backend.java"}},
		{"php", []string{"php", "-v"}, []string{"php", "-S", testkit.FreeAddress(t), recipes + "/php/backend.php"}},
	} {
		t.Run(recipe.name, func(t *testing.T) {
			t.Parallel()
			if recipe.needs != nil {
				needed(t, recipe.needs...)
			}
			stage := endpoint + "/" + recipe.name + "recipe/prod"
			backend := testkit.Start(t, []string{
				"PORT=0", "WEBSOCKET_ENDPOINT=" + stage, "NODE_PATH=" + modules,
				"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
			}, recipe.command[0], recipe.command[1:]...)
			address := backend.WaitFor(t, `(?i)(?:listens at |Server \()(http://127[0-9.:]+)`)
			deploy(t, endpoint, recipe.name+"recipe", address+"/api/reports/create")

			client := testkit.Connect(t, "ws"+strings.TrimPrefix(stage, "http")+"?reportType=ventas")
			for _, want := range []string{`{"status":"progress","percent":50}`, `{"status":"done","url":"https://files.example.com/ventas.xlsx"}`} {
				same(t, client.Read(), want)
			}
			backend.WaitFor(t, `pushed ventas to `)

			order := `{"connectionId": "L0SM9cOFvHcCIhw=", "type": "ventas"}`
			response, err := http.Post(address+"/api/reports/create", "application/json", strings.NewReader(order))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != http.StatusCreated {
				t.Errorf("the backend answered %s", response.Status)
			}
			backend.WaitFor(t, `gone: L0SM9cOFvHcCIhw= `)
		})
	}
}

// needed skips the test where a command that must succeed does not.
func needed(t *testing.T, command ...string) {
	t.Helper()
	if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
		testkit.MissingClient(t, strings.Join(command, " ")+": "+err.Error()+"\n"+string(out))
	}
}

// deploy makes the guide's API: $connect calls an address, and 201 lets the client in.
func deploy(t *testing.T, endpoint, id, address string) {
	t.Helper()
	client := apigatewayv2.New(apigatewayv2.Options{
		BaseEndpoint: &endpoint, Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(testKey),
	})
	_, err := client.CreateApi(t.Context(), &apigatewayv2.CreateApiInput{
		Name: &id, ProtocolType: types.ProtocolTypeWebsocket,
		RouteSelectionExpression: aws.String("$request.body.action"), Tags: map[string]string{"_custom_id_": id},
	})
	fatal(t, err)
	integration, err := client.CreateIntegration(t.Context(), &apigatewayv2.CreateIntegrationInput{
		ApiId: &id, IntegrationType: types.IntegrationTypeHttp, IntegrationMethod: aws.String("POST"),
		IntegrationUri: &address, RequestTemplates: map[string]string{"application/json": template},
	})
	fatal(t, err)
	_, err = client.CreateIntegrationResponse(t.Context(), &apigatewayv2.CreateIntegrationResponseInput{
		ApiId: &id, IntegrationId: integration.IntegrationId, IntegrationResponseKey: aws.String("201"),
	})
	fatal(t, err)
	_, err = client.CreateRoute(t.Context(), &apigatewayv2.CreateRouteInput{
		ApiId: &id, RouteKey: aws.String("$connect"), Target: aws.String("integrations/" + *integration.IntegrationId),
	})
	fatal(t, err)
	_, err = client.CreateStage(t.Context(), &apigatewayv2.CreateStageInput{ApiId: &id, StageName: aws.String("prod")})
	fatal(t, err)
	_, err = client.CreateDeployment(t.Context(), &apigatewayv2.CreateDeploymentInput{ApiId: &id, StageName: aws.String("prod")})
	fatal(t, err)
}

// testKey is the key pair that programs made for LocalStack use.
func testKey(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares two JSON texts by meaning.
func same(t *testing.T, got, want string) {
	t.Helper()
	canonical := func(text string) string {
		var value any
		fatal(t, json.Unmarshal([]byte(text), &value))
		out, err := json.Marshal(value)
		fatal(t, err)
		return string(out)
	}
	if canonical(got) != canonical(want) {
		t.Errorf("the client got %s, want %s", got, want)
	}
}
