package journal

import (
	"context"
	"errors"
	"iter"
	"maps"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// run writes batches until the writer ends or another run has taken the journal over.
func (w *Writer) run() {
	for {
		select {
		case <-w.ending.Done():
			return
		case <-w.wake:
		}
		if !w.sleep(batchEvery) || !w.writeAll() {
			return
		}
	}
}

// sleep waits for work; false when the writer ends.
func (w *Writer) sleep(d time.Duration) bool {
	select {
	case <-w.ending.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// writeAll writes until nothing waits; false when the writer ends.
func (w *Writer) writeAll() bool {
	pause := firstPause
	for {
		done, err := w.writeOne()
		switch {
		case errors.Is(err, pasarela.ErrConflict):
			if !w.beginRun() {
				return false
			}
		case err != nil:
			w.failed(err)
			w.withdraw()
			if !w.sleep(pause) {
				return false
			}
			pause = min(2*pause, longestPause)
		case done:
			return true
		default:
			w.succeeded()
			pause = firstPause
		}
	}
}

// writeOne writes the oldest waiting batch, or rewrites the whole journal. done: there
// was nothing to write.
func (w *Writer) writeOne() (done bool, err error) {
	ctx, cancel := context.WithTimeout(w.ending, writeTimeout)
	defer cancel()
	w.mu.Lock()
	if w.dropped || w.opens > rewriteFrom && w.owed < w.opens/2 || w.messages > rewriteMessages {
		w.mu.Unlock()
		return false, w.rewrite(ctx)
	}
	if len(w.waiting) == 0 {
		w.seal()
	}
	if len(w.waiting) == 0 {
		w.mu.Unlock()
		return true, nil
	}
	next := w.waiting[0]
	w.mu.Unlock()
	if err := w.options.Journal.Append(ctx, next.seal()); err != nil {
		w.answered(err)
		return false, err
	}
	w.notify(next.order)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unanswered = false
	for _, id := range next.fresh {
		delete(w.fresh, id)
	}
	if len(w.waiting) > 0 && w.waiting[0] == next { // else it was dropped with the others
		w.waiting[0] = nil
		w.waiting = w.waiting[1:]
	}
	w.caughtUp()
	if len(w.freeBatches) < maxFreeBatches {
		next.reset()
		w.freeBatches = append(w.freeBatches, next)
	}
	return false, nil
}

// rewrite replaces the journal by records of what is owed now. What was noted before is
// in Live and need not be written; what is noted meanwhile is appended, and may repeat a
// record.
func (w *Writer) rewrite(ctx context.Context) error {
	w.mu.Lock()
	w.waiting, w.dropped, w.rewriting = nil, false, true
	w.current.reset()
	opens, order := w.opens, w.next
	w.next++
	w.messages = 0
	before := w.fresh
	w.fresh = map[string]struct{}{}
	w.mu.Unlock()
	opened := 0
	err := w.options.Journal.Rewrite(ctx, w.snapshot(&opened))
	if err == nil {
		w.notify(order)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rewriting = false
	if err != nil {
		w.dropped = true
		maps.Copy(w.fresh, before)
		w.unanswered = w.unanswered || !errors.Is(err, pasarela.ErrConflict)
		return err
	}
	w.unanswered = false
	// A connection that was opened meanwhile may be counted twice; that only makes the
	// next rewrite earlier.
	w.opens = opened + w.opens - opens
	w.caughtUp()
	return nil
}

// notify wakes those that wait for a batch, or for an earlier one.
func (w *Writer) notify(order uint64) {
	w.mu.Lock()
	n := 0
	for n < len(w.after) && w.after[n].order <= order {
		n++
	}
	due := w.after[:n:n]
	w.after = w.after[n:]
	w.mu.Unlock()
	for _, d := range due {
		d.call()
	}
}

// snapshot is the journal as batches of what is owed now; opened counts its connections.
func (w *Writer) snapshot(opened *int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		b := newBatch()
		more := true
		w.options.Live(func(r *Record) {
			if !more {
				return
			}
			*opened++
			if b.opened(r); len(b.data) >= batchBytes {
				more = yield(b.seal())
				b.reset()
			}
		})
		if w.options.Past != nil {
			w.options.Past(func(id string, move uint64) {
				if !more {
					return
				}
				if b.past(id, move); len(b.data) >= batchBytes {
					more = yield(b.seal())
					b.reset()
				}
			})
		}
		if more && b.entries > 0 {
			yield(b.seal())
		}
	}
}

func (w *Writer) failed(err error) {
	w.mu.Lock()
	first := w.failing.IsZero()
	if first {
		w.failing = time.Now()
	}
	owed := w.owed
	w.mu.Unlock()
	if first {
		w.options.Log.Warn("a journal of open connections cannot be written", "error", err, "connections", owed, "if_the_node_dies", w.options.OfOutage)
	}
}

// withdraw removes a copy that cannot be written: connections that are closed meanwhile
// would look open in it.
func (w *Writer) withdraw() {
	if !w.options.Copy {
		return
	}
	w.mu.Lock()
	w.waiting, w.dropped = nil, true
	w.mu.Unlock()
	if err := w.options.Journal.Remove(w.ending); err != nil {
		w.options.Log.Warn("the copy of the journal that is out of date cannot be removed; the next run of this node may run $disconnects again that were run", "error", err)
	}
}

func (w *Writer) succeeded() {
	w.mu.Lock()
	since := w.failing
	w.failing = time.Time{}
	w.mu.Unlock()
	if !since.IsZero() {
		w.options.Log.Info("a journal of open connections is written again", "after", time.Since(since).Round(time.Millisecond))
	}
}

// answered notes that a write failed; it may have been made all the same unless another run
// had taken the journal over.
func (w *Writer) answered(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unanswered = w.unanswered || !errors.Is(err, pasarela.ErrConflict)
}

// beginRun is called when another run has taken the journal over. It continues with a new
// journal; false if there is none.
func (w *Writer) beginRun() bool {
	w.mu.Lock()
	w.taken = true
	w.current.reset()
	w.waiting = nil
	left := Unwritten{w, w.unanswered}
	w.mu.Unlock()
	if w.options.Taken == nil {
		w.end()
		return false
	}
	next, err := w.options.Taken(w.ending, left)
	if err != nil {
		w.end()
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.options.Journal.Close() // another run has removed it, or will
	w.options.Journal = next
	w.taken, w.unanswered, w.dropped, w.waiting, w.failing, w.unwritten = false, false, true, nil, time.Time{}, time.Now()
	return true
}
