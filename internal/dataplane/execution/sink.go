package execution

import (
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Sink takes log lines without ever making the caller wait: they gather in
// memory and one goroutine writes them. When the writer is slower than what
// comes, lines beyond the bound are dropped and counted. While nothing comes there
// is neither goroutine nor buffer: logs of stages that are gone cost nothing.
type Sink struct {
	Dropped atomic.Int64 // bytes that found no room

	out   io.Writer
	bound int
	every time.Duration
	stop  chan struct{}
	full  chan struct{} // gets one when lines should not wait for their time
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

// Write takes one or more whole lines. The slice is the caller's again at once.
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
	if len(s.pending) >= enough {
		select {
		case s.full <- struct{}{}:
		default: // it is known
		}
	}
}

// enough bytes are written at once; buffers that are longer are not kept, so that
// one burst does not hold memory for ever.
const (
	enough  = 64 << 10
	longest = 4 * enough
)

// Close writes what waits; lines that come later are dropped.
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

// idle says that nothing came while the last lines were written. The next line
// finds no goroutine then, and starts one.
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
