package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// recover queues the jobs again that this node was running when it died (alone on its
// store, every running job is its own), and marks the endings whose clients it had
// notified or may have notified.
func (q *Queue) recover(ctx context.Context) error {
	interrupted := q.List(func(job *Job) bool { return job.State == Running && (!q.shared || job.Owner == q.node) })
	for _, job := range interrupted {
		if err := q.putBack(ctx, job.ID, job.Owner); err != nil {
			return err
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range q.schedule.unnotified {
		switch ending := e.job.ending(); q.marks[ending] {
		case ended:
			e.notified = ending
		case begun:
			e.repeated = true
		}
	}
	return nil
}

// putBack queues an interrupted job again, unless it was interrupted so often
// that it may itself be what ends the process.
func (q *Queue) putBack(ctx context.Context, id, owner string) error {
	job, err := q.change(ctx, id, func(job *Job) error {
		if job.State != Running || job.Owner != owner {
			return errNotDue
		}
		job.Crashes++
		job.Attempt--
		switch {
		case job.CancelAsked:
			q.end(job, Cancelled)
		case job.Crashes > maxCrashes:
			job.Reason, job.Cause = "interrupted", language.InEach(language.Errorf("reports_api.interrupted"))
			q.end(job, Failed)
		default:
			job.State, job.Owner = Queued, ""
		}
		return nil
	})
	if errors.Is(err, errNotDue) || errors.Is(err, ErrUnknown) {
		return nil
	}
	if err == nil {
		q.noteEnd(job)
	}
	return err
}

// keepAlive writes a shared job's record every [heartbeatEvery], so that the other nodes see that
// its owner is alive.
func (q *Queue) keepAlive(ctx context.Context, id string) (quiet func()) {
	if !q.shared {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause(ctx, heartbeatEvery) {
			_, err := q.change(ctx, id, func(job *Job) error {
				if job.State != Running || job.Owner != q.node {
					return errNotDue
				}
				return nil
			})
			if err != nil && ctx.Err() == nil && !errors.Is(err, errNotDue) {
				q.options.Log.Warn("a heartbeat cannot be written", "report", id, "cause", err)
			}
		}
	}()
	return func() { <-done }
}

// takeOver takes jobs from nodes that wrote no heartbeat for [ownerTimeout]. Only this
// node's own clock counts: how long it has seen no change.
func (q *Queue) takeOver(ctx context.Context) {
	for pause(ctx, heartbeatEvery) {
		q.mu.Lock()
		lapsed := q.schedule.expired(time.Now(), q.node, ownerTimeout)
		owners := map[string]string{}
		for _, e := range lapsed {
			owners[e.job.ID] = e.job.Owner
		}
		q.mu.Unlock()
		for id, owner := range owners {
			q.options.Log.Warn("a report is taken over from a node that writes no heartbeat", "report", id, "node", owner)
			if err := q.putBack(ctx, id, owner); err != nil && ctx.Err() == nil {
				q.options.Log.Error("a report cannot be taken over", "report", id, "cause", err)
			}
		}
		wake(q.toNotify)
	}
}
