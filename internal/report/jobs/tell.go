package jobs

import (
	"context"
	"errors"
	"time"
)

const (
	tellTimeout   = 15 * time.Second
	firstTellWait = 100 * time.Millisecond
	maxTellWait   = 30 * time.Second
)

func (q *Queue) nextTell() (*queuedJob, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.schedule.nextTell(time.Now(), q.node, silence)
}

// tell tells a client the end of its job and notes that it knows. A kill while
// the frame is on its way leaves it open whether the client was told; the next
// process then tells again and says so, and the gateway, if it is pasarela, drops
// what it has delivered. A-REPORT-1.
func (q *Queue) tell(ctx context.Context, id string) {
	q.mu.Lock()
	known, ok := q.schedule.jobs[id]
	if !ok || !known.job.State.Final() || known.job.Told {
		q.mu.Unlock()
		return
	}
	job, repeated, told := known.job, known.repeated, known.told == known.job.ending()
	q.mu.Unlock()
	// The end of the service does not cut a frame that is on its way.
	telling, done := context.WithTimeout(context.WithoutCancel(ctx), tellTimeout)
	defer done()
	if told {
		q.noteTold(telling, known)
		return
	}
	if err := q.outbox.sending(job.ending()); err != nil {
		q.options.Log.Error("that a client is being told cannot be noted", "report", id, "cause", err)
	}
	defer q.outbox.settled()
	if err := q.work.Tell(telling, job, repeated); err != nil && time.Since(job.Finished) < tellFor {
		q.tellLater(known, err)
		return
	} else if err != nil {
		q.options.Log.Error("a client was never told the end of its report", "report", id, "cause", err)
	}
	q.mu.Lock()
	known.told = job.ending()
	q.mu.Unlock()
	if err := q.outbox.sent(job.ending()); err != nil {
		q.options.Log.Error("that a client was told cannot be noted", "report", id, "cause", err)
	}
	q.noteTold(telling, known)
}

// noteTold keeps in the store that a client knows how its job ended.
func (q *Queue) noteTold(ctx context.Context, known *queuedJob) {
	id := known.id
	_, err := q.change(ctx, id, func(job *Job) error {
		if !job.State.Final() {
			return errNotDue
		}
		job.Told = true
		return nil
	})
	if err != nil && !errors.Is(err, errNotDue) && !errors.Is(err, ErrUnknown) {
		q.options.Log.Error("that a client was told cannot be kept", "report", id, "cause", err)
		q.tellLater(known, err) // known.told keeps it from being told again
	}
}

func (q *Queue) tellLater(e *queuedJob, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	wait := firstTellWait << min(e.tellTries, 16)
	e.tellTries++
	e.repeated = e.repeated || !errors.Is(err, ErrNotTold)
	e.tellAfter = time.Now().Add(min(wait, maxTellWait))
	if e.tellTries == 8 {
		q.options.Log.Warn("a client cannot be told the end of its report yet", "report", e.job.ID, "cause", err)
	}
}
