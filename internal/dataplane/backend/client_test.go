package backend_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func newClient(t *testing.T, o backend.Options) *backend.Client {
	t.Helper()
	c, err := backend.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// post makes one call and returns what came back.
func post(c *backend.Client, url string, edit ...func(*backend.Call)) (status int, body string, err error) {
	call := backend.AcquireCall()
	defer call.Release()
	call.SetMethod(http.MethodPost)
	call.Timeout = 5 * time.Second
	call.SetBody([]byte("hello"))
	for _, e := range edit {
		e(call)
	}
	if err := c.Do(call, url); err != nil {
		return 0, "", err
	}
	return call.Status(), string(call.ResponseBody()), nil
}

func TestCallsGoOutAsTheyAre(t *testing.T) {
	var got *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Clone(r.Context())
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("x-own", "1")
		w.WriteHeader(299)
		_, _ = w.Write(append(body, '!'))
	}))
	defer server.Close()
	c := newClient(t, backend.Options{})
	status, body, err := post(c, server.URL+"/a//b%2Fc/../d?x=1+2&y=%zz", func(call *backend.Call) {
		call.SetHeader("connectionId", "abc=")
		call.SetHeader("Host", "other.example")
	})
	if err != nil || status != 299 || body != "hello!" {
		t.Fatalf("%d %q %v", status, body, err)
	}
	if got.RequestURI != "/a//b%2Fc/../d?x=1+2&y=%zz" || got.Host != "other.example" || got.Header.Get("Connectionid") != "abc=" || got.Header.Get("User-Agent") != "" {
		t.Errorf("%s %s %v", got.RequestURI, got.Host, got.Header)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
	}))
	defer server.Close()
	if status, _, err := post(newClient(t, backend.Options{}), server.URL); err != nil || status != 302 || calls.Load() != 1 {
		t.Errorf("%d %v after %d calls", status, err, calls.Load())
	}
}

func TestAnswersAreBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunk := []byte(strings.Repeat("x", 64<<10))
		if r.URL.Path == "/length" {
			w.Header().Set("Content-Length", "104857600")
		}
		for range 1600 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	c := newClient(t, backend.Options{MaxResponse: 1 << 20})
	for _, path := range []string{"/chunked", "/length"} {
		if _, _, err := post(c, server.URL+path); !errors.Is(err, backend.ErrTooLarge) {
			t.Errorf("%s: 100 MB: %v", path, err)
		}
	}
}

func TestWaitsAreBounded(t *testing.T) {
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/drip" {
			for range 1000 {
				_, _ = w.Write([]byte("x"))
				w.(http.Flusher).Flush()
				select {
				case <-done:
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
			return
		}
		<-done
	}))
	defer server.Close()
	defer close(done)
	c := newClient(t, backend.Options{})
	for _, path := range []string{"/hang", "/drip"} {
		began := time.Now()
		_, _, err := post(c, server.URL+path, func(call *backend.Call) { call.Timeout = 100 * time.Millisecond })
		if !errors.Is(err, backend.ErrTimeout) || time.Since(began) > 3*time.Second {
			t.Errorf("%s: %v after %v", path, err, time.Since(began))
		}
	}
}

// rude is a TCP server that treats each connection as the test says.
func rude(t *testing.T, serve func(n int, c net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(n, c)
		}
	}()
	return "http://" + l.Addr().String()
}

func TestBackendsThatSpeakNoHTTP(t *testing.T) {
	for name, says := range map[string]string{
		"garbage": "\x00\x01\x02 garbage\r\n\r\n", "nothing": "", "half a head": "HTTP/1.1 200 OK\r\nContent-", "less than promised": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
		"a head without end": "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-Long: "+strings.Repeat("x", 1000)+"\r\n", 100),
	} {
		url := rude(t, func(_ int, c net.Conn) {
			_, _ = bufio.NewReader(c).ReadString('\n')
			_, _ = io.WriteString(c, says)
			_ = c.Close()
		})
		if status, body, err := post(newClient(t, backend.Options{}), url); err == nil {
			t.Errorf("%s: status %d, %q", name, status, body)
		}
	}
}

// serveOne reads one request and responds with 200; it says whether there was one.
func serveOne(c net.Conn) bool {
	request, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, request.Body)
	_, err = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	return err == nil
}

// A backend closes kept connections, as most do after seconds: the next call
// must not fail, nor be made twice.
func TestAClosedConnectionIsNotUsed(t *testing.T) {
	var served atomic.Int64
	closed := make(chan struct{}, 10)
	url := rude(t, func(_ int, c net.Conn) {
		if serveOne(c) {
			served.Add(1)
		}
		_ = c.Close()
		closed <- struct{}{}
	})
	c := newClient(t, backend.Options{})
	for i := range 3 {
		if _, body, err := post(c, url); err != nil || body != "ok" {
			t.Fatalf("call %d: %q %v", i, body, err)
		}
		<-closed
	}
	if n := served.Load(); n != 3 {
		t.Errorf("%d requests were served", n)
	}
}

func TestNothingIsSentTwice(t *testing.T) {
	var requests atomic.Int64
	url := rude(t, func(n int, c net.Conn) {
		defer c.Close()
		for serveOneOrDrop(c, n, &requests) {
		}
	})
	c := newClient(t, backend.Options{})
	if _, _, err := post(c, url); err != nil {
		t.Fatal(err)
	}
	// The second request arrives on the kept connection, is read, and the backend dies.
	if _, _, err := post(c, url); err == nil {
		t.Error("a call that was not answered succeeded")
	}
	if n := requests.Load(); n != 2 {
		t.Errorf("%d requests arrived", n)
	}
}

// serveOneOrDrop responds to a connection's first request and drops its second.
func serveOneOrDrop(c net.Conn, _ int, requests *atomic.Int64) bool {
	request, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, request.Body)
	if requests.Add(1) > 1 {
		return false
	}
	_, err = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	return err == nil
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, len(r.TLS.PeerCertificates), " ", r.TLS.ServerName)
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	defer server.Close()
	if _, _, err := post(newClient(t, backend.Options{}), server.URL); !errors.Is(err, backend.ErrTLS) || language.Spanish.Of(err) != "falló TLS: su certificado lo emitió O=Acme Co, en quien aquí no se confía" {
		t.Errorf("a certificate that nobody trusts: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c := newClient(t, backend.Options{RootCAs: &tls.Config{RootCAs: roots}})
	if _, body, err := post(c, server.URL); err != nil || body != "0 " {
		t.Errorf("trusted: %q %v", body, err)
	}
	own := &tls.Config{Certificates: server.TLS.Certificates, ServerName: "example.com"}
	for range 2 {
		if _, body, err := post(c, server.URL, func(call *backend.Call) { call.TLS = own }); err != nil || body != "1 example.com" {
			t.Errorf("with a client certificate: %q %v", body, err)
		}
	}
	if _, _, err := post(c, server.URL, func(call *backend.Call) { call.TLS = &tls.Config{ServerName: "other.test"} }); !errors.Is(err, backend.ErrTLS) {
		t.Errorf("another name: %v", err)
	}
	if _, _, err := post(c, strings.Replace(server.URL, "https", "http", 1)); err != nil {
		t.Logf("plain HTTP to a TLS server: %v", err)
	}
}

func TestTargetsOfVPCLinks(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer server.Close()
	c := newClient(t, backend.Options{})
	_, body, err := post(c, "http://inside.example:1234/", func(call *backend.Call) { call.Target = server.Listener.Addr().String() })
	if err != nil || body != "inside.example:1234" {
		t.Errorf("%q %v", body, err)
	}
}

func TestURLsThatAreNone(t *testing.T) {
	c := newClient(t, backend.Options{})
	for _, url := range []string{"", "/path", "ftp://x/", "http://", "http:///x", "http://user:secret@127.0.0.1/", "http://a b/", "http://x/\r\nEvil: 1", "https:/x"} {
		if _, _, err := post(c, url); !errors.Is(err, backend.ErrAddress) {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestForbiddenTargets(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	for _, test := range []struct {
		name    string
		rules   backend.Egress
		url     string
		allowed bool
	}{
		{"anything", backend.Egress{}, server.URL, true},
		{"metadata", backend.Egress{}, "http://169.254.169.254/latest/", false},
		{"link-local IPv6", backend.Egress{}, "http://[fe80::1]/", false},
		{"metadata in IPv6", backend.Egress{}, "http://[fd00:ec2::254]/", false},
		{"metadata mapped into IPv6", backend.Egress{}, "http://[::ffff:169.254.169.254]/", false},
		{"no address", backend.Egress{}, "http://0.0.0.0:" + port + "/", false},
		{"denied block", backend.Egress{Deny: []string{"127.0.0.0/8"}}, server.URL, false},
		{"denied behind a name", backend.Egress{Deny: []string{"127.0.0.0/8", "::1"}}, "http://localhost:" + port, false},
		{"denied host", backend.Egress{Deny: []string{"localhost"}}, "http://localhost:" + port, false},
		{"allowed block", backend.Egress{Allow: []string{"127.0.0.1"}}, server.URL, true},
		{"not among the allowed", backend.Egress{Allow: []string{"10.0.0.0/8", "*.example.com"}}, server.URL, false},
		{"denied though allowed", backend.Egress{Allow: []string{"127.0.0.0/8"}, Deny: []string{"127.0.0.1/32"}}, server.URL, false},
	} {
		_, _, err := post(newClient(t, backend.Options{Egress: test.rules}), test.url, func(call *backend.Call) { call.Timeout = 2 * time.Second })
		if forbidden := errors.Is(err, backend.ErrForbiddenTarget); forbidden == test.allowed {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	for _, bad := range []string{"", "http://x", "10.0.0.0/99", "a b", "x:80", "!!", "!", "a..b", "*x", "a.*", "-", "256.1.1.1", "10.0.0", "fe80::1%eth0", "x?", "a,b"} {
		if _, err := backend.NewClient(backend.Options{Egress: backend.Egress{Allow: []string{bad}}}); err == nil {
			t.Errorf("%q is taken for a target", bad)
		}
	}
}

func TestEgress(t *testing.T) {
	for _, test := range []struct {
		rules   backend.Egress
		host    string
		address string
		ok      bool
	}{
		{backend.Egress{Allow: []string{"*.example.com"}}, "api.example.com", "10.0.0.1", true},
		{backend.Egress{Allow: []string{"*.example.com"}}, "API.Example.com.", "10.0.0.1", true},
		{backend.Egress{Allow: []string{"*.example.com"}}, "example.com", "10.0.0.1", false},
		{backend.Egress{Allow: []string{"*.example.com"}}, "evilexample.com", "10.0.0.1", false},
		{backend.Egress{Allow: []string{"*.example.com"}}, "api.example.com", "169.254.169.254", false}, // rebinding
		{backend.Egress{AllowLinkLocal: true}, "x", "169.254.169.254", true},
		{backend.Egress{}, "x", "100.100.100.200", false},
		{backend.Egress{}, "x", "224.0.0.1", false},
		{backend.Egress{}, "x", "10.1.2.3", true},
	} {
		err := backend.CheckTarget(test.rules, test.host, netip.AddrPortFrom(netip.MustParseAddr(test.address), 80))
		if (err == nil) != test.ok {
			t.Errorf("%+v %s %s: %v", test.rules, test.host, test.address, err)
		}
	}
}
