package jobs

import (
	"context"
	"errors"
	"time"
)

const (
	notifyTimeout   = 15 * time.Second
	deliverTimeout  = 5 * time.Minute // of one try: a file is uploaded
	firstNotifyWait = 100 * time.Millisecond
	maxNotifyWait   = 30 * time.Second
)

func (q *Queue) nextNotification() (*queuedJob, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.schedule.nextNotification(time.Now(), q.node, ownerTimeout, false)
}

// nextDelivery is the report of a schedule that is to be delivered now. Deliveries have
// goroutines of their own: a mail server that hangs must not delay the frames of clients.
func (q *Queue) nextDelivery() (*queuedJob, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.schedule.nextNotification(time.Now(), q.node, ownerTimeout, true)
}

// notifyTimeouts is how long one try to notify may take, and how long tries are made.
func notifyTimeouts(job Job) (try, all time.Duration) {
	if job.Schedule != "" {
		return deliverTimeout, DeliverFor
	}
	return notifyTimeout, notifyFor
}

// notify notifies a client of the end of its job and records that it did. After a crash
// while the frame is on its way it is unknown whether it was delivered; the next process
// sends it again, marked as repeated, and pasarela drops a frame that it has delivered
// (A-REPORT-1).
func (q *Queue) notify(ctx context.Context, id string) {
	q.mu.Lock()
	known, ok := q.schedule.jobs[id]
	if !ok || !known.job.State.Final() || known.job.Notified {
		q.mu.Unlock()
		return
	}
	job, repeated, notified := known.job, known.repeated, known.notified == known.job.ending()
	q.mu.Unlock()
	// A stop of the service does not cancel a frame that is on its way.
	try, all := notifyTimeouts(job)
	notifying, done := context.WithTimeout(context.WithoutCancel(ctx), try)
	defer done()
	if notified {
		q.recordNotified(notifying, known)
		return
	}
	if err := q.outbox.sending(job.ending()); err != nil {
		q.options.Log.Error("the outbox cannot be written before a client is notified", "report", id, "cause", err)
	}
	defer q.outbox.settled()
	if err := q.work.Notify(notifying, job, repeated); err != nil && time.Since(job.Finished) < all {
		q.notifyLater(known, err)
		return
	} else if err != nil {
		q.options.Log.Error("a client could not be notified of the end of its report; giving up", "report", id, "cause", err)
	}
	q.mu.Lock()
	known.notified = job.ending()
	q.mu.Unlock()
	if err := q.outbox.sent(job.ending()); err != nil {
		q.options.Log.Error("the outbox cannot be written after a client was notified", "report", id, "cause", err)
	}
	q.recordNotified(notifying, known)
}

// recordNotified stores that a client was notified of the end of its job.
func (q *Queue) recordNotified(ctx context.Context, known *queuedJob) {
	id := known.id
	_, err := q.change(ctx, id, func(job *Job) error {
		if !job.State.Final() {
			return errNotDue
		}
		job.Notified = true
		return nil
	})
	if err != nil && !errors.Is(err, errNotDue) && !errors.Is(err, ErrUnknown) {
		q.options.Log.Error("the store cannot record that a client was notified", "report", id, "cause", err)
		q.notifyLater(known, err) // known.notified keeps the frame from being sent again
	}
}

func (q *Queue) notifyLater(e *queuedJob, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	wait := firstNotifyWait << min(e.notifyTries, 16)
	e.notifyTries++
	e.repeated = e.repeated || !errors.Is(err, ErrNotDelivered)
	e.notifyAfter = time.Now().Add(min(wait, maxNotifyWait))
	if e.notifyTries == 8 {
		q.options.Log.Warn("a client cannot be notified of the end of its report yet", "report", e.job.ID, "cause", err)
	}
}
