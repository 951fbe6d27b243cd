package socket_test

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// ringOrNot runs f with io_uring, where there is one, and without.
func ringOrNot(t *testing.T, f func(t *testing.T, off bool)) {
	for _, off := range []bool{false, true} {
		t.Run(fmt.Sprintf("NoIOUring=%v", off), func(t *testing.T) {
			p := newPool(t, socket.Options{Handler: newRecorder(echo), NoIOUring: off})
			if why := p.IOUring(); !off && why != nil {
				t.Skipf("this system has no io_uring for us: %v", why)
			} else if off && why == nil || p.Stats().IOUring == off {
				t.Error("io_uring is used where it is switched off")
			}
			f(t, off)
		})
	}
}

// prepared is a text message for many.
func prepared(t testing.TB, body []byte) *socket.Prepared {
	t.Helper()
	m, err := socket.Prepare(socket.Text, body)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMessagesForManyKeepTheirOrder sends numbered messages to clients of every transport, from
// three goroutines at once, which send to all together, and from one more which sends to each.
// Each client gets all, and those of one sender in order.
func TestMessagesForManyKeepTheirOrder(t *testing.T) {
	const senders, messages, ofEach = 3, 40, 50
	ringOrNot(t, func(t *testing.T, off bool) {
		p := newPool(t, socket.Options{Handler: newRecorder(echo), NoIOUring: off})
		theirs, ours := pair(t)
		plain, secured, wrapped := serve(t, p, nil, nil, false), serve(t, p, nil, theirs, false), serve(t, p, nil, nil, true)
		var conns []*socket.Conn
		var clients []*client
		for i := range ofEach {
			clients, conns = append(clients, dial(t, plain.addr, nil)), append(conns, <-plain.conn)
			if i%10 == 0 {
				clients, conns = append(clients, dial(t, secured.addr, ours), dial(t, wrapped.addr, nil)), append(conns, <-secured.conn, <-wrapped.conn)
			}
		}
		var sending sync.WaitGroup
		for sender := range senders {
			sending.Go(func() {
				errs := make([]error, len(conns))
				for i := range messages {
					p.SendTogether(prepared(t, fmt.Append(nil, sender, " ", i)), conns, errs)
					for _, err := range errs {
						if err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		sending.Go(func() {
			for i := range messages {
				for _, c := range conns {
					if err := c.Send(socket.Text, fmt.Append(nil, senders, " ", i)); err != nil {
						t.Error(err)
					}
				}
			}
		})
		for at, k := range clients {
			var next [senders + 1]int
			for range (senders + 1) * messages {
				f, err := k.next()
				var sender, number int
				if err == nil {
					_, err = fmt.Sscan(string(f.payload), &sender, &number)
				}
				if err != nil || number != next[sender] {
					t.Fatalf("client %d: %q of %v, want number %d; %v", at, f.payload, f, next[sender], err)
				}
				next[sender]++
			}
		}
		sending.Wait()
		if got, want := p.Stats().MessagesOut, int64(len(conns)*(senders+1)*messages); got != want {
			t.Errorf("%d messages are counted of %d", got, want)
		}
	})
}

// TestSlowReadersGetAll sends to clients that do not read, until each is refused, and then
// has them read: what was accepted comes whole and in order.
func TestSlowReadersGetAll(t *testing.T) {
	ringOrNot(t, func(t *testing.T, off bool) {
		p := newPool(t, socket.Options{Handler: newRecorder(echo), NoIOUring: off})
		s := serve(t, p, socket.NewLiveLimits(socket.Limits{QueueSize: 100 << 10}), nil, false)
		var conns []*socket.Conn
		var clients []*client
		for range 3 {
			clients, conns = append(clients, dial(t, s.addr, nil)), append(conns, <-s.conn)
		}
		body := func(i int) []byte { return bytes.Repeat(fmt.Appendf(nil, "%07d ", i), 3000) } // 24,000 bytes, one frame
		accepted, errs := make([][]int, len(conns)), make([]error, len(conns))
		for i, refusals := 0, 0; refusals < 20; i++ { // the kernel may take more for a moment
			p.SendTogether(prepared(t, body(i)), conns, errs)
			refused := 0
			for k, err := range errs {
				switch err {
				case nil:
					accepted[k] = append(accepted[k], i)
				case socket.ErrSlowReader:
					refused++
				default:
					t.Fatal(err)
				}
			}
			if refused == len(conns) {
				refusals++
				<-time.After(time.Millisecond)
			}
		}
		for k, client := range clients {
			for _, i := range accepted[k] {
				if f, err := client.next(); err != nil || !bytes.Equal(f.payload, body(i)) {
					t.Fatalf("client %d: message %d is not what was sent: %v, %v", k, i, f, err)
				}
			}
		}
		p.SendTogether(prepared(t, []byte("again")), conns, errs)
		for k, client := range clients {
			if f, err := client.next(); err != nil || errs[k] != nil || string(f.payload) != "again" {
				t.Errorf("client %d afterwards: %v, %v, %v", k, f, err, errs[k])
			}
		}
	})
}

// TestMessagesForManyReachNobodyElse sends to connections while they end and others come,
// which get their descriptors' numbers and must hear nothing of it.
func TestMessagesForManyReachNobodyElse(t *testing.T) {
	ringOrNot(t, func(t *testing.T, off bool) {
		p := newPool(t, socket.Options{Handler: newRecorder(echo), NoIOUring: off})
		s := serve(t, p, nil, nil, false)
		m := prepared(t, bytes.Repeat([]byte("not for you "), 1000)) // large, so that a send takes a while
		for range 2 {
			var conns []*socket.Conn
			var leaving []*client
			for range 2 * socket.Together {
				leaving, conns = append(leaving, dial(t, s.addr, nil)), append(conns, <-s.conn)
			}
			over := make(chan struct{})
			var sending, reading sync.WaitGroup
			for _, k := range leaving { // else they would soon have a queue
				reading.Go(func() { _, _ = io.Copy(io.Discard, k.r) })
			}
			sending.Go(func() {
				for errs := make([]error, len(conns)); ; {
					select {
					case <-over:
						return
					default:
						p.SendTogether(m, conns, errs)
					}
				}
			})
			var coming []*client
			for i, k := range leaving {
				if i%2 == 0 {
					_ = k.Close()
				} else if err := conns[i].Close(socket.SlowReader.Close()); err != nil {
					t.Error(err)
				}
				coming = append(coming, dial(t, s.addr, nil))
				<-s.conn
			}
			close(over)
			sending.Wait()
			reading.Wait()
			for _, k := range coming {
				k.send(t, text("mine")...)
				if f, err := k.next(); err != nil || string(f.payload) != "mine" {
					t.Fatalf("a client that came meanwhile got %v, %v", f, err)
				}
				_ = k.Close()
			}
		}
	})
}

// A connection that is closing, or named twice, is as it is with SendPrepared.
func TestWhoCannotBeSentToTogether(t *testing.T) {
	ringOrNot(t, func(t *testing.T, off bool) {
		r := newRecorder(echo)
		p := newPool(t, socket.Options{Handler: r, NoIOUring: off})
		s := serve(t, p, nil, nil, false)
		k, twice := dial(t, s.addr, nil), <-s.conn
		dial(t, s.addr, nil)
		ended := <-s.conn
		_ = ended.Close(socket.SlowReader.Close())
		r.why(t)
		errs := make([]error, 3)
		p.SendTogether(prepared(t, []byte("x")), []*socket.Conn{twice, ended, twice}, errs)
		if errs[0] != nil || errs[1] != socket.ErrClosed || errs[2] != nil {
			t.Error(errs)
		}
		for range 2 {
			if f, err := k.next(); err != nil || string(f.payload) != "x" {
				t.Error(f, err)
			}
		}
	})
}
