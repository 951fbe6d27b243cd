package node

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A burst of handshakes or messages leaves garbage that Go's collector would look at when
// as much again has been allocated, or after two minutes. A node that has become quiet
// collects it and returns the memory to the system, so that many idle connections cost
// only what they hold. After a burst everything above a megabyte is collected; on a quiet
// node garbage is collected when there is much of it. Collections take a hundredth of a
// processor at most: the pause before the next one is a multiple of how long the last one
// took.
const (
	trimEvery        = time.Second
	trimPause        = 5 * time.Second // between two collections, at least
	trimShare        = 100             // pauses are at least so many times as long as the collection before
	trimQuiet        = 2 << 20         // bytes allocated in a second, at most
	trimGarbage      = 8 << 20         // bytes of garbage, at least
	trimBurstGarbage = 1 << 20         // the same after a burst
)

// trim returns memory to the system until ctx ends.
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
				began := time.Now()
				debug.FreeOSMemory()
				t.collected(now, time.Since(began))
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
	burst     bool      // much was allocated since the last collection
	next      time.Time // when the next collection may be
}

// due says whether to collect now: little was allocated since the last look, enough is garbage.
func (t *trimmer) due(now time.Time, m heap) bool {
	quiet := m.allocated-t.allocated <= trimQuiet
	t.allocated = m.allocated
	if !quiet {
		t.burst = true
		return false
	}
	garbage := max(trimGarbage, m.live/8)
	if t.burst {
		garbage = trimBurstGarbage
	}
	return m.objects >= m.live+garbage && !now.Before(t.next)
}

// collected notes a collection that began now.
func (t *trimmer) collected(now time.Time, took time.Duration) {
	t.burst = false
	t.next = now.Add(max(trimPause, trimShare*took))
}
