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

func (q *Queue) nextTell() (*entry, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.schedule.nextTell(time.Now(), q.node, silence)
}

// tell tells a client the end of its job and notes that it knows. Between the
// gateway's answer and the note lies the one moment in which a kill leaves it
// open whether the client was told; the next process then tells again and says
// so. A-REPORT-1.
func (q *Queue) tell(ctx context.Context, id string) {
	q.mu.Lock()
	known, ok := q.schedule.jobs[id]
	if !ok || !known.job.State.Final() || known.job.Told {
		q.mu.Unlock()
		return
	}
	job, repeated := known.job, known.inherited
	q.mu.Unlock()
	// The end of the service does not cut a frame that is on its way.
	telling, done := context.WithTimeout(context.WithoutCancel(ctx), tellTimeout)
	defer done()
	if err := q.work.Tell(telling, job, repeated); err != nil && time.Since(job.Finished) < tellFor {
		q.tellLater(known, err)
		return
	} else if err != nil {
		q.options.Log.Error("a client was never told the end of its report", "report", id, "cause", err)
	}
	_, err := q.change(telling, id, func(job *Job) error {
		if !job.State.Final() {
			return errNotDue
		}
		job.Told = true
		return nil
	})
	if err != nil && !errors.Is(err, errNotDue) && !errors.Is(err, ErrUnknown) {
		q.options.Log.Error("that a client was told cannot be kept", "report", id, "cause", err)
		q.tellLater(known, err)
	}
}

func (q *Queue) tellLater(e *entry, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	wait := firstTellWait << min(e.tellTries, 16)
	e.tellTries++
	e.tellAfter = time.Now().Add(min(wait, maxTellWait))
	if e.tellTries == 8 {
		q.options.Log.Warn("a client cannot be told the end of its report yet", "report", e.job.ID, "cause", err)
	}
}
