package gateway

// This file is inside the package because what an idle connection holds is not exported.

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// What an idle connection may hold, in bytes, with a session and without. The process has
// some 160 bytes more of one with a session (`go run ./test/bench -resumable`), most of it in
// pages of memory that are partly used.
const (
	maxIdleWithSession = 620
	maxIdle            = 375
)

// An idle connection has few bytes: itself, its socket, its place in the table of
// connections; and with a session what outlives the socket, and its place among sessions.
func TestAnIdleConnectionIsSmall(t *testing.T) {
	for name, c := range map[string]struct {
		session bool
		most    float64
	}{"with a session": {true, maxIdleWithSession}, "without": {false, maxIdle}} {
		t.Run(name, func(t *testing.T) {
			const connections = 18_000
			type idle struct {
				conn   *connection
				socket *socket.Conn
				link   *link
			}
			kept := make([]idle, connections)
			ids := newTable()
			var found sessions
			before := heapBytes()
			for i := range kept {
				kept[i] = idle{conn: &connection{id: fmt.Sprintf("%015d=", i)}, socket: new(socket.Conn)}
				ids.add(kept[i].conn)
				if !c.session {
					continue
				}
				r := newResumable(nil, sessionKey{})
				binary.BigEndian.PutUint64(r.key[:], uint64(i)*0x9e3779b97f4a7c15) // spread as hashes are
				r.c, kept[i].conn.resume, kept[i].link = kept[i].conn, r, &link{r: r}
				r.endConnect()
				if found.claim(r) != nil {
					t.Fatal("the session is there already")
				}
			}
			each := float64(heapBytes()-before) / connections
			t.Logf("%.0f bytes", each)
			if each > c.most {
				t.Errorf("an idle connection holds %.0f bytes, at most %.0f are wanted", each, c.most)
			}
			runtime.KeepAlive(kept)
			runtime.KeepAlive(ids)
			runtime.KeepAlive(&found)
		})
	}
}

// heapBytes is what the heap holds after a collection.
func heapBytes() uint64 {
	runtime.GC()
	runtime.GC() // what has a finalizer or a cleanup is freed by the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Sessions whose keys begin with the same bytes are told apart.
func TestSessionsWhoseKeysBeginAlike(t *testing.T) {
	key := func(last byte) (k sessionKey) {
		k[len(k)-1] = last
		return k
	}
	var s sessions
	made := map[byte]*resumable{}
	expect := func(there ...byte) {
		t.Helper()
		want := map[byte]bool{}
		for _, last := range there {
			want[last] = true
		}
		for last, r := range made {
			if got := s.get(key(last)); want[last] && got != r || !want[last] && got != nil {
				t.Errorf("session %d: %p, want it there: %t", last, got, want[last])
			}
		}
	}
	for last := range byte(4) {
		made[last] = newResumable(nil, key(last))
		if other := s.claim(made[last]); other != nil {
			t.Fatalf("session %d is another's", last)
		}
	}
	expect(0, 1, 2, 3)
	if other := s.claim(newResumable(nil, key(1))); other != made[1] {
		t.Errorf("a session was claimed twice")
	}
	s.remove(newResumable(nil, key(1))) // of another with its key
	expect(0, 1, 2, 3)
	s.remove(made[1]) // in the middle
	expect(0, 2, 3)
	instead := newResumable(nil, key(2))
	s.replace(made[2], instead)
	made[2] = instead
	expect(0, 2, 3)
	s.replace(made[1], newResumable(nil, key(1))) // that is not there
	expect(0, 2, 3)
	s.remove(made[3])
	s.remove(made[0])
	expect(2)
	s.remove(made[2])
	expect()
	if len(s.byKey) != 0 {
		t.Errorf("%d entries are left", len(s.byKey))
	}
}
