package execution

import (
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Sink takes log lines without blocking the caller: they are buffered and one goroutine
// writes them. When the writer is slower than the lines come, lines beyond the bound are
// dropped and counted. While there are no lines it has neither goroutine nor buffer, so
// the log of a removed stage costs nothing.
type Sink struct {
	Dropped atomic.Int64 // bytes that were dropped as the buffer was full

	out   io.Writer
	bound int
	every time.Duration
	stop  chan struct{}
	full  chan struct{} // gets a value when lines should be written before the next tick
	work  sync.WaitGroup

	mu      sync.Mutex
	pending []byte
	spare   []byte
	writing bool // a goroutine is there for what is pending
	closed  bool
}

// NewSink starts a sink that writes to out at least every so often; bound is how
// many bytes may wait. Close must be called.
func NewSink(out io.Writer, bound int, every time.Duration) *Sink {
	return &Sink{out: out, bound: bound, every: every, stop: make(chan struct{}), full: make(chan struct{}, 1)}
}

// Write takes one or more whole lines. It copies them.
func (s *Sink) Write(lines []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.pending)+len(lines) > s.bound {
		s.Dropped.Add(int64(len(lines)))
		return
	}
	s.pending = append(s.pending, lines...)
	if !s.writing {
		s.writing = true
		s.work.Go(s.run)
	}
	if len(s.pending) >= flushSize {
		select {
		case s.full <- struct{}{}:
		default: // one value is in it already
		}
	}
}

// flushSize is the number of bytes that are written at once. Longer buffers are not kept, so
// that one burst does not occupy memory for ever.
const (
	flushSize = 64 << 10
	longest   = 4 * flushSize
)

// Close writes what is buffered; later lines are dropped.
func (s *Sink) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	close(s.stop)
	s.work.Wait()
}

// run writes until nothing is pending.
func (s *Sink) run() {
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.full:
		case <-s.stop:
		}
		s.flush()
		if s.idle() {
			return
		}
	}
}

// idle says whether nothing came while the last lines were written; then the goroutine
// ends, and the next line starts another.
func (s *Sink) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) > 0 {
		return false
	}
	s.writing, s.pending, s.spare = false, nil, nil
	return true
}

func (s *Sink) flush() {
	s.mu.Lock()
	lines := s.pending
	s.pending, s.spare = s.spare[:0], nil
	s.mu.Unlock()
	if len(lines) > 0 {
		if _, err := s.out.Write(lines); err != nil {
			s.Dropped.Add(int64(len(lines)))
		}
	}
	if cap(lines) > longest {
		lines = nil
	}
	s.mu.Lock()
	s.spare = lines[:0]
	s.mu.Unlock()
}
