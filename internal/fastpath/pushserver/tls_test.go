package pushserver_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/bodylength"
	"github.com/pasarela-ws/pasarela/internal/fastpath/pushserver"
	"github.com/pasarela-ws/pasarela/internal/testkit"
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
	_ = nc.SetDeadline(time.Now().Add(testkit.WaitLimit))
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
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != 200 || response.Header.Get("X-Tls") != "TLS 1.3" || s.direct.Load() != c.direct {
			t.Errorf("%d: %s, over %q, %d answered by net/http; want %d", i, response.Status, response.Header.Get("X-Tls"), s.direct.Load(), c.direct)
		}
	}
}

// BenchmarkCallOverTLS is one call after the other on a kept connection over TLS, client
// included, served here and by net/http alone.
func BenchmarkCallOverTLS(b *testing.B) {
	borrowed := httptest.NewTLSServer(http.NotFoundHandler())
	config := &tls.Config{Certificates: borrowed.TLS.Certificates}
	borrowed.Close()
	response := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusOK)
	})
	for name, handler := range map[string]func(pushes *pushserver.Server) http.Handler{
		"here":     func(pushes *pushserver.Server) http.Handler { return pushes },
		"net/http": func(*pushserver.Server) http.Handler { return response },
	} {
		b.Run(name, func(b *testing.B) {
			l, err := tls.Listen("tcp", "127.0.0.1:0", config)
			if err != nil {
				b.Fatal(err)
			}
			log := slog.New(slog.DiscardHandler)
			pushes := pushserver.New(response, func(*http.Request) bool { return true }, log)
			server := &http.Server{Handler: handler(pushes), ReadHeaderTimeout: 10 * time.Second}
			go func() { _ = server.Serve(bodylength.Listener(l, log)) }() // ends with the server
			defer func() { _ = errors.Join(pushes.Shutdown(context.Background()), server.Close()) }()
			nc, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true})
			if err != nil {
				b.Fatal(err)
			}
			defer nc.Close()
			in, call := bufio.NewReader(nc), []byte(sdkPost)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := nc.Write(call); err != nil {
					b.Fatal(err)
				}
				for line := ""; line != "\r\n"; {
					if line, err = in.ReadString('\n'); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
