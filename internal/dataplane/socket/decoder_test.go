//go:build linux

package socket_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// FuzzDecoder checks that the result does not depend on how bytes are split, that
// no message exceeds the limits, and that text is UTF-8.
func FuzzDecoder(f *testing.F) {
	for _, group := range [][]conformance{framingCases()[:4], pingCases(), reservedCases(), fragmentCases()[:18], textCases(), closeCases()} {
		for _, c := range group {
			f.Add(bytes.Join(c.send, nil), uint8(3), uint8(1), true)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, a, b uint8, binary bool) {
		lim := socket.Limits{FrameSize: 1000, MessageSize: 1500, Binary: binary}
		whole := socket.Decode(data, lim)
		split := socket.Decode(data, lim, int(a), int(b))
		// When bytes arrive split, a violation may be found before later bytes make
		// it another one.
		if diff := cmp.Diff(whole, split); diff != "" {
			t.Fatalf("whole (-) and split (+) differ:\n%s", diff)
		}
		for _, m := range whole.Messages {
			op, payload := m[1], m[2:]
			if len(payload) > 1500 || op == byte(socket.Text) && !utf8.ValidString(payload) || op == byte(socket.Binary) && !binary {
				t.Fatalf("opcode %d let through: %q", op, payload)
			}
		}
		if e := whole.End; e != (socket.Close{}) && e.Cause != socket.ClientClosed && !e.Valid() {
			t.Fatalf("%+v cannot be sent", e)
		}
	})
}

// TestDecoderHoldsNothingBetweenMessages: an idle connection has no buffer.
func TestDecoderHoldsNothingBetweenMessages(t *testing.T) {
	data := bytes.Join([][]byte{text("a"), part(1, "b"), one(9, []byte("p")), masked(0x80, []byte("c")), one(10, nil)}, nil)
	for size := 1; size < len(data); size++ {
		if got := socket.Decode(data, socket.Limits{}, size); !got.Idle || len(got.Messages) != 4 {
			t.Errorf("in pieces of %d: %+v", size, got)
		}
	}
}

func TestTLSShrink(t *testing.T) {
	if !socket.TLSShrinkWorks() {
		t.Error("this Go release has other fields in tls.Conn: every TLS connection costs a goroutine and its buffers; see tlsshrink_linux.go")
	}
}

// TestNoTLSShrink holds that the option keeps TLS connections away from epoll, for which
// their net.Conn is replaced, and leaves the others there.
func TestNoTLSShrink(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		_, c, _ := w.open(t, socket.Options{Handler: newRecorder(echo)}, socket.DefaultLimits())
		if got, want := socket.HasGoroutine(c), w.wrap || w.noTLSShrink; got != want {
			t.Errorf("a goroutine reads the connection: %v, want %v", got, want)
		}
	})
}
