package accept_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/accept"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// serve opens a Listener whose handshakes go to one handler, and the rest to
// net/http, which says how it got them.
func serve(t *testing.T, handshakes http.HandlerFunc) (address string) {
	t.Helper()
	e, err := accept.Listen("127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "net/http %s %s %s", r.Method, r.URL, body)
	})}
	e.Serve(handshakes)
	served := make(chan error, 1)
	go func() { served <- server.Serve(e) }()
	t.Cleanup(func() {
		_ = server.Close()
		e.Wait()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return e.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(testkit.WaitLimit))
	return nc
}

// ask sends pieces and reads one answer.
func ask(t *testing.T, nc net.Conn, pieces ...string) (status int, body string) {
	t.Helper()
	for _, piece := range pieces {
		if _, err := io.WriteString(nc, piece); err != nil {
			t.Fatal(err)
		}
		if len(pieces) > 1 {
			time.Sleep(20 * time.Millisecond) // so that they are read one by one; either way is right
		}
	}
	response, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestAHandshakeIsHijacked(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		nc, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer nc.Close()
		_, _ = fmt.Fprintf(nc, "HTTP/1.1 101 Switching Protocols\r\nX-Seen: %s %s %s %v\r\n\r\n", r.Host, r.URL, r.RemoteAddr, rw == nil)
	})
	nc := dial(t, address)
	if _, err := io.WriteString(nc, plainHandshake); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(nc)
	want := fmt.Sprintf("X-Seen: 127.0.0.1:4566 /abcdef1234/prod?reportType=ventas&a=%%20 %s ", nc.LocalAddr())
	if err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 101 ") || !strings.Contains(string(got), want) {
		t.Errorf("%q %v, want %s", got, err, want)
	}
}

func TestARefusalIsAnswered(t *testing.T) {
	long := strings.Repeat("why ", 1<<18)
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["x-own"] = []string{"v"}
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, long)
	})
	nc := dial(t, address)
	if _, err := io.WriteString(nc, plainHandshake); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusForbidden || string(body) != long || response.Header.Get("X-Own") != "v" || !response.Close || response.Header.Get("Date") == "" {
		t.Errorf("%s %v with %d bytes, %v", response.Status, response.Header, len(body), err)
	}
	if n, err := nc.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("%d more, %v", n, err)
	}
}

func TestEverythingElseIsNetHTTPs(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for name, test := range map[string]struct {
		pieces []string
		want   string
	}{
		"GET":             {[]string{"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"}, "net/http GET /a "},
		"POST":            {[]string{"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"}, "net/http POST /a body"},
		"in pieces":       {[]string{"PO", "ST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n", "\r\nbo", "dy"}, "net/http POST /a body"},
		"a long one":      {[]string{"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100_000)}, "net/http POST /a " + strings.Repeat("x", 100_000)},
		"an odd one":      {[]string{strings.Replace(plainHandshake, "Host:", "Expect:\r\nHost:", 1)}, "net/http GET /abcdef1234/prod?reportType=ventas&a=%20 "},
		"a slow one":      {[]string{plainHandshake[:30], plainHandshake[30:]}, "net/http GET /abcdef1234/prod?reportType=ventas&a=%20 "},
		"no words at all": {[]string{"", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"}, "net/http GET /a "},
	} {
		nc := dial(t, address)
		for again := range 2 { // net/http keeps the connection
			if status, body := ask(t, nc, test.pieces...); status != http.StatusOK || body != test.want {
				t.Errorf("%s, time %d: %d %.100q", name, again, status, body)
			}
		}
	}
	if status, _ := ask(t, dial(t, address), plainHandshake); status != http.StatusTeapot {
		t.Errorf("a handshake was answered %d", status)
	}
}

func TestAPanicEndsItsConnectionOnly(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panics" {
			panic("oh")
		}
	})
	nc := dial(t, address)
	_, _ = io.WriteString(nc, strings.Replace(plainHandshake, "/abcdef1234/prod", "/panics", 1))
	if got, err := io.ReadAll(nc); err != nil || len(got) > 0 {
		t.Errorf("%q %v", got, err)
	}
	if status, _ := ask(t, dial(t, address), plainHandshake); status != http.StatusOK {
		t.Errorf("then %d", status)
	}
}
