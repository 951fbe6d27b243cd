package memory

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/pasarela-ws/pasarela"
)

// Journal is a [pasarela.Journal] in memory. It may be used by several goroutines.
type Journal struct {
	mu      sync.Mutex
	batches [][]byte
	fail    error
	taken   bool
	last    bool // see TakeAfterNext
	removed bool
}

// Fail makes every write return err, until it is called with nil.
func (j *Journal) Fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fail = err
}

// Take makes every later write return [pasarela.ErrConflict], as after a takeover.
func (j *Journal) Take() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.taken = true
}

// errUnanswered is the error of a write that was made.
var errUnanswered = errors.New("no answer came in time")

// TakeAfterNext has the next batch be appended and return an error, as if its answer was
// lost, and the journal be taken over then.
func (j *Journal) TakeAfterNext() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last = true
}

// Removed says whether the journal was removed.
func (j *Journal) Removed() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.removed
}

// Batches is how many there are.
func (j *Journal) Batches() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.batches)
}

func (j *Journal) refusal() error {
	if j.taken {
		return pasarela.ErrConflict
	}
	return j.fail
}

// Append implements [pasarela.Journal].
func (j *Journal) Append(_ context.Context, batch []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.refusal(); err != nil {
		return err
	}
	j.batches = append(j.batches, slices.Clone(batch))
	if j.last {
		j.taken = true
		return errUnanswered
	}
	return nil
}

// Rewrite implements [pasarela.Journal].
func (j *Journal) Rewrite(_ context.Context, batches iter.Seq[[]byte]) error {
	var all [][]byte
	for batch := range batches {
		all = append(all, slices.Clone(batch))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.refusal(); err != nil {
		return err
	}
	j.batches = all
	return nil
}

// Read implements [pasarela.Journal].
func (j *Journal) Read(_ context.Context, each func([]byte)) error {
	j.mu.Lock()
	batches := slices.Clone(j.batches)
	j.mu.Unlock()
	for _, batch := range batches {
		each(batch)
	}
	return nil
}

// Remove implements [pasarela.Journal].
func (j *Journal) Remove(context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.batches, j.removed = nil, true
	return nil
}

// Close implements [pasarela.Journal].
func (*Journal) Close() error { return nil }
