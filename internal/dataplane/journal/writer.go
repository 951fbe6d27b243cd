package journal

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
)

const (
	batchEvery = 15 * time.Millisecond // from the first entry of a batch to its writing
	batchBytes = 256 << 10
	// waitingBytes bounds the batches that wait while the journal cannot be written.
	// Beyond it they are dropped, and the journal is rewritten with the open
	// connections.
	waitingBytes = 32 << 20
	// A journal is rewritten when more than half of its records are closed, but
	// none of fewer records than rewriteFrom.
	rewriteFrom = 4096
	// And when so many bytes of messages came to it.
	rewriteMessages = 32 << 20
	maxFreeBatches  = 2

	writeTimeout = 30 * time.Second // of one batch
	firstPause   = 50 * time.Millisecond
	longestPause = time.Second // between attempts to write
	// steadyFor is how long writes may fail until Steady says so.
	steadyFor = time.Second
)

// Writer writes the journal of this run. Opened and Closed never wait for a disk or a
// network. It is safe for concurrent use.
type Writer struct {
	options Options
	wake    chan struct{} // there is something to write
	ending  context.Context
	end     context.CancelFunc
	work    sync.WaitGroup

	mu          sync.Mutex
	current     *batch   // takes entries
	waiting     []*batch // full ones, oldest first
	freeBatches []*batch
	// dropped: entries were dropped, so the journal must be rewritten; rewriting: it is
	// being.
	dropped, rewriting bool
	probe              bool // write even if nothing waits; see Probe
	messages           int  // bytes of messages since the journal was rewritten
	opens              int  // records in the journal, or on their way to it
	owed               int  // those of them that are not closed
	failing            time.Time
	unwritten          time.Time // when the oldest unwritten entry was noted; zero: there is none
	taken              bool
	fresh              map[string]struct{} // connections that were opened and that no write is known to have
	unanswered         bool                // a write failed that may have been made all the same
	next               uint64              // order of the current batch
	after              []notice            // by order
}

// notice is a function to call once a batch and all before it are written.
type notice struct {
	order uint64
	call  func()
}

// Options of a [Writer]. Journal, Live and Log must be given.
type Options struct {
	Journal pasarela.Journal
	// Live calls visit with all connections that are owed a $disconnect; it is used when
	// the journal is rewritten. A connection must be in it from before its Opened until
	// its Closed.
	Live func(each func(*Record))
	// Past calls visit with what is known of connections that ended, or left, and that
	// stays in the journal when it is rewritten: the run that goes on after this one can
	// tell that older records of them, in journals of others, are out of date. nil: nothing.
	Past func(each func(connectionID string, move uint64))
	// Taken is called when another run has taken the journal over, with the connections
	// that are not known to be in it. It returns the journal to go on with, which is written
	// from Live; an error ends the writer. nil: it ends.
	Taken func(ctx context.Context, left Unwritten) (pasarela.Journal, error)
	// Copy says that this is a second copy of another journal, so that an outdated one is
	// worse than none: when it cannot be written it is removed, and rewritten when it
	// can.
	Copy bool
	// OfOutage is the consequence, for the log, if the node dies during an outage of the
	// journal.
	OfOutage string
	Log      *slog.Logger
}

// Unwritten are the connections that were opened and that no write is known to have when
// another run takes the journal over.
type Unwritten struct {
	w *Writer
	// Unsure says that a write of some of them failed that may have been made all the same.
	Unsure bool
}

// Has says whether a connection is one of them; one that is opened meanwhile is.
func (u Unwritten) Has(connectionID string) bool {
	u.w.mu.Lock()
	defer u.w.mu.Unlock()
	_, ok := u.w.fresh[connectionID]
	return ok
}

// New makes a writer and starts it. [Writer.Close] must be called.
func New(options Options) *Writer {
	w := &Writer{options: options, current: newBatch(), fresh: map[string]struct{}{}, wake: make(chan struct{}, 1)}
	w.ending, w.end = context.WithCancel(context.Background())
	w.work.Go(w.run)
	return w
}

// Sync returns when everything that was noted survives a power cut, or with ctx's error.
func (w *Writer) Sync(ctx context.Context) error {
	if err := w.Flush(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	journal := w.options.Journal
	w.mu.Unlock()
	if file, ok := journal.(interface{ Sync() error }); ok {
		return file.Sync()
	}
	return nil // nothing to do: the servers store it
}

// added is called with w.mu held, after every entry.
func (w *Writer) added() {
	if w.taken {
		w.current.reset() // the run that has taken over does not read it
		return
	}
	first := w.current.began.IsZero()
	if first {
		w.current.began = time.Now()
		if w.unwritten.IsZero() {
			w.unwritten = w.current.began
		}
	}
	if len(w.current.data) >= batchBytes {
		w.seal()
	}
	if len(w.waiting) > waitingBytes/batchBytes {
		w.waiting, w.dropped = nil, true
	}
	if first {
		w.wakeUp()
	}
}

// seal moves the current batch to those that wait. w.mu is held.
func (w *Writer) seal() {
	if w.current.entries == 0 && !w.probe {
		return
	}
	w.probe = false
	w.current.order = w.next
	w.next++
	w.waiting = append(w.waiting, w.current)
	if n := len(w.freeBatches); n > 0 {
		w.current, w.freeBatches = w.freeBatches[n-1], w.freeBatches[:n-1]
		return
	}
	w.current = newBatch()
}

// Steady says whether the journal is being written, or has failed only recently.
func (w *Writer) Steady() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.taken && (w.failing.IsZero() || time.Since(w.failing) < steadyFor)
}

// Behind says whether an entry has waited for longer than that to be written.
func (w *Writer) Behind(longer time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.unwritten.IsZero() && time.Since(w.unwritten) > longer
}

// caughtUp is called with w.mu held after a write: what is left was noted later.
func (w *Writer) caughtUp() {
	switch {
	case w.dropped || w.rewriting:
	case len(w.waiting) > 0:
		w.unwritten = w.waiting[0].began
	default:
		w.unwritten = w.current.began
	}
}

// Probe writes to the journal even if nothing waits, to find out whether another run has
// taken it over.
func (w *Writer) Probe() {
	w.mu.Lock()
	w.probe = true
	w.mu.Unlock()
	w.wakeUp()
}

func (w *Writer) wakeUp() {
	select {
	case w.wake <- struct{}{}:
	default: // it has been woken already
	}
}

// Owed is how many connections are owed a $disconnect.
func (w *Writer) Owed() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.owed
}

// AfterWrite calls call once everything that was noted is written, which proves that the
// journal is still this run's. It runs in the writer's goroutine and blocks it; if the
// writer ends before, it is not called.
func (w *Writer) AfterWrite(call func()) {
	w.mu.Lock()
	w.after = append(w.after, notice{w.next, call})
	w.probe = w.probe || w.current.entries == 0
	w.mu.Unlock()
	w.wakeUp()
}

// Flush returns when everything that was noted is written, or with ctx's error. Where another
// run has taken the journal over, that is when the next one is written.
func (w *Writer) Flush(ctx context.Context) error {
	w.mu.Lock()
	nothing := w.current.entries == 0 && len(w.waiting) == 0 && !w.dropped && !w.rewriting && !w.taken
	w.mu.Unlock()
	if nothing {
		return nil
	}
	written := make(chan struct{})
	w.AfterWrite(func() { close(written) })
	select {
	case <-written:
		return nil
	case <-w.ending.Done():
		return fmt.Errorf("the journal has ended: %w", context.Canceled)
	case <-ctx.Done():
		return fmt.Errorf("the journal is not written: %w", ctx.Err())
	}
}

// Close writes what was noted, within ctx, and ends the writer. A journal that
// the next run does not need is removed.
func (w *Writer) Close(ctx context.Context) error {
	err := w.Flush(ctx)
	w.end()
	w.work.Wait()
	w.mu.Lock()
	taken := w.taken
	w.mu.Unlock()
	switch {
	case taken:
		err = nil // what was not written was given to Taken
	case err == nil && !w.needed():
		err = w.options.Journal.Remove(ctx)
	}
	if closeErr := w.options.Journal.Close(); err == nil {
		err = closeErr
	}
	return err
}

// needed says whether the next run needs the journal.
func (w *Writer) needed() (needed bool) {
	w.options.Live(func(*Record) { needed = true })
	if w.options.Past != nil {
		w.options.Past(func(string, uint64) { needed = true })
	}
	return needed
}
