package socket_test

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// recorder is a Handler that calls a function of the test and records the
// closes.
type recorder struct {
	message func(c *socket.Conn, op socket.Opcode, payload []byte)
	closed  chan socket.Close
}

func newRecorder(message func(*socket.Conn, socket.Opcode, []byte)) *recorder {
	return &recorder{message: message, closed: make(chan socket.Close, 1024)}
}

func (r *recorder) OnMessage(c *socket.Conn, op socket.Opcode, payload []byte) {
	r.message(c, op, payload)
}
func (r *recorder) OnClose(_ *socket.Conn, why socket.Close) { r.closed <- why }

// why waits for the next close.
func (r *recorder) why(t *testing.T) socket.Close {
	t.Helper()
	return testkit.Receive(t, r.closed, "the end of a connection")
}

func echo(c *socket.Conn, op socket.Opcode, payload []byte) { _ = c.Send(op, payload) }

// newPool makes a pool that ends with the test.
func newPool(t testing.TB, o socket.Options) *socket.Pool {
	t.Helper()
	p, err := socket.NewPool(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// server upgrades over net/http, as the gateway does, and adopts.
type server struct {
	addr string
	conn chan *socket.Conn
}

// serve listens on loopback; cfg makes it TLS. wrap hides the real type of the
// net.Conn, which forces a goroutine per connection.
func serve(t testing.TB, p *socket.Pool, live *socket.LiveLimits, cfg *tls.Config, wrap bool) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{addr: l.Addr().String(), conn: make(chan *socket.Conn, 64)}
	if cfg != nil {
		l = tls.NewListener(l, cfg)
	}
	hs := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, refusal := socket.CheckHandshake(r)
		if refusal != nil {
			http.Error(w, refusal.Why.Error(), refusal.Status)
			return
		}
		nc, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		response, err := h.Response(nil, "", time.Now())
		if err != nil {
			t.Error(err)
		}
		if _, err := nc.Write(response); err != nil {
			t.Error(err)
		}
		if wrap {
			nc = struct{ net.Conn }{nc}
		}
		c, err := p.Adopt(nc, socket.Buffered(rw), nil, live)
		if err != nil {
			_ = nc.Close()
			return
		}
		select {
		case s.conn <- c:
		default:
		}
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = hs.Serve(l) }()
	t.Cleanup(func() { _ = hs.Close(); <-done })
	return s
}

// frame is what a raw client sends or receives.
type frame struct {
	fin     bool
	op      byte
	payload []byte
}

func (f frame) String() string {
	return fmt.Sprintf("fin=%v op=%#x %d bytes %.40q", f.fin, f.op, len(f.payload), f.payload)
}

// client is a raw client that can violate the protocol.
type client struct {
	net.Conn
	r *bufio.Reader
}

// dial opens a raw client, over TLS with cfg, sending extra behind the handshake
// in the same packet.
func dial(t testing.TB, addr string, cfg *tls.Config, extra ...byte) *client {
	t.Helper()
	return dialVia(t, addr, cfg, func(nc net.Conn) net.Conn { return nc }, extra...)
}

var noDeadline time.Time

// dialVia is dial with something between the socket and TLS.
func dialVia(t testing.TB, addr string, cfg *tls.Config, transport func(net.Conn) net.Conn, extra ...byte) *client {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if nc = transport(nc); cfg != nil {
		nc = tls.Client(nc, cfg)
	}
	t.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(testkit.WaitLimit))
	head := "GET /prod HTTP/1.1\r\nHost: " + addr + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if _, err := nc.Write(append([]byte(head), extra...)); err != nil {
		t.Fatal(err)
	}
	c := &client{Conn: nc, r: bufio.NewReader(nc)}
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("status %s", res.Status)
	}
	if got := res.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatalf("Sec-WebSocket-Accept %q", got)
	}
	return c
}

// masked encodes a client frame; first is its first byte.
func masked(first byte, payload []byte) []byte {
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = append(b, mask[:]...)
	for i, c := range payload {
		b = append(b, c^mask[i&3])
	}
	return b
}

// send writes raw bytes.
func (c *client) send(t testing.TB, b ...byte) {
	t.Helper()
	if _, err := c.Write(b); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// next reads one server frame.
func (c *client) next() (frame, error) {
	var h [10]byte
	if _, err := io.ReadFull(c.r, h[:2]); err != nil {
		return frame{}, err
	}
	if h[1]&0x80 != 0 {
		return frame{}, fmt.Errorf("the server masked a frame")
	}
	n := int(h[1] & 0x7f)
	switch n {
	case 126:
		if _, err := io.ReadFull(c.r, h[2:4]); err != nil {
			return frame{}, err
		}
		n = int(binary.BigEndian.Uint16(h[2:]))
	case 127:
		if _, err := io.ReadFull(c.r, h[2:10]); err != nil {
			return frame{}, err
		}
		n = int(binary.BigEndian.Uint64(h[2:]))
	}
	f := frame{fin: h[0]&0x80 != 0, op: h[0] & 0x7f, payload: make([]byte, n)}
	_, err := io.ReadFull(c.r, f.payload)
	return f, err
}
