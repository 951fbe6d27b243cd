package backend

import (
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/fairshare"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Route names the calls that share one part of a host's connections: those of one
// route of a stage. A route whose calls hang holds at most half of the connections,
// and leaves as many free as it holds itself (see [fairshare]).
type Route struct{ APIID, Stage, Key string }

// waiter is a call that waits for a connection.
type waiter struct {
	slot    chan struct{} // gets one when the call has a slot
	waiting fairshare.Waiter[*waiter]
}

// enter waits until the call's route may use another connection, and takes a kept one; c
// is nil when there is none. leave must be called afterwards.
func (h *host) enter(call *Call, deadline time.Time) (r *route, c *conn, waited bool, err error) {
	h.mu.Lock()
	r = h.routes[call.Route]
	if r == nil {
		r = new(route)
		h.routes[call.Route] = r
	}
	if h.slots.Acquire(r) {
		c = h.pop()
		h.mu.Unlock()
		return r, c, false, nil
	}
	if most := h.client.options.MaxWaiting; r.Waiting() >= most {
		used, all := r.Used(), h.slots.Used()
		h.mu.Unlock()
		h.client.refused.Add(1)
		return nil, nil, false, language.BackendBusy.Of(strconv.Itoa(most), strconv.Itoa(used), strconv.Itoa(all-used), h.address).Wrap(ErrBusy)
	}
	w := &waiter{slot: make(chan struct{}, 1)}
	w.waiting.Value = w
	h.slots.Enqueue(r, &w.waiting)
	h.mu.Unlock()
	if err := h.wait(r, w, deadline); err != nil {
		return nil, nil, true, err
	}
	return r, h.take(), true, nil
}

// wait returns when w has a slot.
func (h *host) wait(r *route, w *waiter, deadline time.Time) error {
	h.client.waiting.Add(1)
	defer h.client.waiting.Add(-1)
	timeout := time.NewTimer(time.Until(deadline))
	defer timeout.Stop()
	stopped := false
	select {
	case <-w.slot:
		return nil
	case <-timeout.C:
	case <-h.client.ctx.Done():
		stopped = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.slots.Dequeue(&w.waiting) { // the slot came at the same moment
		h.slots.Release(r)
		h.next()
	}
	if stopped {
		return ErrStopped
	}
	h.client.expired.Add(1)
	return language.BackendQueued.Of(strconv.Itoa(r.Used()), strconv.Itoa(h.slots.Used()-r.Used()), h.address).Wrap(ErrTimeout, ErrQueued)
}

// leave ends a call. Its connection, unless nil, is kept for the next one.
func (h *host) leave(r *route, c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c != nil {
		h.keep(c)
	}
	h.slots.Release(r)
	h.next()
	if len(h.routes) > maxRoutes {
		h.forgetRoutes()
	}
}

// next gives free slots to waiting calls. h.mu is held.
func (h *host) next() {
	for h.slots.Waiting() > 0 {
		w, r, ok := h.slots.Next()
		if !ok {
			return
		}
		h.slots.AcquireAnyway(r)
		w.Value.slot <- struct{}{}
	}
}

// forgetRoutes removes the routes without calls. h.mu is held.
func (h *host) forgetRoutes() {
	for name, r := range h.routes {
		if r.Idle() {
			delete(h.routes, name)
		}
	}
}
