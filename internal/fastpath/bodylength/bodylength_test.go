package bodylength_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/bodylength"
	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// served is an http.Server behind a Listener; every dial is a new connection to it.
func served(t *testing.T, secured bool, handler http.Handler) (dial func() net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	under := l
	if secured {
		under = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{certificate(t)}, NextProtos: []string{"http/1.1"}})
	}
	server := &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	ended := make(chan struct{})
	go func() { _ = server.Serve(bodylength.Listener(under, slog.New(slog.DiscardHandler))); close(ended) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	return func() net.Conn {
		nc, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = nc.Close() })
		if secured {
			nc = tls.Client(nc, &tls.Config{InsecureSkipVerify: true})
		}
		if err := nc.SetDeadline(time.Now().Add(testkit.WaitLimit)); err != nil {
			t.Fatal(err)
		}
		return nc
	}
}

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

const good = "POST /good HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"

// Requests that give their length twice are refused wherever they stand on a connection,
// in one piece or in many, and nothing after them is read.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
		}
		_, _ = io.Copy(w, r.Body)
		_, _ = fmt.Fprintf(w, " %s %t", r.URL.Path, r.TLS != nil && r.TLS.HandshakeComplete)
	})
	for _, secured := range []bool{false, true} {
		dial := served(t, secured, echo)
		for name, c := range map[string]struct {
			version, fields string
			refused         bool
		}{
			"both":               {"1.1", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", true},
			"both, reversed":     {"1.1", "transfer-encoding:chunked\r\ncontent-length:\t4\r\n", true},
			"two lengths":        {"1.1", "Content-Length: 4\r\nContent-Length: 5\r\n", true},
			"the same length":    {"1.1", "Content-Length: 4\r\nContent-Length: 4\r\n", true},
			"two encodings":      {"1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", true},
			"a blank before":     {"1.1", "Content-Length : 4\r\nTransfer-Encoding: chunked\r\n", true},
			"line feeds alone":   {"1.1", "Content-Length: 4\nTransfer-Encoding: chunked\n", true},
			"old, with encoding": {"1.0", "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n", true},
			"old, with both":     {"1.0", "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", true},
			"a length":           {"1.1", "Content-Length: 5\r\n", false},
			"chunks":             {"1.1", "Transfer-Encoding: chunked\r\n", false},
			"no body":            {"1.1", "X-Content-Length: 5\r\nX: Transfer-Encoding\r\n", false},
			"a folded field":     {"1.1", "X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", false},
		} {
			odd := fmt.Sprintf("POST /odd HTTP/%s\r\nHost: h\r\n%s\r\n0\r\n\r\nGET /after HTTP/1.1\r\nHost: h\r\n\r\n", c.version, c.fields)
			for before := range 3 {
				for _, pieces := range []bool{false, true} {
					nc := dial()
					send(t, nc, strings.Repeat(good, before)+odd, pieces)
					in := bufio.NewReader(nc)
					for range before {
						if status, body := response(t, in); status != 200 || body != fmt.Sprintf("hello /good %t", secured) {
							t.Errorf("%s: before it %d %q", name, status, body)
						}
					}
					status, body := response(t, in)
					if c.refused != (status == 400) || c.refused && body != "400 Bad Request" {
						t.Errorf("%s: %d %q", name, status, body)
					}
					if rest, _ := io.ReadAll(in); c.refused && len(rest) > 0 {
						t.Errorf("%s: what followed was answered: %q", name, rest)
					}
				}
			}
		}
	}
}

func send(t *testing.T, nc net.Conn, text string, pieces bool) {
	t.Helper()
	size := len(text)
	if pieces {
		size = 7
	}
	for len(text) > 0 {
		n := min(size, len(text))
		if _, err := io.WriteString(nc, text[:n]); err != nil {
			return // refused already
		}
		text = text[n:]
	}
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

func response(t *testing.T, in *bufio.Reader) (int, string) {
	t.Helper()
	r, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return r.StatusCode, string(body)
}

// A handler that hijacks a connection gets the underlying one, with every byte that was
// not read by net/http.
func TestHijackedConnectionsAreWhole(t *testing.T) {
	got := make(chan string, 1)
	begun, sent := make(chan struct{}), make(chan struct{})
	for _, secured := range []bool{false, true} {
		dial := served(t, secured, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			begun <- struct{}{}
			<-sent
			nc, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer nc.Close()
			ahead, _ := rw.Peek(rw.Reader.Buffered())
			under, unread := replay.Unwrap(nc)
			switch under.(type) {
			case *net.TCPConn, *tls.Conn:
			default:
				t.Errorf("%T", under)
			}
			rest, _ := io.ReadAll(under)
			got <- string(ahead) + string(unread) + string(rest)
		}))
		nc := dial()
		_, _ = io.WriteString(nc, "GET / HTTP/1.1\r\nHost: h\r\n\r\nthe first, ")
		<-begun
		_, _ = io.WriteString(nc, "the second, ")
		sent <- struct{}{}
		_, _ = io.WriteString(nc, "the third")
		_ = nc.(interface{ CloseWrite() error }).CloseWrite()
		if text := <-got; text != "the first, the second, the third" {
			t.Errorf("%q", text)
		}
	}
}

// HTTP on a TLS port is answered with a 400 that says so.
func TestPlainRequestsToATLSPort(t *testing.T) {
	nc := served(t, true, http.NotFoundHandler())().(*tls.Conn).NetConn()
	_, _ = io.WriteString(nc, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	response, _ := io.ReadAll(nc)
	if !bytes.Contains(response, []byte("Client sent an HTTP request to an HTTPS server.")) {
		t.Errorf("%q", response)
	}
}
