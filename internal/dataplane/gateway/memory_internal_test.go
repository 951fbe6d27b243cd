package gateway

// This file is inside the package because what an idle connection holds is not exported.

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// maxIdleBytes is what an idle connection with a session may hold. The process has some
// 160 bytes more of each (`go run ./test/bench -resumable`), most of it in pages of memory
// that are partly used.
const maxIdleBytes = 620

// An idle connection with a session has few bytes: itself, its socket, what outlives the
// socket, and its places in the maps.
func TestAnIdleConnectionWithASessionIsSmall(t *testing.T) {
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
		r := newResumable(nil, sessionKey{})
		binary.BigEndian.PutUint64(r.key[:], uint64(i)*0x9e3779b97f4a7c15) // spread as hashes are
		r.c = &connection{id: fmt.Sprintf("%015d=", i), resume: r}
		r.endConnect()
		kept[i] = idle{r.c, new(socket.Conn), &link{r: r}}
		ids.add(r.c)
		if found.claim(r) != nil {
			t.Fatal("the session is there already")
		}
	}
	each := float64(heapBytes()-before) / connections
	t.Logf("%.0f bytes", each)
	if each > maxIdleBytes {
		t.Errorf("an idle connection with a session holds %.0f bytes, at most %d are wanted", each, maxIdleBytes)
	}
	runtime.KeepAlive(kept)
	runtime.KeepAlive(ids)
	runtime.KeepAlive(&found)
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
	if len(s.found) != 0 {
		t.Errorf("%d entries are left", len(s.found))
	}
}
