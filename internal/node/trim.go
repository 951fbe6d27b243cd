package node

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A burst of handshakes or messages leaves garbage that Go's collector would look at when
// as much again has been allocated, or after two minutes. A node that has become quiet collects it
// and gives it back to the system, so that many idle connections cost what they hold.
const (
	trimEvery   = time.Second
	trimPause   = 5 * time.Second // between two collections, at least
	trimQuiet   = 2 << 20         // bytes allocated in a second, at most
	trimGarbage = 8 << 20         // bytes of garbage, at least
)

// trim gives memory back until ctx ends.
func trim(ctx context.Context) error {
	look := time.NewTicker(trimEvery)
	defer look.Stop()
	var t trimmer
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case now := <-look.C:
			if t.due(now, heapNow()) {
				debug.FreeOSMemory()
			}
		}
	}
}

// heap is what the runtime says of the heap, in bytes.
type heap struct {
	allocated uint64 // since the start
	objects   uint64 // live ones and garbage
	live      uint64 // after the last collection
}

func heapNow() heap {
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	return heap{samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64()}
}

// trimmer decides when to collect.
type trimmer struct {
	allocated uint64
	last      time.Time
}

// due says whether to collect now: little was allocated since the last look, much is garbage.
func (t *trimmer) due(now time.Time, m heap) bool {
	quiet := m.allocated-t.allocated <= trimQuiet
	t.allocated = m.allocated
	if !quiet || m.objects < m.live+max(trimGarbage, m.live/8) || now.Sub(t.last) < trimPause {
		return false
	}
	t.last = now
	return true
}
