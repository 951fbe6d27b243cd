package node

import (
	"testing"
	"time"
)

// A node collects garbage when it has become quiet and there is much of it, and not again soon.
func TestGarbageIsCollectedWhenANodeIsQuiet(t *testing.T) {
	began := time.Now()
	var trimmer trimmer
	const mib = 1 << 20
	for i, step := range []struct {
		after time.Duration
		heap
		want bool
	}{
		{0, heap{100 * mib, 60 * mib, 30 * mib}, false},                // 100 MiB were allocated since the look before
		{time.Second, heap{101 * mib, 61 * mib, 30 * mib}, true},       // quiet, half is garbage
		{5 * time.Second, heap{102 * mib, 62 * mib, 30 * mib}, false},  // too soon
		{40 * time.Second, heap{103 * mib, 31 * mib, 30 * mib}, false}, // little garbage
		{41 * time.Second, heap{104 * mib, 38 * mib, 30 * mib}, true},
		{80 * time.Second, heap{200 * mib, 60 * mib, 30 * mib}, false},     // busy
		{81 * time.Second, heap{201 * mib, 1010 * mib, 1000 * mib}, false}, // 1 % of a large heap
	} {
		if got := trimmer.due(began.Add(step.after), step.heap); got != step.want {
			t.Errorf("step %d: %t", i, got)
		}
	}
	if m := heapNow(); m.allocated == 0 || m.objects == 0 {
		t.Errorf("the runtime says %+v", m)
	}
}
