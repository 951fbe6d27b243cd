package socket_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// TestChurn lets clients connect, send, stop reading, violate the protocol and
// leave in every way at once, while the server pushes, pauses and closes. In the
// end every connection that was opened has been closed once, and nothing is left.
func TestChurn(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		var closes atomic.Int64
		r := &counting{closes: &closes}
		p := newPool(t, socket.Options{Handler: r, Tick: 5 * time.Millisecond, InFlight: 20})
		live := socket.NewLiveLimits(socket.Limits{
			FrameSize: 1 << 15, InFlight: 3, QueueSize: 1 << 16, WriteStall: 50 * time.Millisecond,
			CloseWait: 50 * time.Millisecond, PingEvery: 20 * time.Millisecond, PongWithin: 100 * time.Millisecond, Life: time.Second,
		})
		theirs, ours := pair(t)
		if !w.tls {
			theirs, ours = nil, nil
		}
		s := serve(t, p, live, theirs, w.wrap)
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				rnd := rand.New(rand.NewPCG(uint64(worker), 7))
				for range 15 {
					k := dial(t, s.addr, ours)
					for range rnd.IntN(30) {
						k.chopped(misdeeds[rnd.IntN(len(misdeeds))], rnd.IntN(2))
						if rnd.IntN(4) == 0 {
							_ = k.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
							_, _ = k.next()
						}
					}
					_ = k.Close()
				}
			})
		}
		wg.Wait()
		p.Close()
		st := p.Stats()
		var ended int64
		for _, n := range st.Closed {
			ended += n
		}
		// A TLS client that resets at once may be gone before the server's side of
		// the handshake is over: it was never adopted.
		if st.Opened < 100 || st.Opened > 120 || ended != st.Opened || closes.Load() != st.Opened || st.Open != 0 || st.InFlight != 0 {
			t.Errorf("%d OnClose, %+v", closes.Load(), st)
		}
	})
}

// misdeeds are the actions of TestChurn's clients; some end the connection.
var misdeeds = [][]byte{
	text("one"), text("two"), text("flood"), text("flood"), text("close"), part(1, "half "), masked(0x80, []byte("whole")),
	one(9, []byte("ping")), one(10, nil), text("x")[:3], text(string(make([]byte, 20000))), text(string(make([]byte, 40000))), closeWith(1000, ""), one(2, nil),
}

// counting echoes, floods or closes as the message says.
type counting struct{ closes *atomic.Int64 }

func (h *counting) OnMessage(c *socket.Conn, op socket.Opcode, p []byte) {
	switch string(p) {
	case "flood":
		for range 50 {
			_ = c.Send(socket.Text, make([]byte, 8000))
		}
	case "close":
		_ = c.Close(socket.Deleted.Close())
	default:
		_ = c.Send(op, p)
	}
}

func (h *counting) OnClose(*socket.Conn, socket.Close) { h.closes.Add(1) }
