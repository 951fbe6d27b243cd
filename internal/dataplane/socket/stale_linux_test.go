package socket_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// TestStaleEvents: a loop that gets an event of another loop's connection ignores
// it. Otherwise it would read into the other's buffer, and one client's bytes would
// be taken for another's.
func TestStaleEvents(t *testing.T) {
	p := newPool(t, socket.Options{Handler: newRecorder(echo), Readers: 2})
	s := serve(t, p, nil, nil, false)
	var clients, misled sync.WaitGroup
	var conns []*socket.Conn
	var over atomic.Bool
	for i := range 8 {
		k := dial(t, s.addr, nil)
		conns = append(conns, <-s.conn)
		clients.Go(func() {
			want := strings.Repeat(string(rune('a'+i)), 900)
			for n := range 100 {
				k.send(t, text(want)...)
				if f, err := k.next(); err != nil || string(f.payload) != want {
					t.Errorf("client %d, message %d: %v %v", i, n, f, err)
					return
				}
			}
		})
	}
	for half := range 2 {
		misled.Go(func() {
			for n := half; !over.Load(); n += 2 {
				socket.StaleEvents(conns[n%len(conns)])
			}
		})
	}
	clients.Wait()
	over.Store(true)
	misled.Wait()
}
