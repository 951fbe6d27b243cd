package integration

import (
	"testing"

	"github.com/pasarela-ws/pasarela"
)

// Causes name an integration as the console does, and never with what may be a secret.
func TestIntegrationsAreNamedByWhatTheyCall(t *testing.T) {
	for _, c := range []struct{ kind, method, uri, want string }{
		{"HTTP", "POST", "http://localhost:8080/api/reports/create", "POST localhost:8080/api/reports/create (abc1234)"},
		{"HTTP", "GET", "https://user:secret@backend/x?key=secret", "GET backend/x (abc1234)"},
		{"HTTP", "ANY", "http://${stageVariables.host}/a@b", "ANY ${stageVariables.host}/a@b (abc1234)"},
		{"MOCK", "", "", "MOCK (abc1234)"},
		{"AWS_PROXY", "POST", "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:orders/invocations", "Lambda orders (abc1234)"},
		{"AWS", "POST", "arn:aws:apigateway:us-east-1:sqs:path/1/q", "AWS sqs:path/1/q (abc1234)"},
	} {
		def := &pasarela.Integration{IntegrationID: "abc1234", IntegrationType: c.kind, IntegrationMethod: c.method, IntegrationURI: c.uri}
		if got := nameOf(def); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
