package blackbox

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// raw is a WebSocket client that sends raw bytes, for frames that libraries do
// not send.
type raw struct {
	t  testing.TB
	nc net.Conn
	in *bufio.Reader
}

func rawDial(t testing.TB, s *pasarelatest.Stage) *raw {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	nc, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	if err := nc.SetDeadline(time.Now().Add(testkit.WaitLimit)); err != nil {
		t.Fatal(err)
	}
	r := &raw{t, nc, bufio.NewReader(nc)}
	r.bytes(fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", u.Path, u.Host))
	response, err := http.ReadResponse(r.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusSwitchingProtocols || response.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatalf("%s %v", response.Status, response.Header)
	}
	return r
}

func (r *raw) bytes(b []byte) {
	r.t.Helper()
	if _, err := r.nc.Write(b); err != nil {
		r.t.Log(err) // the server may have said why already
	}
}

// frame sends one frame, masked with zeros.
func (r *raw) frame(first byte, payload []byte) {
	b := []byte{first}
	switch {
	case len(payload) < 126:
		b = append(b, 0x80|byte(len(payload)))
	case len(payload) < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(len(payload)))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(len(payload)))
	}
	r.bytes(append(append(b, 0, 0, 0, 0), payload...))
}

// message sends a text message in frames of those sizes.
func (r *raw) message(sizes ...int) {
	for i, size := range sizes {
		first := byte(0)
		if i == 0 {
			first = 1
		}
		if i == len(sizes)-1 {
			first |= 0x80
		}
		payload := make([]byte, size)
		for i := range payload {
			payload[i] = 'x'
		}
		r.frame(first, payload)
	}
}

// next reads one frame.
func (r *raw) next() (opcode byte, payload []byte) {
	r.t.Helper()
	head := r.take(2)
	length := int(head[1])
	if length == 126 {
		length = int(binary.BigEndian.Uint16(r.take(2)))
	}
	return head[0] & 15, r.take(length)
}

func (r *raw) take(n int) []byte {
	r.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(r.in, b); err != nil {
		r.t.Fatalf("the server sent no frame: %v", err)
	}
	return b
}

func (r *raw) read() string {
	r.t.Helper()
	opcode, payload := r.next()
	if opcode != 1 {
		r.t.Fatalf("opcode %d %q, want a text", opcode, payload)
	}
	return string(payload)
}

// closed reads until the close frame.
func (r *raw) closed() (code int, reason string) {
	r.t.Helper()
	for {
		opcode, payload := r.next()
		if opcode != 8 {
			continue
		}
		if len(payload) < 2 {
			return 1005, ""
		}
		return int(binary.BigEndian.Uint16(payload)), string(payload[2:])
	}
}
