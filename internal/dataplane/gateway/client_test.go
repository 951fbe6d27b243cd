package gateway_test

import (
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// url is the URL of the stage, by path.
func (sys *system) url(rest string) string {
	return "ws" + strings.TrimPrefix(sys.server.URL, "http") + "/" + apiID + "/" + stageName + rest
}

// connect opens a WebSocket; the test fails when it is refused.
func (sys *system) connect(rest string, options ...testkit.DialOption) *testkit.Client {
	sys.t.Helper()
	return testkit.Connect(sys.t, sys.url(rest), options...)
}

// refuse connects and expects the status.
func (sys *system) refuse(rest string, status int, options ...testkit.DialOption) (body string, header http.Header) {
	sys.t.Helper()
	return testkit.Refused(sys.t, sys.url(rest), status, options...)
}

// dial connects; the client is nil where it is refused.
func (sys *system) dial(rest string, options ...testkit.DialOption) (*testkit.Client, *http.Response) {
	sys.t.Helper()
	return testkit.Dial(sys.t, sys.url(rest), options...)
}

func host(name string) testkit.DialOption {
	return func(o *websocket.DialOptions) { o.Host = name }
}
