package gateway

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/fairshare"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

// Attempts at a $disconnect: the pause after the first, doubled after each, and the
// longest (A-GATEWAY-31).
const (
	firstRetry   = 250 * time.Millisecond
	longestRetry = 15 * time.Second
)

// disconnection is the $disconnect of one connection that is over.
type disconnection struct {
	c           *connection
	why         socket.Close
	retriesFrom time.Time // since when it is tried: the end of its connection, or its recovery
	attempts    int
	recovered   bool // another run was holding the connection

	waiting fairshare.Waiter[*disconnection]
}

// disconnects runs $disconnects: a bounded number at once, no stage more than its share
// of them, the rest in queues that take turns. One that the backend did not accept is
// retried after a growing pause, until its time limit is over. There are never more than most,
// besides recovered ones.
type disconnects struct {
	attempt  func(d *disconnection) (delivered bool) // [Gateway.runDisconnect]
	lost     *undelivered
	limit    time.Duration
	most     int
	jobs     inFlight
	workers  *workerpool.Pool[*disconnection]
	queued   atomic.Int64 // that wait, run or pause
	retried  atomic.Int64
	done     atomic.Int64 // that the backend took, or that had none
	restored atomic.Int64 // that were recovered
	// noteEnded notes that a $disconnect was run or given up, before it leaves all, and
	// noteDone that it is owed no more, after that.
	noteEnded, noteDone func(*connection)
	mayRun              func() bool // false while another node may have taken this run over
	// confirm calls its argument once the journal has proved that this run still owns it;
	// nil: it always does.
	confirm        func(func())
	takenOverConns *takenOverConns
	journaled      bool         // what a stop leaves is in a journal
	leftInJournal  atomic.Int64 // by a stop

	mu      sync.Mutex
	all     map[*disconnection]struct{}
	slots   fairshare.Pool[*disconnection]
	paused  map[*disconnection]*time.Timer
	stopped bool
}

// register adds a $disconnect before its connection leaves the table; add,
// addRecovered or forget must follow, unless the node stops while it recovers: then it
// stays in the journal for the next run.
func (q *disconnects) register(d *disconnection) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all[d] = struct{}{}
}

// forget removes a registered $disconnect that another node is to run.
func (q *disconnects) forget(d *disconnection) {
	q.mu.Lock()
	delete(q.all, d)
	q.mu.Unlock()
	q.takenOverConns.remove(d.c)
}

// each calls visit for all $disconnects that are there when it looks; no lock is held
// meanwhile.
func (q *disconnects) each(visit func(*disconnection)) {
	q.mu.Lock()
	all := slices.Collect(maps.Keys(q.all))
	q.mu.Unlock()
	for _, d := range all {
		visit(d)
	}
}

// addRecovered starts the registered $disconnects of a lost node one after the other, at most
// recoveredRate a second, but all within recoveredWithin. If this node is killed too, those
// that were executed and not yet noted in the journal are executed again (A-GATEWAY-36).
func (q *disconnects) addRecovered(all []*disconnection) {
	step := min(time.Second/recoveredRate, recoveredWithin/time.Duration(max(len(all), 1)))
	for i, d := range all {
		q.jobs.begin()
		q.queued.Add(1)
		q.restored.Add(1)
		d.retriesFrom = time.Now()
		q.delay(d, time.Duration(i)*step)
	}
}

const (
	recoveredRate   = 4000
	recoveredWithin = 5 * time.Second
)

// add starts a registered $disconnect soon; it never blocks.
func (q *disconnects) add(d *disconnection) {
	q.jobs.begin()
	if n := q.queued.Add(1); n > int64(q.most) {
		q.end(d, endedLost)
		return
	}
	if q.confirm == nil {
		q.start(d)
		return
	}
	q.delay(d, withoutLeaseFor)
	q.confirm(func() { q.hasten(d) })
}

// hasten starts a delayed $disconnect now.
func (q *disconnects) hasten(d *disconnection) {
	q.mu.Lock()
	timer, ok := q.paused[d]
	ok = ok && timer.Stop()
	q.mu.Unlock()
	if ok {
		q.start(d)
	}
}

// group is what d shares slots with. Recovered ones have groups of their own, so that a
// stage's own connections need not wait for all of them.
func (d *disconnection) group() *fairshare.Group[*disconnection] {
	if d.recovered {
		return &d.c.stage.recovered
	}
	return &d.c.stage.disconnects
}

// start runs d once its stage has a free slot.
func (q *disconnects) start(d *disconnection) {
	d.waiting.Value = d
	group := d.group()
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.paused, d)
	if q.slots.Acquire(group) {
		q.workers.Submit(d)
		return
	}
	q.slots.Enqueue(group, &d.waiting)
}

// work runs d and then those that take its slot.
func (q *disconnects) work(d *disconnection) {
	for d != nil {
		q.attemptOnce(d)
		d = q.releaseSlot(d)
	}
}

// releaseSlot gives d's slot to the next one; if more slots are free, further ones get
// goroutines of their own.
func (q *disconnects) releaseSlot(d *disconnection) (next *disconnection) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.slots.Release(d.group())
	for {
		w, group, ok := q.slots.Next()
		if !ok {
			return next
		}
		q.slots.AcquireAnyway(group)
		if next == nil {
			next = w.Value
		} else {
			q.workers.Submit(w.Value)
		}
	}
}

// attemptOnce makes one attempt.
func (q *disconnects) attemptOnce(d *disconnection) {
	q.mu.Lock()
	stopped := q.stopped
	q.mu.Unlock()
	if stopped {
		q.end(d, endedAbandoned)
		return
	}
	switch {
	case q.takenOverConns.has(d.c):
		q.end(d, endedElsewhere)
		return
	case !q.mayRun() && time.Since(d.retriesFrom) < withoutLeaseFor:
		q.delay(d, withoutLeasePause)
		return
	}
	if d.attempts++; d.attempts > 1 {
		q.retried.Add(1)
	}
	if q.attempt(d) {
		q.end(d, endedDelivered)
		return
	}
	q.pause(d)
}

// pause waits before the next attempt, unless the time limit is over by then.
func (q *disconnects) pause(d *disconnection) {
	wait := min(firstRetry<<min(d.attempts-1, 10), longestRetry)
	if time.Since(d.retriesFrom)+wait < q.limit {
		q.delay(d, wait)
		return
	}
	q.end(d, endedLost)
}

// delay starts d later, unless a stop has begun.
func (q *disconnects) delay(d *disconnection, wait time.Duration) {
	q.mu.Lock()
	stopped := q.stopped
	if !stopped {
		q.paused[d] = time.AfterFunc(wait, func() { q.start(d) })
	}
	q.mu.Unlock()
	if stopped {
		q.end(d, endedAbandoned)
	}
}

// disconnectEnd is how a $disconnect ended.
type disconnectEnd int

const (
	endedDelivered disconnectEnd = iota // the backend took it, or there is no route
	endedLost                           // given up
	endedAbandoned                      // by a stop: the next run takes it from the journal, if there is one
	endedElsewhere                      // another node runs it
)

// end removes d and counts how it ended.
func (q *disconnects) end(d *disconnection, how disconnectEnd) {
	switch {
	case how == endedDelivered:
		q.done.Add(1)
	case how == endedAbandoned && q.journaled:
		q.leftInJournal.Add(1)
	case how == endedElsewhere:
	default:
		q.lost.add(d.c, 1)
	}
	if how == endedDelivered || how == endedLost {
		q.noteEnded(d.c)
	}
	if how != endedAbandoned {
		q.mu.Lock()
		delete(q.all, d)
		q.mu.Unlock()
	}
	if how == endedElsewhere { // after it is in none of them any more
		q.takenOverConns.remove(d.c)
	}
	if how == endedDelivered || how == endedLost {
		q.noteDone(d.c)
	}
	q.queued.Add(-1)
	q.jobs.end()
}

// wait returns when nothing is left to run, or with ctx's error.
func (q *disconnects) wait(ctx context.Context) error { return q.jobs.wait(ctx) }

// stop gives up those that wait or pause, and starts no attempt any more; running
// attempts end normally.
func (q *disconnects) stop() {
	q.mu.Lock()
	q.stopped = true
	var abandonedNow []*disconnection
	for d, timer := range q.paused {
		if timer.Stop() { // else it starts, and attemptOnce finds that nothing may begin
			abandonedNow = append(abandonedNow, d)
		}
	}
	q.mu.Unlock()
	for _, d := range abandonedNow {
		q.end(d, endedAbandoned)
	}
}

// mayRetry says whether the backend certainly did not accept a $disconnect: it got no
// call, or responded with a status that says so. What it may have accepted is not
// repeated, since backends expect one $disconnect for each connection.
func mayRetry(x *eventRun, err *execution.GatewayError) bool {
	switch x.Reply.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	}
	return err != nil && err.Undelivered
}
