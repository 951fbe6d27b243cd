package stage

import (
	"context"
	"errors"
	"time"
)

// errUnread is the error of a deployment that could not be read from the store. It says
// nothing about the deployment, so it is read again until it is served, unlike one that
// does not compile.
var errUnread = errors.New("it could not be read and is tried again")

const longestWait = 30 * time.Second // between two attempts

// retriedRead is a stage whose deployment could not be read: when it is tried again.
type retriedRead struct {
	apiID string
	at    time.Time
	wait  time.Duration
}

// next is the attempt after this one; u is nil for the first.
func (r *retriedRead) next(apiID string, first time.Duration) *retriedRead {
	wait := first
	if r != nil {
		wait = min(2*r.wait, longestWait)
	}
	return &retriedRead{apiID: apiID, at: time.Now().Add(wait), wait: wait}
}

// retryReads reads such deployments again until ctx ends.
func (w *Watcher) retryReads(ctx context.Context) {
	for {
		var next <-chan time.Time // nil: there is nothing to try
		if at, some := w.retryDue(ctx); some {
			next = time.After(time.Until(at))
		}
		select {
		case <-ctx.Done():
			return
		case <-next:
		case <-w.retrySoon:
		}
	}
}

// retryDue reads the deployments that are due and returns when the next one is.
func (w *Watcher) retryDue(ctx context.Context) (next time.Time, some bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for s, u := range w.unread {
		if now.Before(u.at) || ctx.Err() != nil {
			continue
		}
		doc := w.apis[u.apiID]
		if doc == nil || doc.Stage(s.Name) == nil {
			delete(w.unread, s)
			continue
		}
		w.compile(ctx, doc, doc.Stage(s.Name), s)
		w.wake()
	}
	for _, u := range w.unread {
		if !some || u.at.Before(next) {
			next, some = u.at, true
		}
	}
	return next, some
}
