package gateway_test

import (
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// url is the URL of the stage, by path.
func (y *system) url(rest string) string {
	return "ws" + strings.TrimPrefix(y.server.URL, "http") + "/" + apiID + "/" + stageName + rest
}

// connect opens a WebSocket; the test fails when it is refused.
func (y *system) connect(rest string, options ...testkit.DialOption) *testkit.Client {
	y.t.Helper()
	return testkit.Connect(y.t, y.url(rest), options...)
}

// refuse connects and expects the status.
func (y *system) refuse(rest string, status int, options ...testkit.DialOption) (body string, header http.Header) {
	y.t.Helper()
	return testkit.Refused(y.t, y.url(rest), status, options...)
}

// dial connects; the client is nil where it is refused.
func (y *system) dial(rest string, options ...testkit.DialOption) (*testkit.Client, *http.Response) {
	y.t.Helper()
	return testkit.Dial(y.t, y.url(rest), options...)
}

func host(name string) testkit.DialOption {
	return func(o *websocket.DialOptions) { o.Host = name }
}
