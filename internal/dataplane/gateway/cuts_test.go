package gateway_test

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
)

// breaker dials connections that the test breaks: by a reset, or silently, after which
// written bytes are dropped and none arrive.
type breaker struct {
	mu    sync.Mutex
	conns []*brokenConn
}

type brokenConn struct {
	net.Conn
	silent atomic.Bool
}

func (b *breaker) client() *http.Client {
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		nc, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c := &brokenConn{Conn: nc}
		b.mu.Lock()
		b.conns = append(b.conns, c)
		b.mu.Unlock()
		return c, nil
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial}}
}

// cut breaks the newest connection.
func (b *breaker) cut(silently bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.conns) == 0 {
		return
	}
	c := b.conns[len(b.conns)-1]
	if silently {
		c.silent.Store(true)
		_ = c.Conn.SetReadDeadline(time.Now()) // its user gives up
	} else {
		_ = c.Conn.(*net.TCPConn).SetLinger(0) // a reset
		_ = c.Conn.Close()
	}
}

// close closes the connections that were broken silently.
func (b *breaker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conns {
		_ = c.Conn.Close()
	}
}

func (c *brokenConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.silent.Load() {
		return 0, os.ErrDeadlineExceeded
	}
	return n, err
}

func (c *brokenConn) Write(p []byte) (int, error) {
	if c.silent.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *brokenConn) Close() error {
	if c.silent.Load() {
		return nil // the other side is not informed
	}
	return c.Conn.Close()
}

// Whenever a connection breaks, its client gets every message, in order, and none
// again that it has confirmed.
func TestCutsLoseNothing(t *testing.T) {
	const messages, cuts = 2000, 60
	sys := start(t, threeRoutes(), resumable(60, "mailboxMessages", "100"))
	b := &breaker{}
	t.Cleanup(b.close)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan int, 1)
	connected := make(chan struct{}, 1)
	go func() { // a client that connects again
		seen := 0
		for seen < messages && ctx.Err() == nil {
			conn, _, err := websocket.Dial(ctx, sys.url(session), &websocket.DialOptions{HTTPClient: b.client()}) // it is the connection's
			if err != nil {
				continue
			}
			select {
			case connected <- struct{}{}:
			default:
			}
			for last := 0; seen < messages; {
				_, text, err := conn.Read(ctx)
				if err != nil {
					break
				}
				n, _ := strconv.Atoi(string(text))
				if n > seen+1 || last != 0 && n != last+1 {
					t.Errorf("message %d came after %d, and on this socket after %d", n, seen, last)
				}
				last, seen = n, max(seen, n)
			}
			_ = conn.CloseNow()
		}
		done <- seen
	}()
	<-connected
	id := sys.only()
	random := rand.New(rand.NewPCG(1, 2))
	every := messages / cuts
	for n := 1; n <= messages; n++ {
		for {
			err := post(ctx, sys.gateway, apiID, id, []byte(strconv.Itoa(n)))
			if err == nil {
				break
			}
			if pasarela.CodeOf(err) != pasarela.CodeLimitExceeded || ctx.Err() != nil {
				t.Fatalf("message %d: %v", n, err)
			}
			<-time.After(time.Millisecond) // the mailbox is full until the client is back
		}
		if random.IntN(every) == 0 {
			b.cut(random.IntN(3) == 0)
		}
	}
	for seen := -1; seen < messages; {
		select {
		case seen = <-done:
		case <-ctx.Done():
			t.Fatal("the client misses messages")
		case <-time.After(20 * time.Millisecond):
			continue
		}
	}
	stats := sys.gateway.Stats()
	t.Logf("%d sockets, %d messages sent again", stats.Resumed+1, stats.Outcomes[gateway.Redelivered])
	if stats.Resumed < cuts/6 || stats.Outcomes[gateway.Lost] != 0 {
		t.Errorf("%d sockets, %d messages lost", stats.Resumed+1, stats.Outcomes[gateway.Lost])
	}
}
