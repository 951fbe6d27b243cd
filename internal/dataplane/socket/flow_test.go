package socket_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// each runs f on every transport.
func each(t *testing.T, f func(t *testing.T, w way)) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) { f(t, w) })
	}
}

// open starts a server with a handler and dials it.
func (w way) open(t *testing.T, o socket.Options, l socket.Limits) (*socket.Pool, *socket.Conn, *client) {
	t.Helper()
	o.NoTLSShrink = w.noTLSShrink
	p := newPool(t, o)
	var k *client
	var s *server
	if w.tls {
		theirs, cfg := pair(t)
		s = serve(t, p, socket.NewLiveLimits(l), theirs, w.wrap)
		k = dial(t, s.addr, cfg)
	} else {
		s = serve(t, p, socket.NewLiveLimits(l), nil, w.wrap)
		k = dial(t, s.addr, nil)
	}
	return p, <-s.conn, k
}

func TestAWSLimits(t *testing.T) {
	frames := func(n, size int) (b []byte) {
		op := byte(1)
		for range n {
			b, op = append(b, part(op, strings.Repeat("x", size))...), 0
		}
		return append(b, masked(0x80, nil)...)
	}
	cases := []struct {
		name string
		send []byte
		want int // size of the echo
		code int
		why  socket.Cause
	}{
		{"frame of 32768", text(strings.Repeat("x", 32768)), 32768, 0, 0},
		{"frame of 32769", text(strings.Repeat("x", 32769)), 0, 1009, socket.FrameTooBig},
		{"four frames of 30000", frames(4, 30000), 120000, 0, 0},
		{"four frames of 32768", frames(4, 32768), 131072, 0, 0},
		{"five frames of 30000", frames(5, 30000), 0, 1009, socket.MessageTooBig},
		{"one byte beyond 131072", append(frames(4, 32768)[:4*32776], masked(0x80, []byte("x"))...), 0, 1009, socket.MessageTooBig},
		{"binary", one(2, []byte("x")), 0, 1003, socket.BinaryRefused},
		{"binary, empty", one(2, nil), 0, 1003, socket.BinaryRefused},
		{"announced frame of a gigabyte", []byte{0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4}, 0, 1009, socket.FrameTooBig},
	}
	each(t, func(t *testing.T, w way) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				r := newRecorder(echo)
				_, _, k := w.open(t, socket.Options{Handler: r}, socket.DefaultLimits())
				go k.chopped(c.send, 0)
				if c.code == 0 {
					f, err := k.message()
					if err != nil || len(f.payload) != c.want {
						t.Fatalf("echo of %d bytes, %v", len(f.payload), err)
					}
					return
				}
				k.expectClose(t, c.code)
				_ = k.Close()
				if got := r.why(t); got.Cause != c.why {
					t.Errorf("cause %v, want %v", got, c.why)
				}
			})
		}
	})
}

func TestCauses(t *testing.T) {
	cases := []struct {
		name string
		do   func(c *socket.Conn, k *client)
		want socket.Close
	}{
		{"client closes without a code", func(_ *socket.Conn, k *client) { k.chopped(one(8, nil), 0) }, socket.ClientClosed.Close()},
		{"client closes with 4001", func(_ *socket.Conn, k *client) { k.chopped(closeWith(4001, "bye"), 0) }, socket.ClientClosed.With(4001, "bye")},
		{"client vanishes", func(_ *socket.Conn, k *client) { _ = k.Close() }, socket.ConnectionLost.Close()},
		{"deleted", func(c *socket.Conn, k *client) { _ = c.Close(socket.Deleted.Close()); respondToClose(k) }, socket.Deleted.Close()},
		{"deleted with a code", func(c *socket.Conn, k *client) { _ = c.Close(socket.Deleted.With(4002, "x")); respondToClose(k) }, socket.Deleted.With(4002, "x")},
		{"cut", func(c *socket.Conn, _ *client) { _ = c.Close(socket.SlowReader.Close()) }, socket.SlowReader.Close()},
	}
	each(t, func(t *testing.T, w way) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				r := newRecorder(echo)
				p, conn, k := w.open(t, socket.Options{Handler: r}, socket.DefaultLimits())
				c.do(conn, k)
				if got := r.why(t); got != c.want {
					t.Errorf("%v, want %v", got, c.want)
				}
				if err := conn.Send(socket.Text, nil); err != socket.ErrClosed {
					t.Errorf("Send afterwards: %v", err)
				}
				if s := p.Stats(); s.Opened != 1 || s.Closed[c.want.Cause] != 1 {
					t.Errorf("%+v", s)
				}
			})
		}
	})
}

// TestInFlight floods a connection whose handler holds every message, and expects
// no more of them at once than allowed, and every one in the end.
func TestInFlight(t *testing.T) {
	const n = 400
	cases := []struct {
		name         string
		limit, total int
		want         int64
	}{{"one", 1, 0, 1}, {"seven", 7, 0, 7}, {"pool allows three", 100, 3, 3}}
	each(t, func(t *testing.T, w way) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				var now, most, done atomic.Int64
				next := make(chan struct{})
				r := newRecorder(func(_ *socket.Conn, _ socket.Opcode, p []byte) {
					if v := now.Add(1); v > most.Load() {
						most.Store(v)
					}
					<-next
					if c.limit == 1 && string(p) != fmt.Sprint(done.Load()) {
						t.Errorf("message %s came as number %d", p, done.Load())
					}
					done.Add(1)
					now.Add(-1)
				})
				_, _, k := w.open(t, socket.Options{Handler: r, InFlight: c.total}, socket.Limits{InFlight: c.limit})
				go func() {
					for i := range n {
						k.chopped(text(fmt.Sprint(i)), 0)
					}
				}()
				for range n {
					next <- struct{}{}
				}
				k.send(t, closeWith(1000, "")...)
				if got := r.why(t); got.Code != 1000 {
					t.Error(got)
				}
				if got := most.Load(); got > c.want || done.Load() < n-c.want {
					t.Errorf("%d at once, want at most %d; %d of %d done", got, c.want, done.Load(), n)
				}
			})
		}
	})
}

// TestSlowReader pushes to a client that does not read until Send refuses, then
// reads and finds every accepted message complete and in order.
func TestSlowReader(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		r := newRecorder(echo)
		p, conn, k := w.open(t, socket.Options{Handler: r}, socket.Limits{QueueSize: 300 << 10, OutFrame: 16 << 10})
		body := func(i int) []byte { return bytes.Repeat([]byte(fmt.Sprintf("%07d ", i)), 5<<10) } // 40 KB, three frames
		accepted, refused := 0, 0
		for refused < 20 { // the kernel may take more for a moment
			switch err := conn.Send(socket.Text, body(accepted)); err {
			case nil:
				accepted, refused = accepted+1, 0
			case socket.ErrSlowReader:
				refused++
				<-time.After(time.Millisecond)
			default:
				t.Fatal(err)
			}
		}
		k.send(t, one(9, []byte("first"))...) // its pong overtakes the messages that wait
		for p.Stats().BytesIn == 0 {
			<-time.After(time.Millisecond)
		}
		<-time.After(5 * time.Millisecond) // counted, so about to be answered
		overtaken := -1
		for i := 0; i < accepted; {
			f, err := k.next()
			if err != nil {
				t.Fatal(err)
			}
			if f.op == 10 {
				overtaken = i
				continue
			}
			for !f.fin {
				more, err := k.next()
				if err != nil {
					t.Fatal(err)
				}
				if more.op == 10 {
					overtaken = i
					continue
				}
				f.fin, f.payload = more.fin, append(f.payload, more.payload...)
			}
			if !bytes.Equal(f.payload, body(i)) {
				t.Fatalf("message %d of %d is not what was sent", i, accepted)
			}
			i++
		}
		if overtaken < 0 {
			t.Errorf("the pong did not overtake any of %d messages", accepted)
		}
		if err := conn.Send(socket.Text, []byte("again")); err != nil {
			t.Errorf("after the client has caught up: %v", err)
		}
	})
}

// TestSeverStalled cuts a connection that has both a stalled queue and paused
// reading, each of which must be ended.
func TestSeverStalled(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		r := newRecorder(func(*socket.Conn, socket.Opcode, []byte) { testkit.Hold(t, nil) })
		_, conn, k := w.open(t, socket.Options{Handler: r, Tick: 10 * time.Millisecond},
			socket.Limits{InFlight: 1, WriteStall: 50 * time.Millisecond})
		k.send(t, bytes.Repeat(text("in"), 100)...)
		flood(conn)
		if got := r.why(t); got.Cause != socket.SlowReader || got.Undelivered == 0 {
			t.Error(got)
		}
	})
}

// flood sends as fast as the queue accepts, until the connection closes.
func flood(c *socket.Conn) {
	big := bytes.Repeat([]byte("x"), 64<<10)
	for err := c.Send(socket.Text, big); err != socket.ErrClosed; err = c.Send(socket.Text, big) {
		if err != nil {
			<-time.After(time.Millisecond) // the kernel may still take more
		}
	}
}

func TestSendFragments(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		_, conn, k := w.open(t, socket.Options{Handler: newRecorder(echo)}, socket.DefaultLimits())
		body := bytes.Repeat([]byte("abcdefg "), 10<<10)
		m, err := socket.Prepare(socket.Text, body)
		if err != nil {
			t.Fatal(err)
		}
		for name, send := range map[string]func() error{
			"Send":         func() error { return conn.Send(socket.Text, body) },
			"SendPrepared": func() error { return conn.SendPrepared(m) },
		} {
			if err := send(); err != nil {
				t.Fatal(err)
			}
			var got []byte
			for i, size := range []int{32 << 10, 32 << 10, 16 << 10} {
				f, err := k.next()
				if err != nil || len(f.payload) != size || f.fin != (i == 2) || (f.op == 1) != (i == 0) {
					t.Fatalf("%s: frame %d: %v, %v", name, i, f, err)
				}
				got = append(got, f.payload...)
			}
			if !bytes.Equal(got, body) {
				t.Errorf("%s: not what was sent", name)
			}
		}
	})
}

func TestSendRefusesBadText(t *testing.T) {
	_, conn, _ := ways[0].open(t, socket.Options{Handler: newRecorder(echo)}, socket.DefaultLimits())
	if err := conn.Send(socket.Text, []byte("\xff")); err != socket.ErrNotText {
		t.Errorf("Send: %v", err)
	}
	if _, err := socket.Prepare(socket.Text, []byte("\xff")); err != socket.ErrNotText {
		t.Errorf("Prepare: %v", err)
	}
	if err := conn.Close(socket.Deleted.With(1005, "")); err != socket.ErrCloseFrame {
		t.Errorf("Close with 1005: %v", err)
	}
}

// TestMassClose closes 2,000 clients at once and watches the goroutines.
func TestMassClose(t *testing.T) {
	const n = 2000
	r := newRecorder(echo)
	r.closed = make(chan socket.Close, n)
	p := newPool(t, socket.Options{Handler: r})
	s := serve(t, p, nil, nil, false)
	clients := make([]*client, n)
	for i := range clients {
		clients[i] = dial(t, s.addr, nil)
	}
	before := runtime.NumGoroutine()
	for i, c := range clients {
		if i%2 == 0 {
			c.send(t, closeWith(1001, "")...)
		} else {
			_ = c.Close()
		}
	}
	most := 0
	for range n {
		<-r.closed
		most = max(most, runtime.NumGoroutine())
	}
	if st := p.Stats(); st.Opened != n || st.Closed[socket.ClientClosed] != n/2 || st.Closed[socket.ConnectionLost] != n/2 {
		t.Errorf("%+v", st)
	}
	if most > before+50 {
		t.Errorf("%d goroutines while closing, %d before", most, before)
	}
}

// TestPoolCloseCuts ends a pool with open, paused and stalled connections.
func TestPoolCloseCuts(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		r := newRecorder(echo)
		p, conn, k := w.open(t, socket.Options{Handler: r, Tick: 10 * time.Millisecond}, socket.DefaultLimits())
		k.send(t, text("hi")...)
		if _, err := k.next(); err != nil {
			t.Fatal(err)
		}
		go flood(conn)
		p.Close()
		if got := r.why(t); got.Cause != socket.Shutdown {
			t.Error(got)
		}
		if _, err := p.Adopt(nil, nil, nil, nil); err != socket.ErrPoolClosed {
			t.Errorf("Adopt: %v", err)
		}
	})
}

// TestSlowMessageBlocksNobody holds one message for the whole test and leaves
// another half sent, over a server with a single reader.
func TestSlowMessageBlocksNobody(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		r := newRecorder(func(c *socket.Conn, op socket.Opcode, p []byte) {
			if string(p) == "hold" {
				testkit.Hold(t, nil)
			}
			_ = c.Send(op, p)
		})
		p := newPool(t, socket.Options{Handler: r, Readers: 1, Workers: 1})
		theirs, ours := pair(t)
		if !w.tls {
			theirs, ours = nil, nil
		}
		s := serve(t, p, nil, theirs, w.wrap)
		held, half, other := dial(t, s.addr, ours), dial(t, s.addr, ours), dial(t, s.addr, ours)
		held.send(t, text("hold")...)
		huge := text(strings.Repeat("x", 32000))
		half.send(t, huge[:20000]...)
		for range 10 {
			other.send(t, text("quick")...)
			if f, err := other.next(); err != nil || string(f.payload) != "quick" {
				t.Fatal(f, err)
			}
		}
		half.send(t, huge[20000:]...)
		if f, err := half.message(); err != nil || len(f.payload) != 32000 {
			t.Fatal(f, err)
		}
	})
}

// What was prepared comes back, in however many frames it stands.
func TestAPreparedMessagesPayload(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 1 << 15, 1<<15 + 1, 1 << 17} {
		body := bytes.Repeat([]byte("x"), size)
		if m, err := socket.Prepare(socket.Text, body); err != nil || !bytes.Equal(m.Payload(), body) {
			t.Errorf("%d bytes did not come back: %v", size, err)
		}
	}
}
