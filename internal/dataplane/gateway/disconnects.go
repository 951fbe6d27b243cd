package gateway

import (
	"context"
	"net/http"
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
	c         *connection
	why       socket.Close
	requestID string    // of all attempts; "" before the first
	began     time.Time // when the connection ended
	attempts  int

	waiting fairshare.Waiter[*disconnection]
}

// disconnects runs $disconnects: so many at once, no stage more than its share of
// them, the rest in queues that take turns. One that the backend did not take is run
// again after a pause that grows, until patience is over. There are never more than
// most.
type disconnects struct {
	attempt  func(d *disconnection) (delivered bool)
	lost     *losses
	patience time.Duration
	most     int
	jobs     inFlight
	workers  *workerpool.Pool[*disconnection]
	queued   atomic.Int64 // that wait, run or pause
	retried  atomic.Int64
	done     atomic.Int64 // that the backend took, or that had none

	mu      sync.Mutex
	slots   fairshare.Pool[*disconnection]
	paused  map[*disconnection]*time.Timer
	stopped bool
}

// add has a $disconnect run soon; it never waits.
func (q *disconnects) add(d *disconnection) {
	q.jobs.begin()
	if q.queued.Add(1) > int64(q.most) {
		q.end(d, false)
		return
	}
	q.enter(d)
}

// enter runs d when its stage may run another.
func (q *disconnects) enter(d *disconnection) {
	d.waiting.Value = d
	stage := &d.c.stage.disconnects
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.paused, d)
	if q.slots.Acquire(stage) {
		q.workers.Submit(d)
		return
	}
	q.slots.Enqueue(stage, &d.waiting)
}

// work runs d and then those that may run after it.
func (q *disconnects) work(d *disconnection) {
	for d != nil {
		q.once(d)
		d = q.leave(d)
	}
}

// leave gives d's place to the next; if there is room for more, they get goroutines
// of their own.
func (q *disconnects) leave(d *disconnection) (next *disconnection) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.slots.Release(&d.c.stage.disconnects)
	for {
		w, stage, ok := q.slots.Next()
		if !ok {
			return next
		}
		q.slots.AcquireAnyway(stage)
		if next == nil {
			next = w.Value
		} else {
			q.workers.Submit(w.Value)
		}
	}
}

// once makes one attempt.
func (q *disconnects) once(d *disconnection) {
	q.mu.Lock()
	stopped := q.stopped
	q.mu.Unlock()
	if stopped {
		q.end(d, false)
		return
	}
	if d.attempts++; d.attempts > 1 {
		q.retried.Add(1)
	}
	if q.attempt(d) {
		q.end(d, true)
		return
	}
	q.pause(d)
}

// pause waits before the next attempt, unless patience is over by then.
func (q *disconnects) pause(d *disconnection) {
	wait := min(firstRetry<<min(d.attempts-1, 10), longestRetry)
	q.mu.Lock()
	if !q.stopped && time.Since(d.began)+wait < q.patience {
		q.paused[d] = time.AfterFunc(wait, func() { q.enter(d) })
		q.mu.Unlock()
		return
	}
	q.mu.Unlock()
	q.end(d, false)
}

// end forgets d.
func (q *disconnects) end(d *disconnection, delivered bool) {
	if delivered {
		q.done.Add(1)
	} else {
		q.lost.add(d.c, 1)
	}
	q.queued.Add(-1)
	q.jobs.end()
}

// wait returns when nothing is left to run, or with ctx's error.
func (q *disconnects) wait(ctx context.Context) error { return q.jobs.wait(ctx) }

// stop gives up what waits or pauses, and lets no attempt begin; those under way
// end as they would.
func (q *disconnects) stop() {
	q.mu.Lock()
	q.stopped = true
	var given []*disconnection
	for d, timer := range q.paused {
		if timer.Stop() { // else it enters, and finds that nothing may begin
			given = append(given, d)
		}
	}
	q.mu.Unlock()
	for _, d := range given {
		q.end(d, false)
	}
}

// mayRetry says whether the backend surely has not taken a $disconnect: it got no call,
// or its status says that it takes none now. What may have been taken is not repeated,
// since backends count on one $disconnect a connection.
func mayRetry(x *exchange, err *execution.GatewayError) bool {
	switch x.Reply.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	}
	return err != nil && err.Undelivered
}
