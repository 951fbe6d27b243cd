package socket_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// stages is a pool with one server for each stage.
func stages(t *testing.T, w way, o socket.Options, n int) (dialAt func(stage int) *client) {
	t.Helper()
	p := newPool(t, o)
	servers := make([]*server, n)
	theirs, cfg := pair(t)
	if !w.tls {
		theirs, cfg = nil, nil
	}
	for i := range servers {
		servers[i] = serve(t, p, socket.NewLiveLimits(socket.Limits{InFlight: 32}), theirs, w.wrap)
	}
	return func(stage int) *client { return dial(t, servers[stage].addr, cfg) }
}

// A stage whose messages hang leaves part of the pool to the others, and its own
// queue continues when they are done.
func TestAStageThatHangsLeavesOthersRunning(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		hold := make(chan struct{})
		var hanging, done atomic.Int64
		r := newRecorder(func(c *socket.Conn, op socket.Opcode, p []byte) {
			if string(p) == "hang" {
				hanging.Add(1)
				testkit.Hold(t, hold)
				done.Add(1)
				return
			}
			_ = c.Send(op, p)
		})
		dialAt := stages(t, w, socket.Options{Handler: r, InFlight: 40}, 3)
		const conns, messages = 4, 12
		for stage, want := range []int64{20, 30} { // half, and half of the rest
			for range conns {
				k := dialAt(stage)
				for range messages {
					k.send(t, text("hang")...)
				}
			}
			testkit.Eventually(t, "messages to hang", func() bool { return hanging.Load() >= want })
		}
		k := dialAt(2)
		for i := range 20 {
			k.send(t, text(fmt.Sprint(i))...)
			if f, err := k.next(); err != nil || string(f.payload) != fmt.Sprint(i) {
				t.Fatal(f, err)
			}
		}
		if n := hanging.Load(); n > 30+2*conns { // one more for each that is read when a half is reached
			t.Errorf("%d messages hang", n)
		}
		close(hold)
		testkit.Eventually(t, "all messages to be done", func() bool { return done.Load() == 2*conns*messages })
	})
}

// A connection that is admitted and has no message to run has the next one admitted.
func TestAnAdmissionWithoutAMessageIsPassedOn(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		hold, began := make(chan struct{}), make(chan struct{}, 10)
		r := newRecorder(func(c *socket.Conn, op socket.Opcode, p []byte) {
			if string(p) == "hold" {
				began <- struct{}{}
				testkit.Hold(t, hold)
				return
			}
			_ = c.Send(op, p)
		})
		dialAt := stages(t, w, socket.Options{Handler: r, InFlight: 1}, 1)
		dialAt(0).send(t, text("hold")...)
		<-began
		var last *client
		for range 5 {
			dialAt(0).send(t, one(9, []byte("ping"))...)
			last = dialAt(0)
			last.send(t, text("next")...)
		}
		close(hold)
		if f, err := last.next(); err != nil || string(f.payload) != "next" {
			t.Error(f, err)
		}
	})
}

// Drain gives a slow reader all that was accepted for it, then closes with 1012.
func TestDrainDeliversWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		r := newRecorder(echo)
		p, conn, k := w.open(t, socket.Options{Handler: r, Tick: 10 * time.Millisecond}, socket.DefaultLimits())
		ours, idle := net.Pipe() // its end tells that the draining has begun
		if _, err := p.Adopt(ours, nil, nil, nil); err != nil {
			t.Fatal(err)
		}
		go respondToClose(&client{Conn: idle, r: bufio.NewReader(idle)})
		accepted := fill(conn)
		drained := make(chan error, 1)
		go func() { drained <- p.Drain(t.Context(), 0) }()
		if why := <-r.closed; why != socket.Shutdown.Close() {
			t.Errorf("the idle one: %+v", why)
		}
		got := 0
		for {
			f, err := k.next()
			if err != nil {
				t.Fatal(err)
			}
			if f.op == 8 {
				k.send(t, one(8, f.payload)...)
				break
			}
			if f.fin {
				got++
			}
		}
		if err := <-drained; err != nil {
			t.Error(err)
		}
		if why := r.why(t); why != socket.Shutdown.Close() || got != accepted {
			t.Errorf("%d of %d messages, %+v", got, accepted, why)
		}
	})
}

// Evict does not wait for messages in flight or for slow readers, and messages
// that were not sent are counted.
func TestEvictCountsWhatWasNotTaken(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		r := newRecorder(func(*socket.Conn, socket.Opcode, []byte) { testkit.Hold(t, nil) })
		p, conn, k := w.open(t, socket.Options{Handler: r, Tick: 10 * time.Millisecond}, socket.Limits{CloseWait: 50 * time.Millisecond})
		k.send(t, text("x")...)
		testkit.Eventually(t, "the message", func() bool { return p.Stats().InFlight == 1 })
		accepted := fill(conn)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := p.Drain(ctx, 0); err != context.DeadlineExceeded {
			t.Errorf("Drain: %v", err)
		}
		if err := p.Evict(t.Context()); err != nil {
			t.Error(err)
		}
		why := r.why(t)
		if why.Cause != socket.Shutdown || why.Undelivered == 0 || why.Undelivered > accepted || p.Stats().Undelivered != int64(why.Undelivered) {
			t.Errorf("%+v of %d", why, accepted)
		}
	})
}

// fill sends until the client's queue is full, and returns how many were accepted.
func fill(c *socket.Conn) (accepted int) {
	big := make([]byte, 40<<10)
	for i := range big {
		big[i] = 'x'
	}
	for refused := 0; refused < 50; { // the kernel may take more for a moment
		switch c.Send(socket.Text, big) {
		case nil:
			accepted, refused = accepted+1, 0
		default:
			refused++
			<-time.After(time.Millisecond)
		}
	}
	return accepted
}
