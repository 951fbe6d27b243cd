package socket

import "sync"

// crew is a bounded set of goroutines that go on where a loop must not: with what
// a pause has left, with long turns, and with connections to end. It has none
// while there is nothing to do.
type crew struct {
	limit int
	work  func(*Conn)
	wg    *sync.WaitGroup

	mu      sync.Mutex
	line    []*Conn // each connection stands in it once at most
	running int
}

// add has one of the crew work on c.
func (w *crew) add(c *Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line = append(w.line, c)
	if w.running < w.limit {
		w.running++
		w.wg.Go(w.run)
	}
}

func (w *crew) run() {
	for c := w.next(); c != nil; c = w.next() {
		w.work(c)
	}
}

func (w *crew) next() *Conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.line) == 0 {
		w.line = nil // gives a long line's memory back
		w.running--
		return nil
	}
	c := w.line[0]
	w.line[0] = nil
	w.line = w.line[1:]
	return c
}
