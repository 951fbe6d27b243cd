package node

import (
	"testing"
	"time"
)

// A node collects garbage when it has become quiet: after a burst a little, otherwise much, and never soon
// after a collection that took long.
func TestGarbageIsCollectedWhenANodeIsQuiet(t *testing.T) {
	began := time.Now()
	var trimmer trimmer
	const mib = 1 << 20
	for i, step := range []struct {
		after time.Duration
		heap
		took time.Duration // of the collection; 0: none is due
	}{
		{0, heap{100 * mib, 60 * mib, 30 * mib}, 0},                               // 100 MiB were allocated since the look before
		{time.Second, heap{101 * mib, 61 * mib, 30 * mib}, time.Millisecond},      // quiet, half is garbage
		{5 * time.Second, heap{102 * mib, 62 * mib, 30 * mib}, 0},                 // too soon
		{40 * time.Second, heap{103 * mib, 31 * mib, 30 * mib}, 0},                // little garbage, and no burst before it
		{41 * time.Second, heap{104 * mib, 38 * mib, 30 * mib}, time.Millisecond}, // much
		{80 * time.Second, heap{200 * mib, 60 * mib, 30 * mib}, 0},                // busy
		{81 * time.Second, heap{201 * mib, 1002 * mib, 1000 * mib}, time.Second},  // a little of a large heap, left by a burst
		{82 * time.Second, heap{300 * mib, 1100 * mib, 1000 * mib}, 0},            // busy
		{180 * time.Second, heap{301 * mib, 1100 * mib, 1000 * mib}, 0},           // a collection took a second
		{182 * time.Second, heap{302 * mib, 1100 * mib, 1000 * mib}, time.Second}, // the burst is not forgotten
		{400 * time.Second, heap{303 * mib, 1010 * mib, 1000 * mib}, 0},           // 1 % of a large heap, and no burst
	} {
		now := began.Add(step.after)
		got := trimmer.due(now, step.heap)
		if got != (step.took > 0) {
			t.Errorf("step %d: %t", i, got)
		}
		if got {
			trimmer.collected(now, step.took)
		}
	}
	if m := heapNow(); m.allocated == 0 || m.objects == 0 {
		t.Errorf("the runtime says %+v", m)
	}
}
