package gateway_test

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// opening is a listener that calls a function between the 101 and what the
// gateway does after it.
type opening struct {
	net.Listener
	opened func()
}

func (o *opening) Accept() (net.Conn, error) {
	nc, err := o.Listener.Accept()
	return &openingConn{nc, o.opened}, err
}

type openingConn struct {
	net.Conn
	opened func()
}

func (c *openingConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if bytes.HasPrefix(b, []byte("HTTP/1.1 101")) {
		c.opened()
	}
	return n, err
}

// A client that has its 101 can be deleted, described and posted to, however fast
// the backend is; otherwise a connection that the backend deletes at once would
// stay open.
func TestCallsRightAfterThe101(t *testing.T) {
	for name, strict := range map[string]bool{"kind": false, "strict": true} {
		t.Run(name, func(t *testing.T) {
			ids := make(chan string, 1)
			sys := start(t, api(route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")}), func(s *setup) { s.gateway.Strict = strict })
			sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
				_, rest, _ := strings.Cut(a.Body, `"connectionId": "`)
				id, _, _ := strings.Cut(rest, `"`)
				ids <- id
				return testkit.Response{Status: 201, Body: "{}"}
			})
			errs := make(chan error, 3)
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { sys.gateway.ServeHTTP(w, r) }))
			server.Listener = &opening{server.Listener, func() {
				called := make(chan struct{})
				go func() {
					defer close(called)
					calls(t, sys.gateway, <-ids, errs)
				}()
				select {
				case <-called: // too early, which errs shows
				case <-time.After(100 * time.Millisecond): // they wait, as they should
				}
			}}
			server.Start()
			defer server.Close()
			client := testkit.Connect(t, "ws"+strings.TrimPrefix(server.URL, "http")+"/"+apiID+"/prod?reportType=x")
			for _, call := range [...]string{"post", "describe", "delete"} {
				if err := <-errs; err != nil {
					t.Errorf("%s right after the 101: %v", call, err)
				}
			}
			if t.Failed() {
				return // nothing will come
			}
			if got := client.Read(); got != "at once" {
				t.Errorf("got %q", got)
			}
			if code, _ := client.Closed(); code != websocket.StatusNormalClosure {
				t.Errorf("the deleted connection ended with %v", code)
			}
		})
	}
}

// A client that has its 101 is in lists, also before its socket is in the pool.
func TestListsHaveAClientWithA101(t *testing.T) {
	for name, query := range map[string]string{"ends with its socket": "", "outlives its socket": "?pasarela-session=" + strings.Repeat("s", 22)} {
		t.Run(name, func(t *testing.T) {
			sys := start(t, threeRoutes(), resumable(60))
			listed := make(chan []gateway.OpenConnection, 1)
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { sys.gateway.ServeHTTP(w, r) }))
			server.Listener = &opening{server.Listener, func() { listed <- slices.Collect(sys.gateway.Connections(apiID, stageName)) }}
			server.Start()
			defer server.Close()
			testkit.Connect(t, "ws"+strings.TrimPrefix(server.URL, "http")+"/"+apiID+"/prod"+query)
			open := testkit.Receive(t, listed, "the list")
			if len(open) != 1 || !sys.gateway.IsOpen(open[0].ConnectionID) || open[0].LastActiveAt.Before(open[0].ConnectedAt) {
				t.Errorf("listed %+v", open)
			}
		})
	}
}

func calls(t *testing.T, g *gateway.Gateway, id string, errs chan<- error) {
	errs <- post(t.Context(), g, apiID, id, []byte("at once"))
	_, err := g.Describe(t.Context(), apiID, id)
	errs <- err
	errs <- g.Disconnect(t.Context(), apiID, id, 0, "")
}

// A redirect is passed on like any other response, and not followed.
func TestARedirectIsPassedOn(t *testing.T) {
	sys := start(t, api(route{key: "moved", twoWay: true, integration: toHTTP("/old", "", "$default")}))
	sys.backend.Respond(testkit.Response{Status: 307, Body: `{"moved":"elsewhere"}`})
	c := sys.connect("")
	c.Send(`{"action":"moved"}`)
	if got := c.Read(); got != `{"moved":"elsewhere"}` {
		t.Errorf("got %q", got)
	}
}
