package socket_test

import (
	"bufio"
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// bubble runs f with a pool and one connection over net.Pipe, in the fake time of
// synctest, which advances only when all goroutines wait.
func bubble(t *testing.T, l socket.Limits, h func(*socket.Conn, socket.Opcode, []byte), f func(b *inBubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &inBubble{T: t, r: newRecorder(h), live: socket.NewLiveLimits(l), over: make(chan struct{})}
		var err error
		if b.pool, err = socket.NewPool(socket.Options{Handler: b.r}); err != nil {
			t.Fatal(err)
		}
		b.c, b.k = b.adopt()
		b.start = time.Now()
		f(b)
		_ = b.k.Close()
		b.pool.Close()
	})
}

type inBubble struct {
	*testing.T
	pool  *socket.Pool
	r     *recorder
	live  *socket.LiveLimits
	c     *socket.Conn
	k     *client
	start time.Time
	over  chan struct{} // closed by closedAfter
}

func (b *inBubble) adopt() (*socket.Conn, *client) {
	ours, theirs := net.Pipe()
	c, err := b.pool.Adopt(ours, nil, nil, b.live)
	if err != nil {
		b.Fatal(err)
	}
	return c, &client{Conn: theirs, r: bufio.NewReader(theirs)}
}

// closedAfter expects the end of the connection at a time, give or take a tick.
func (b *inBubble) closedAfter(want time.Duration, why socket.Close) {
	b.Helper()
	got := <-b.r.closed
	close(b.over)
	if diff := cmp.Diff(why, got); diff != "" {
		b.Errorf("close (-want +got):\n%s", diff)
	}
	if at := time.Since(b.start); at < want || at > want+time.Second {
		b.Errorf("closed after %v, want %v", at, want)
	}
}

// discard reads until the end, and sends nothing.
func (b *inBubble) discard() {
	go func() {
		for _, err := b.k.next(); err == nil; _, err = b.k.next() {
		}
	}()
}

func (b *inBubble) write(p []byte) {
	b.Helper()
	if _, err := b.k.Write(p); err != nil {
		b.Fatal(err)
	}
}

func TestIdle(t *testing.T) {
	aws := socket.DefaultLimits()
	cases := []struct {
		name string
		each time.Duration // how often do is called, 0 never
		do   func(b *inBubble)
		want time.Duration
		why  socket.Close
	}{
		{"nothing", 0, nil, 10 * time.Minute, socket.IdleTimeout.Close()},
		{"messages", 9 * time.Minute, func(b *inBubble) { b.write(text("x")) }, 2 * time.Hour, socket.LifeExceeded.Close()},
		{"pings", 9 * time.Minute, func(b *inBubble) { b.write(one(9, nil)) }, 2 * time.Hour, socket.LifeExceeded.Close()},
		{"sends", 9 * time.Minute, func(b *inBubble) { _ = b.c.Send(socket.Text, []byte("x")) }, 2 * time.Hour, socket.LifeExceeded.Close()},
		{"parts of a frame", 9 * time.Minute, func(b *inBubble) { b.write(one(9, nil)[:1]); b.write(one(9, nil)[1:]) }, 2 * time.Hour, socket.LifeExceeded.Close()},
		{"pongs", 9 * time.Minute, func(b *inBubble) { b.write(one(10, nil)) }, 10 * time.Minute, socket.IdleTimeout.Close()},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, aws, func(*socket.Conn, socket.Opcode, []byte) {}, func(b *inBubble) {
				go func() { // the client returns the close frame
					f, err := b.k.next()
					for err == nil && f.op != 8 {
						f, err = b.k.next()
					}
					_, _ = b.k.Write(one(8, f.payload))
				}()
				if c.each > 0 {
					go func() {
						for at := c.each; at < c.want; at += c.each {
							select {
							case <-time.After(c.each):
								c.do(b)
							case <-b.over:
								return
							}
						}
					}()
				}
				b.closedAfter(c.want, c.why)
			})
		})
	}
}

func TestIdleWhileMessageInFlight(t *testing.T) {
	l := socket.Limits{Idle: time.Minute}
	bubble(t, l, func(*socket.Conn, socket.Opcode, []byte) { time.Sleep(3 * time.Minute) }, func(b *inBubble) {
		b.discard()
		b.write(text("slow"))
		b.closedAfter(3*time.Minute+5*time.Second, socket.IdleTimeout.Close()) // and CloseWait: nobody responds
	})
}

func TestLimitsChangeWhileOpen(t *testing.T) {
	bubble(t, socket.DefaultLimits(), echo, func(b *inBubble) {
		b.discard()
		time.Sleep(time.Minute)
		b.live.Store(socket.Limits{Idle: 2 * time.Minute, CloseWait: time.Second})
		b.closedAfter(2*time.Minute+time.Second, socket.IdleTimeout.Close())
	})
}

func TestCloseWait(t *testing.T) {
	bubble(t, socket.DefaultLimits(), echo, func(b *inBubble) {
		b.discard()
		if err := b.c.Close(socket.Deleted.Close()); err != nil {
			t.Error(err)
		}
		if err := b.c.Close(socket.Deleted.Close()); err != socket.ErrClosed {
			t.Errorf("second Close: %v", err)
		}
		if err := b.c.Send(socket.Text, nil); err != socket.ErrClosed {
			t.Errorf("Send after Close: %v", err)
		}
		b.closedAfter(5*time.Second, socket.Deleted.Close())
	})
}

func TestServerPings(t *testing.T) {
	l := socket.Limits{PingEvery: time.Minute, PongWithin: 10 * time.Second, Idle: time.Hour}
	bubble(t, l, echo, func(b *inBubble) {
		for range 3 { // answered
			if f, err := b.k.next(); err != nil || f.op != 9 {
				t.Fatal(f, err)
			}
			b.write(one(10, nil))
		}
		if f, err := b.k.next(); err != nil || f.op != 9 {
			t.Fatal(f, err)
		}
		b.closedAfter(4*time.Minute+10*time.Second, socket.PongMissing.Close())
	})
}

func TestWriteStall(t *testing.T) {
	l := socket.Limits{WriteStall: 30 * time.Second, QueueSize: 1000}
	bubble(t, l, echo, func(b *inBubble) { // the client never reads
		if err := b.c.Send(socket.Text, make([]byte, 500)); err != nil {
			t.Error(err)
		}
		synctest.Wait() // a goroutine hangs in Write with it
		if err := b.c.Send(socket.Text, make([]byte, 5000)); err != nil {
			t.Errorf("an empty queue takes any message: %v", err)
		}
		if err := b.c.Send(socket.Text, []byte("x")); err != socket.ErrSlowReader {
			t.Errorf("full queue: %v", err)
		}
		want := socket.SlowReader.Close()
		want.Undelivered = 2
		b.closedAfter(30*time.Second, want)
		if s := b.pool.Stats(); s.Refused != 1 || s.Undelivered != 2 || s.Closed[socket.SlowReader] != 1 || s.Open != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestDrain(t *testing.T) {
	var release chan struct{}
	bubble(t, socket.DefaultLimits(), func(c *socket.Conn, _ socket.Opcode, _ []byte) {
		<-release
		_ = c.Send(socket.Text, []byte("answer"))
	}, func(b *inBubble) {
		release = make(chan struct{})
		busy, idle := b.k, make([]*client, 9)
		for i := range idle {
			_, idle[i] = b.adopt()
			go respondToClose(idle[i])
		}
		b.write(text("slow"))
		synctest.Wait()
		drained := make(chan error)
		go func() { drained <- b.pool.Drain(b.Context(), 10*time.Second) }()
		for range idle {
			if why := <-b.r.closed; why != socket.Shutdown.Close() {
				t.Error(why)
			}
		}
		if at := time.Since(b.start); at < 8*time.Second || at > 10*time.Second {
			t.Errorf("nine idle connections closed within %v", at)
		}
		ours, _ := net.Pipe()
		if _, err := b.pool.Adopt(ours, nil, nil, nil); err != socket.ErrPoolClosed {
			t.Errorf("Adopt while draining: %v", err)
		}
		_ = ours.Close()
		close(release)
		if f, err := busy.next(); err != nil || string(f.payload) != "answer" {
			t.Errorf("the message in flight: %v, %v", f, err)
		}
		respondToClose(busy)
		if err := <-drained; err != nil {
			t.Error(err)
		}
	})
}

func respondToClose(k *client) {
	f, err := k.next()
	if err == nil && f.op == 8 {
		_, _ = k.Write(one(8, f.payload))
	}
}

func TestDrainGivesUp(t *testing.T) {
	bubble(t, socket.DefaultLimits(), func(c *socket.Conn, _ socket.Opcode, _ []byte) { time.Sleep(time.Hour) }, func(b *inBubble) {
		b.discard()
		b.write(text("slow"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
		defer cancel()
		if err := b.pool.Drain(ctx, 0); err != context.DeadlineExceeded {
			t.Errorf("Drain: %v", err)
		}
	})
}

func TestTimes(t *testing.T) {
	bubble(t, socket.Limits{}, echo, func(b *inBubble) {
		b.discard()
		time.Sleep(time.Hour)
		b.write(text("x"))
		synctest.Wait()
		if at := b.c.ConnectedAt(); !at.Equal(b.start) {
			t.Errorf("ConnectedAt %v, want %v", at, b.start)
		}
		if at := b.c.LastActiveAt(); !at.Equal(b.start.Add(time.Hour)) {
			t.Errorf("LastActiveAt %v", at)
		}
		time.Sleep(100 * time.Hour)
		if !b.c.Open() {
			t.Error("closed although nothing limits it")
		}
	})
}
