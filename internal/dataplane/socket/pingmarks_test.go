package socket_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// markRecorder is a recorder that keeps the marks of pongs.
type markRecorder struct {
	*recorder
	marks chan uint64
}

func (r *markRecorder) OnPong(_ *socket.Conn, mark uint64) { r.marks <- mark }

func (r *markRecorder) mark(t *testing.T) uint64 {
	t.Helper()
	return testkit.Receive(t, r.marks, "a pong")
}

func prepare(t *testing.T, body string) *socket.Prepared {
	t.Helper()
	m, err := socket.Prepare(socket.Text, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The ping comes right behind its message, and the pong brings its mark back; a pong whose
// payload is no mark is ignored (RFC 6455 5.5.3 allows unsolicited pongs).
func TestMarksComeBack(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		r := &markRecorder{newRecorder(echo), make(chan uint64, 16)}
		_, conn, k := w.open(t, socket.Options{Handler: r}, socket.DefaultLimits())
		for mark := range uint64(3) {
			if err := conn.SendMarked(prepare(t, fmt.Sprint("message ", mark)), mark); err != nil {
				t.Fatal(err)
			}
			if f, err := k.message(); err != nil || string(f.payload) != fmt.Sprint("message ", mark) {
				t.Fatalf("got %q, %v", f.payload, err)
			}
			if mark == 0 {
				continue // no ping
			}
			f, err := k.message()
			if err != nil || f.op != 9 || binary.BigEndian.Uint64(f.payload) != mark {
				t.Fatalf("want a ping with %d, got %v, %v", mark, f, err)
			}
			k.send(t, bytes.Join([][]byte{one(10, nil), one(10, []byte("unasked")), one(10, f.payload)}, nil)...)
			if got := r.mark(t); got != mark {
				t.Errorf("mark %d came back as %d", mark, got)
			}
		}
		if err := conn.Mark(1 << 60); err != nil {
			t.Fatal(err)
		}
		if f, err := k.message(); err != nil || f.op != 9 || binary.BigEndian.Uint64(f.payload) != 1<<60 {
			t.Errorf("the mark alone came as %v, %v", f, err)
		}
	})
}

// Marks that wait behind messages are no messages: what is lost is counted right, and who
// waits learns how it ended.
func TestMarksOfASlowReader(t *testing.T) {
	for _, read := range []bool{true, false} {
		each(t, func(t *testing.T, w way) {
			r := &markRecorder{newRecorder(echo), make(chan uint64, 1024)}
			_, conn, k := w.open(t, socket.Options{Handler: r}, socket.Limits{QueueSize: 300 << 10})
			if err := conn.WaitSent(t.Context()); err != nil {
				t.Fatal(err)
			}
			body := prepare(t, string(bytes.Repeat([]byte("x"), 20<<10)))
			sent := 0
			for refused := 0; refused < 20; { // the kernel may take more for a moment
				err := conn.SendMarked(body, uint64(sent+1))
				switch {
				case err == nil:
					sent, refused = sent+1, 0
				case errors.Is(err, socket.ErrSlowReader):
					refused++
					<-time.After(time.Millisecond)
				default:
					t.Fatal(err)
				}
			}
			soon, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			if err := conn.WaitSent(soon); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the client reads nothing, and waiting ends with %v", err)
			}
			ended := make(chan error, 1)
			go func() { ended <- conn.WaitSent(context.Background()) }()
			if !read {
				_ = conn.Close(socket.SlowReader.Close())
				if err := <-ended; !errors.Is(err, socket.ErrClosed) {
					t.Errorf("cut: %v", err)
				}
				if why := r.why(t); why.Undelivered == 0 || why.Undelivered > sent {
					t.Errorf("%d of %d messages were lost", why.Undelivered, sent)
				}
				return
			}
			for i := range sent {
				f, err := k.message()
				if err != nil || len(f.payload) != 20<<10 {
					t.Fatalf("message %d: %d bytes, %v", i, len(f.payload), err)
				}
				if f, err = k.message(); err != nil || f.op != 9 || binary.BigEndian.Uint64(f.payload) != uint64(i+1) {
					t.Fatalf("mark %d: %v, %v", i+1, f, err)
				}
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}
