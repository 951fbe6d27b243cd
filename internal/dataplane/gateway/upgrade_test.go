package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// TestAHandshakeThatCannotBeUpgraded holds A-GATEWAY-60: a server that does not hand its
// connections over is at fault, and not the API's configuration.
func TestAHandshakeThatCannotBeUpgraded(t *testing.T) {
	sys := start(t, api())
	r := httptest.NewRequest(http.MethodGet, "/"+apiID+"/"+stageName, nil)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	} {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder() // no http.Hijacker
	sys.gateway.ServeHTTP(w, r)
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "Internal server error") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	requestID := "x-amz-apigw-id" // spelled as on the wire: nothing has read it by net/http
	e := sys.explain(strings.Join(w.Header()[requestID], ""), func(e execution.Entry) bool { return e.Failed() })
	if cause := e.Cause().Error(); e.ResponseType != execution.Default5XX || !strings.Contains(cause, "does not let go of connections") {
		t.Errorf("%s: %s", e.ResponseType, cause)
	}
}
