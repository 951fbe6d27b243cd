package acceptance

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const (
	policyDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["execute-api:Invoke"],"Resource":["arn:aws:execute-api:*:*:*"]}]}`
	trustDocument  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	template       = "{\n  \"connectionId\": \"$context.connectionId\",\n  \"type\": \"$input.params('reportType')\"\n}"
)

// deployed is the guide's API as the five sections leave it.
type deployed struct {
	apiID, integrationID, roleARN string
	socket, endpoint              string // wss URL of the stage; base of @connections
}

// followGuide does the guide's five sections with a CLI.
func followGuide(t testing.TB, aws awsCLI, backendURL string) deployed {
	t.Helper()
	var d deployed
	d.apiID = aws.run(t, "apigatewayv2", "create-api", "--name", "ExcelGeneratorAPI", "--protocol-type", "WEBSOCKET",
		"--route-selection-expression", "$request.body.action", "--query", "ApiId", "--output", "text")
	policy := aws.run(t, "iam", "create-policy", "--policy-name", "APIGatewayInvokeHTTPPolicy",
		"--policy-document", policyDocument, "--query", "Policy.Arn", "--output", "text")
	d.roleARN = aws.run(t, "iam", "create-role", "--role-name", "APIGatewayInvokeHTTPRole",
		"--assume-role-policy-document", trustDocument, "--query", "Role.Arn", "--output", "text")
	aws.run(t, "iam", "attach-role-policy", "--role-name", "APIGatewayInvokeHTTPRole", "--policy-arn", policy)
	templates, err := json.Marshal(map[string]string{"application/json": template})
	if err != nil {
		t.Fatal(err)
	}
	d.integrationID = aws.run(t, "apigatewayv2", "create-integration", "--api-id", d.apiID, "--integration-type", "HTTP",
		"--integration-method", "POST", "--integration-uri", backendURL+"/api/reports/create", "--credentials-arn", d.roleARN,
		"--request-templates", string(templates), "--query", "IntegrationId", "--output", "text")
	aws.run(t, "apigatewayv2", "create-route", "--api-id", d.apiID, "--route-key", "$connect", "--target", "integrations/"+d.integrationID)
	aws.run(t, "apigatewayv2", "create-integration-response", "--api-id", d.apiID, "--integration-id", d.integrationID,
		"--integration-response-key", "201")
	aws.run(t, "apigatewayv2", "create-stage", "--api-id", d.apiID, "--stage-name", "prod")
	aws.run(t, "apigatewayv2", "create-deployment", "--api-id", d.apiID, "--stage-name", "prod")
	d.socket = aws.run(t, "apigatewayv2", "get-api", "--api-id", d.apiID, "--query", "ApiEndpoint", "--output", "text") + "/prod"
	d.endpoint = strings.Replace(d.socket, "ws", "http", 1)
	return d
}

func TestTheGuideByTheAWSCLI(t *testing.T) {
	t.Parallel()
	for name, aws := range awsCLIs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend := newBackend(t)
			aws.server = serve(t, t.TempDir(), "127.0.0.1:0")
			d := followGuide(t, aws, backend.URL)
			conn := testkit.Connect(t, d.socket+"?reportType=ventas")
			got := backend.Next(t)
			id := orderOf(t, got).ConnectionID
			if got.Method != "POST" || got.Path != "/api/reports/create" || orderOf(t, got).Type != "ventas" ||
				got.Body != strings.NewReplacer("$context.connectionId", id, "$input.params('reportType')", "ventas").Replace(template) {
				t.Errorf("the backend got %+v", got)
			}
			if got.Header.Get("Content-Type") != "application/json" {
				t.Errorf("content type %q", got.Header.Get("Content-Type"))
			}
			aws.run(t, aws.post(d.endpoint, id, `{"hello":"client"}`)...)
			if data := conn.Read(); data != `{"hello":"client"}` {
				t.Errorf("the client got %q", data)
			}
			ip := aws.run(t, "apigatewaymanagementapi", "get-connection", "--endpoint-url", d.endpoint, "--connection-id", id,
				"--query", "Identity.SourceIp", "--output", "text")
			if ip != "127.0.0.1" {
				t.Errorf("source IP %q", ip)
			}
			aws.run(t, "apigatewaymanagementapi", "delete-connection", "--endpoint-url", d.endpoint, "--connection-id", id)
			if code, _ := conn.Closed(); code != websocket.StatusNormalClosure {
				t.Errorf("closed with %d", code)
			}
			if said := aws.fails(t, aws.post(d.endpoint, id, "x")...); !strings.Contains(said, "GoneException") {
				t.Errorf("after the end: %s", said)
			}
		})
	}
}

// refused connects where it must not succeed, and returns the answer's status and
// request id; 101 when it did succeed.
func refused(t testing.TB, url string) (status int, requestID string) {
	t.Helper()
	client, response := testkit.Dial(t, url)
	if client != nil {
		_ = client.Conn.CloseNow() // the test is about refusals
		return http.StatusSwitchingProtocols, ""
	}
	return response.StatusCode, response.Header.Get("X-Amz-Apigw-Id")
}
