package socket

import (
	"sync/atomic"
	"time"
)

// hands are the goroutines that run OnMessage. One that is done stays for a moment
// and takes the next message: its stack has grown already, and growing it anew was
// an eighth of a message's CPU (test/bench). While nothing comes there are none.
type hands struct {
	next    chan errand // unbuffered: only who waits can take
	waiting atomic.Int64
}

// errand is a message that is to be handled.
type errand struct {
	conn    *Conn
	op      Opcode
	payload []byte
}

// Bounds of staying.
const (
	maxWaiting = 256
	stay       = time.Second
)

// run has somebody handle the message. p.running counts it already.
func (p *Pool) run(e errand) {
	select {
	case p.hands.next <- e:
	default:
		p.loops.Go(func() { p.serve(e) })
	}
}

// serve is the goroutine of one message after another.
func (p *Pool) serve(e errand) {
	patience := time.NewTimer(stay)
	defer patience.Stop()
	for ok := true; ok; {
		e.conn.handle(e.op, e.payload)
		e = errand{} // nothing is kept while waiting
		patience.Reset(stay)
		e, ok = p.wait(patience)
	}
}

// wait waits for the next message; false when it has been long enough.
func (p *Pool) wait(patience *time.Timer) (e errand, ok bool) {
	defer p.hands.waiting.Add(-1)
	if p.hands.waiting.Add(1) > maxWaiting {
		return e, false
	}
	select {
	case e = <-p.hands.next:
		return e, true
	case <-patience.C:
	case <-p.stop:
	}
	return e, false
}
