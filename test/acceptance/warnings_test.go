package acceptance

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Each warning of the guide is ignored in turn: the client is refused as the
// guide says, and "explain" names the cause and what to change.
func TestTheGuidesWarnings(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	backend := newBackend(t)
	aws.server = serve(t, t.TempDir(), "127.0.0.1:0")
	d := followGuide(t, aws, backend.URL)
	url := d.socket + "?reportType=ventas"
	expect := func(t *testing.T, status int, causes ...string) {
		t.Helper()
		got, id := refused(t, url)
		if got != status {
			t.Errorf("status %d, want %d", got, status)
		}
		said := aws.server.pasarela(t, "explain", id)
		for _, cause := range causes {
			if !strings.Contains(said, cause) {
				t.Errorf("explain does not speak of %q:\n%s", cause, said)
			}
		}
	}
	deploy := func(t *testing.T) {
		t.Helper()
		aws.run(t, "apigatewayv2", "create-deployment", "--api-id", d.apiID, "--stage-name", "prod")
	}
	t.Run("unmapped status", func(t *testing.T) {
		backend.respondWith(http.StatusAccepted, 0)
		defer backend.respondWith(http.StatusCreated, 0)
		expect(t, 500, "202", "201")
		backend.Next(t)
	})
	t.Run("mapped refusal", func(t *testing.T) {
		response := aws.run(t, "apigatewayv2", "create-integration-response", "--api-id", d.apiID, "--integration-id", d.integrationID,
			"--integration-response-key", `/4\d\d/`, "--query", "IntegrationResponseId", "--output", "text")
		deploy(t)
		backend.respondWith(http.StatusTeapot, 0)
		defer backend.respondWith(http.StatusCreated, 0)
		testkit.Eventually(t, "the new deployment", func() bool { status, _ := refused(t, url); return status == http.StatusTeapot })
		aws.run(t, "apigatewayv2", "delete-integration-response", "--api-id", d.apiID, "--integration-id", d.integrationID,
			"--integration-response-id", response)
		drain(backend)
	})
	t.Run("missing parameter", func(t *testing.T) {
		testkit.Connect(t, d.socket)
		if got := orderOf(t, backend.Next(t)); got.Type != "" || got.ConnectionID == "" {
			t.Errorf("the backend got %+v", got)
		}
	})
	t.Run("wrong trust", func(t *testing.T) {
		aws.run(t, "iam", "update-assume-role-policy", "--role-name", "APIGatewayInvokeHTTPRole", "--policy-document",
			strings.Replace(trustDocument, "apigateway.amazonaws.com", "lambda.amazonaws.com", 1))
		expect(t, 500, "APIGatewayInvokeHTTPRole", "apigateway.amazonaws.com")
		backend.Untouched(t)
		aws.run(t, "iam", "update-assume-role-policy", "--role-name", "APIGatewayInvokeHTTPRole", "--policy-document", trustDocument)
		testkit.Connect(t, url)
		backend.Next(t)
	})
	t.Run("no role", func(t *testing.T) {
		policy := aws.run(t, "iam", "list-attached-role-policies", "--role-name", "APIGatewayInvokeHTTPRole", "--query", "AttachedPolicies[0].PolicyArn", "--output", "text")
		aws.run(t, "iam", "detach-role-policy", "--role-name", "APIGatewayInvokeHTTPRole", "--policy-arn", policy)
		aws.run(t, "iam", "delete-role", "--role-name", "APIGatewayInvokeHTTPRole")
		expect(t, 500, "APIGatewayInvokeHTTPRole", "no such role")
		backend.Untouched(t)
		aws.run(t, "iam", "create-role", "--role-name", "APIGatewayInvokeHTTPRole", "--assume-role-policy-document", trustDocument)
		testkit.Connect(t, url)
		backend.Next(t)
	})
	t.Run("no template", func(t *testing.T) {
		bare := aws.run(t, "apigatewayv2", "create-integration", "--api-id", d.apiID, "--integration-type", "HTTP", "--integration-method", "POST",
			"--integration-uri", backend.URL+"/bare", "--credentials-arn", d.roleARN, "--query", "IntegrationId", "--output", "text")
		aws.run(t, "apigatewayv2", "create-integration-response", "--api-id", d.apiID, "--integration-id", bare, "--integration-response-key", "$default")
		route := aws.run(t, "apigatewayv2", "get-routes", "--api-id", d.apiID, "--query", "Items[0].RouteId", "--output", "text")
		aws.run(t, "apigatewayv2", "update-route", "--api-id", d.apiID, "--route-id", route, "--target", "integrations/"+bare)
		testkit.Connect(t, url) // not deployed yet: the guide's template is still in force
		if got := backend.Next(t); got.Path != "/api/reports/create" {
			t.Errorf("an edit took effect before it was deployed: %+v", got)
		}
		deploy(t)
		var got testkit.Request
		testkit.Eventually(t, "the new deployment", func() bool { testkit.Connect(t, url); got = backend.Next(t); return got.Path == "/bare" })
		if got.Body != "" {
			t.Errorf("without a template the backend got %q", got.Body)
		}
	})
}

// TestBackendsThatFail is what a client sees of a backend that is slow or down.
func TestBackendsThatFail(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	backend := newBackend(t)
	aws.server = serve(t, t.TempDir(), "127.0.0.1:0")
	d := followGuide(t, aws, backend.URL)
	aws.run(t, "apigatewayv2", "update-integration", "--api-id", d.apiID, "--integration-id", d.integrationID, "--timeout-in-millis", "100")
	aws.run(t, "apigatewayv2", "create-deployment", "--api-id", d.apiID, "--stage-name", "prod")
	backend.respondWith(http.StatusCreated, 10*time.Second)
	testkit.Eventually(t, "the new deployment", func() bool { status, _ := refused(t, d.socket); return status == http.StatusGatewayTimeout })
	backend.Close()
	status, id := refused(t, d.socket)
	if said := aws.server.pasarela(t, "explain", id); status < 500 || !strings.Contains(said, strings.TrimPrefix(backend.URL, "http://")) {
		t.Errorf("a backend that is down: %d\n%s", status, said)
	}
}

// TestWhereNothingIsServed: unknown APIs, stages and paths never reach a backend.
func TestWhereNothingIsServed(t *testing.T) {
	t.Parallel()
	aws := anyAWSCLI(t)
	backend := newBackend(t)
	aws.server = serve(t, t.TempDir(), "127.0.0.1:0")
	d := followGuide(t, aws, backend.URL)
	aws.run(t, "apigatewayv2", "create-stage", "--api-id", d.apiID, "--stage-name", "empty")
	base := strings.TrimSuffix(d.socket, "/prod")
	for _, url := range []string{base, base + "/other", base + "/empty", base + "/prod/more", strings.Replace(d.socket, d.apiID, "zzzzzzzzzz", 1)} {
		if status, _ := refused(t, url); status != http.StatusForbidden {
			t.Errorf("%s: %d", url, status)
		}
	}
	backend.Untouched(t)
}

func drain(b backend) {
	for len(b.Requests) > 0 {
		<-b.Requests
	}
}
