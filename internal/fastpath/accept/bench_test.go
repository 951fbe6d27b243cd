package accept_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/fastpath/accept"
)

// upgrade responds with 101 on a hijacked connection and closes it.
func upgrade(w http.ResponseWriter, _ *http.Request) {
	nc, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(nc, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
	_ = nc.Close()
}

// BenchmarkHandshake is a connection and its handshake, BenchmarkNetHTTPHandshake
// the same by net/http: docs/performance.md has the ratio. The client's share is in
// both.
func BenchmarkHandshake(b *testing.B) {
	e, err := accept.Listen("127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	e.Serve(http.HandlerFunc(upgrade))
	connect(b, e.Addr().String())
	_ = e.Close()
	e.Wait()
}

func BenchmarkNetHTTPHandshake(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(upgrade)}
	go func() { _ = server.Serve(l) }()
	connect(b, l.Addr().String())
	_ = server.Close()
}

func connect(b *testing.B, address string) {
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		response := make([]byte, 1024)
		for pb.Next() {
			nc, err := net.Dial("tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.WriteString(nc, plainHandshake)
			if n, err := nc.Read(response); err != nil || !bytes.HasPrefix(response[:n], []byte("HTTP/1.1 101 ")) {
				b.Errorf("%q %v", response[:n], err)
			}
			_ = nc.(*net.TCPConn).SetLinger(0) // no port is left waiting
			_ = nc.Close()
		}
	})
}
