package pushserver_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Calls over TLS are served here as others are, and know of it; so does net/http when it
// gets the connection back.
func TestCallsOverTLS(t *testing.T) {
	borrowed := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	config := &tls.Config{Certificates: borrowed.TLS.Certificates}
	roots := borrowed.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	borrowed.Close()
	s := serveOn(t, func(l net.Listener) net.Listener { return tls.NewListener(l, config) })
	defer s.stop()
	nc, err := tls.Dial("tcp", s.addr, &tls.Config{RootCAs: roots, ServerName: "example.com"})
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(20 * time.Second))
	in := bufio.NewReader(nc)
	for i, c := range []struct {
		text   string
		direct int64 // requests that net/http answered so far
	}{
		{post(call, "one"), 0},
		{post(call, "two"), 0},
		{post(call, "three") + post(call, "four"), 0},
		{"", 0},
		{"GET /elsewhere HTTP/1.1\r\nHost: h\r\n\r\n", 1},
		{post(call, "five"), 1},
		{post(call, "six"), 1},
	} {
		if _, err := io.WriteString(nc, c.text); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != 200 || answer.Header.Get("X-Tls") != "TLS 1.3" || s.direct.Load() != c.direct {
			t.Errorf("%d: %s, over %q, %d answered by net/http; want %d", i, answer.Status, answer.Header.Get("X-Tls"), s.direct.Load(), c.direct)
		}
	}
}
