package socket

import "sync"

// executor is a bounded set of goroutines that go on where a loop must not: with what
// a pause has left, with long turns, and with connections to end. It has none
// while there is nothing to do.
type executor struct {
	limit int
	work  func(*Conn)
	wg    *sync.WaitGroup

	mu      sync.Mutex
	queue   []*Conn // each connection stands in it once at most
	running int
}

// submit has one of the crew work on c.
func (w *executor) submit(c *Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append(w.queue, c)
	if w.running < w.limit {
		w.running++
		w.wg.Go(w.run)
	}
}

func (w *executor) run() {
	for c := w.next(); c != nil; c = w.next() {
		w.work(c)
	}
}

func (w *executor) next() *Conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		w.queue = nil // gives a long line's memory back
		w.running--
		return nil
	}
	c := w.queue[0]
	w.queue[0] = nil
	w.queue = w.queue[1:]
	return c
}
