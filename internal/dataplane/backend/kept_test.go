package backend_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
)

// nasty responds to every request, and then does with the connection what a test says.
type nasty struct {
	response string           // "" is a plain one
	after    func(c net.Conn) // once the answer is out; it returns when it is done
	wrap     func(net.Conn) net.Conn
	served   atomic.Int64  // requests
	done     chan struct{} // gets one when after has returned
}

const (
	plainResponse = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	poison        = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON"
)

func (n *nasty) serve(c net.Conn) {
	defer c.Close()
	if n.wrap != nil {
		c = n.wrap(c)
	}
	in := bufio.NewReader(c)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
		n.served.Add(1)
		if _, err := io.WriteString(c, n.response); err != nil {
			return
		}
		n.after(c)
		n.done <- struct{}{}
	}
}

func closing(c net.Conn) { _ = c.Close() }

func resetting(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

func nothing(net.Conn) {}

// later sends bytes that are no answer, so long after an answer.
func later(after time.Duration, what string) func(net.Conn) {
	return func(c net.Conn) {
		<-time.After(after)
		_, _ = io.WriteString(c, what)
	}
}

var nasties = []struct {
	name     string
	response string
	after    func(net.Conn)
	want     string
}{
	{"closes after each answer", plainResponse, closing, "ok"},
	{"resets after each answer", plainResponse, resetting, "ok"},
	{"closes after each answer of HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", closing, "ok"},
	{"unasked bytes with the answer", plainResponse + poison, nothing, "ok"},
	{"unasked bytes 0 ms later", plainResponse, later(0, poison), "ok"},
	{"unasked bytes 50 ms later", plainResponse, later(50*time.Millisecond, poison), "ok"},
	{"unasked bytes 100 ms later", plainResponse, later(100*time.Millisecond, poison), "ok"},
	{"unasked bytes 600 ms later", plainResponse, later(600*time.Millisecond, poison), "ok"},
	{"one unasked byte", plainResponse, later(0, "\n"), "ok"},
	{"204 with a body", "HTTP/1.1 204 No Content\r\nContent-Length: 41\r\n\r\n", later(0, poison), ""},
	{"204 with a body that is not announced", "HTTP/1.1 204 No Content\r\n\r\n", later(0, poison), ""},
	{"304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 41\r\n\r\n", later(0, poison), ""},
	{"an answer in the trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n" + poison + "\r\n\r\n", nothing, "ok"},
	{"an answer after the trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + poison, nothing, "ok"},
}

// Whatever a backend does with its connections, no call gets another call's
// response, none fails because of it, and none is made twice (A-GATEWAY-15).
func TestNastyBackends(t *testing.T) {
	for _, test := range nasties {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := &nasty{response: test.response, after: test.after, done: make(chan struct{}, 1)}
			n.check(t, newClient(t, backend.Options{}), rude(t, func(_ int, c net.Conn) { n.serve(c) }), test.want)
		})
	}
}

func TestNastyBackendsOverTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	for _, test := range nasties {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(test.name+" "+tls.VersionName(version), func(t *testing.T) {
				t.Parallel()
				n := &nasty{response: test.response, after: test.after, done: make(chan struct{}, 1)}
				n.wrap = func(c net.Conn) net.Conn {
					return tls.Server(c, &tls.Config{Certificates: server.TLS.Certificates, MaxVersion: version})
				}
				url := "https" + strings.TrimPrefix(rude(t, func(_ int, c net.Conn) { n.serve(c) }), "http")
				n.check(t, newClient(t, backend.Options{RootCAs: &tls.Config{RootCAs: roots}}), url, test.want)
			})
		}
	}
}

func (n *nasty) check(t *testing.T, client *backend.Client, url, want string) {
	t.Helper()
	const calls = 4
	for i := range calls {
		if _, body, err := post(client, url); err != nil || body != want {
			t.Errorf("call %d: %q %v", i, body, err)
		}
		<-n.done
	}
	if got := n.served.Load(); got != calls {
		t.Errorf("%d calls arrived %d times", calls, got)
	}
}

// A backend whose unasked bytes were noticed gets a connection of its own for every
// call, since the next ones might come in the middle of a call; so does one that
// closes all of its connections after one answer.
func TestBackendsWhoseConnectionsAreNotKept(t *testing.T) {
	for name, after := range map[string]func(net.Conn){"unasked bytes": later(0, poison), "closes": closing} {
		t.Run(name, func(t *testing.T) {
			n := &nasty{response: plainResponse, after: after, done: make(chan struct{}, 100)}
			url := rude(t, func(_ int, c net.Conn) { n.serve(c) })
			client := newClient(t, backend.Options{})
			for range 4 {
				if _, _, err := post(client, url); err != nil {
					t.Fatal(err)
				}
				<-n.done
			}
			stale := client.Stats().Stale // 0 where the bytes came along with the first answer
			for range 20 {                // without a pause: before, calls would meet the end or the bytes
				if _, body, err := post(client, url); err != nil || body != "ok" {
					t.Errorf("%q %v", body, err)
				}
			}
			if got := client.Stats(); got.Stale != stale || got.Open > 0 {
				t.Errorf("after %d: %+v", stale, got)
			}
		})
	}
}

// A call that reached the backend is not repeated, however the connection ends.
func TestWhatWasHeardIsNotRepeated(t *testing.T) {
	for name, end := range map[string]func(*net.TCPConn){
		"closed": func(c *net.TCPConn) { _ = c.Close() },
		"reset":  func(c *net.TCPConn) { _ = c.SetLinger(0); _ = c.Close() },
		"half":   func(c *net.TCPConn) { _ = c.CloseWrite(); _, _ = io.Copy(io.Discard, c) },
	} {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int64
			url := rude(t, func(_ int, c net.Conn) {
				in := bufio.NewReader(c)
				for range 2 {
					request, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, request.Body)
					if requests.Add(1) > 1 {
						end(c.(*net.TCPConn))
						return
					}
					_, _ = io.WriteString(c, plainResponse)
				}
			})
			client := newClient(t, backend.Options{})
			if _, _, err := post(client, url); err != nil {
				t.Fatal(err)
			}
			if _, _, err := post(client, url); err == nil {
				t.Error("a call without an answer succeeded")
			}
			if got := requests.Load(); got != 2 {
				t.Errorf("%d requests arrived", got)
			}
		})
	}
}
