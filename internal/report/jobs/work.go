package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// errNotDue says that a job has changed its state since it was chosen.
var errNotDue = errors.New("the job is no longer due")

// dispatch runs due jobs in at most slots goroutines at a time; Stop waits for them.
func (q *Queue) dispatch(ctx context.Context, slots int, woken <-chan struct{}, next func() (*queuedJob, time.Duration), do func(context.Context, string)) {
	free := make(chan struct{}, slots)
	for {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		due := await(ctx, woken, next)
		if due == nil {
			return
		}
		q.owned.Go(func() {
			defer func() { q.release(due); <-free }()
			do(ctx, due.id)
		})
	}
}

// await returns the next due entry, or nil when the context ends.
func await(ctx context.Context, woken <-chan struct{}, next func() (*queuedJob, time.Duration)) *queuedJob {
	for ctx.Err() == nil {
		due, wait := next()
		if due != nil {
			return due
		}
		var alarm <-chan time.Time
		if wait > 0 {
			alarm = time.After(wait)
		}
		select {
		case <-woken:
		case <-alarm:
		case <-ctx.Done():
		}
	}
	return nil
}

func (q *Queue) nextJob() (*queuedJob, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.schedule.next(time.Now())
}

func (q *Queue) release(e *queuedJob) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.schedule.release(e)
	wake(q.toWork)
	wake(q.toNotify)
	wake(q.toSend)
}

// run runs one job from claim to result.
func (q *Queue) run(ctx context.Context, id string) {
	job, err := q.claim(ctx, id)
	if err != nil {
		return // it is no longer due, or the node stops
	}
	if q.work.Began != nil {
		q.work.Began(job)
	}
	runCtx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	q.register(id, stop)
	defer q.unregister(id)
	quiet := q.keepAlive(runCtx, id)
	began := time.Now()
	result, err := q.guarded(runCtx, job)
	stop(nil)
	quiet()
	if err == nil {
		q.noteDuration(time.Since(began))
	}
	q.settle(ctx, id, result, err, context.Cause(runCtx))
}

// claim takes a job for this node, and tries again while the store fails. A claim that was not
// answered may have been written: then the job is this node's already, and nobody else runs it.
func (q *Queue) claim(ctx context.Context, id string) (Job, error) {
	for tried := false; ; tried = true {
		job, err := q.change(ctx, id, func(job *Job) error {
			if tried && job.State == Running && job.Owner == q.node {
				return nil
			}
			if job.State != Queued {
				return errNotDue
			}
			job.State, job.Owner, job.Started, job.CancelAsked = Running, q.node, time.Now().UTC(), false
			job.Reason, job.Cause = "", language.Text{} // of the attempt before
			job.Attempt++
			return nil
		})
		if err == nil || errors.Is(err, errNotDue) || errors.Is(err, ErrUnknown) || ctx.Err() != nil {
			return job, err
		}
		q.options.Log.Error("a report cannot begin", "report", id, "cause", err)
		if !pause(ctx, firstWait) {
			return job, err
		}
	}
}

// guarded turns a panic of one report into its error, so that the others
// continue.
func (q *Queue) guarded(ctx context.Context, job Job) (result Result, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("panic: %v", caught)
		}
	}()
	return q.work.Make(ctx, job)
}

// settle writes how a run ended, and retries while the store fails: a result that is
// not written means that the report is made twice.
func (q *Queue) settle(ctx context.Context, id string, result Result, failure, cause error) {
	tried := false
	for wait := firstWait; ; wait, tried = min(2*wait, longestWait), true {
		writing, done := context.WithTimeout(context.WithoutCancel(ctx), heartbeatEvery)
		job, err := q.change(writing, id, func(job *Job) error {
			if job.State != Running || job.Owner != q.node {
				return errNotDue // another node has taken it over
			}
			q.conclude(job, result, failure, cause)
			return nil
		})
		done()
		if err == nil || tried && errors.Is(err, errNotDue) && job.Owner == q.node { // an earlier try may have been written
			q.noteEnd(job)
			q.noteRetry(job)
		}
		if err == nil || errors.Is(err, errNotDue) || errors.Is(err, ErrUnknown) {
			return
		}
		q.options.Log.Error("a report's result cannot be kept", "report", id, "cause", err)
		if !pause(ctx, wait) {
			return // after the next start it counts as interrupted
		}
	}
}

func (q *Queue) conclude(job *Job, result Result, err, cause error) {
	var failure *Failure
	switch {
	case err == nil:
		job.Result = result
		q.end(job, Ready)
	case errors.Is(cause, ErrCancelled) || errors.Is(err, ErrCancelled):
		job.Rows = result.Rows // how far it had come
		q.end(job, Cancelled)
	case errors.Is(cause, errMadeLater):
		job.State, job.Owner = Queued, ""
		job.Attempt--
	case errors.As(err, &failure) && failure.Retry && job.Attempt < cmp.Or(q.options.SourceAttempts[job.Source], q.options.Attempts):
		wait := backOff(job.Attempt)
		job.fail(err)
		job.State, job.Owner, job.NotBefore = Queued, "", time.Now().UTC().Add(wait)
		q.options.Log.Warn("a report failed and is tried again", "report", job.ID, "type", job.Type, "attempt", job.Attempt, "wait", wait, "cause", err)
	default:
		job.fail(err)
		q.end(job, Failed)
		q.options.Log.Error("a report failed", "report", job.ID, "type", job.Type, "attempt", job.Attempt, "reason", job.Reason, "cause", err)
	}
}

// backOff is 1 s, 4 s, 16 s ... up to longestWait, give or take a quarter so that
// many jobs of one failing database are not retried at the same moment: longestBackOff at
// most.
func backOff(attempt int) time.Duration {
	wait := firstWait
	for range attempt - 1 {
		wait = min(4*wait, longestWait)
	}
	return wait*3/4 + rand.N(wait/2)
}

func (q *Queue) register(id string, stop context.CancelCauseFunc) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running[id] = stop
	if q.schedule.jobs[id].job.CancelAsked { // between claim and here
		stop(ErrCancelled)
	}
}

func (q *Queue) unregister(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.running, id)
}

func (q *Queue) noteDuration(took time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.usual = (7*q.usual + took) / 8
}

// pause waits; false means that the context ended first.
func pause(ctx context.Context, wait time.Duration) bool {
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}
