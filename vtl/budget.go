package vtl

import "sync/atomic"

// Budget bounds the memory of many renderings together. A rendering takes from
// it only what it needs beyond its own 256 KiB, a MiB at a time, and gives it
// back when it ends; most need none of it. It is safe for concurrent use.
type Budget struct{ left atomic.Int64 }

// NewBudget makes a budget of that many bytes.
func NewBudget(bytes int64) *Budget {
	b := &Budget{}
	b.left.Store(bytes)
	return b
}

// Left is how many bytes are free.
func (b *Budget) Left() int64 { return b.left.Load() }

const (
	ownMemory     = 256 << 10
	memoryAtATime = 1 << 20
)

func (b *Budget) take(bytes int) bool {
	if b.left.Add(-int64(bytes)) >= 0 {
		return true
	}
	b.give(bytes)
	return false
}

func (b *Budget) give(bytes int) { b.left.Add(int64(bytes)) }
