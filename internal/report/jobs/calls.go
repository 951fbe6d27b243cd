package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Submit accepts a job: when it returns, the job is on disk. Repeated means that
// a job of this id, from the same request, was there already. The error is a
// *FullError, ErrReused, or the store's.
func (q *Queue) Submit(ctx context.Context, job Job) (accepted Job, place int, repeated bool, err error) {
	if known, ok := q.Get(job.ID); ok {
		return q.resubmitted(known, job)
	}
	if err := q.admit(job.Caller); err != nil {
		return Job{}, 0, false, err
	}
	defer q.admitted(job.Caller)
	job.State, job.Created = Queued, time.Now().UTC()
	revision, err := q.store.create(ctx, job)
	if errors.Is(err, errThere) {
		known, _, err := q.store.get(ctx, job.ID)
		if err != nil {
			return Job{}, 0, false, fmt.Errorf("jobs: %w", err)
		}
		return q.resubmitted(known, job)
	}
	if err != nil {
		return Job{}, 0, false, fmt.Errorf("jobs: keep the report: %w", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.take(job, revision)
	return job, q.placeOf(job.ID), false, nil
}

func (q *Queue) resubmitted(known, asked Job) (Job, int, bool, error) {
	if known.Digest != asked.Digest {
		return Job{}, 0, false, ErrReused
	}
	return known, q.Place(known.ID), true, nil
}

// Get returns a job.
func (q *Queue) Get(id string) (Job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	known, ok := q.schedule.jobs[id]
	if !ok {
		return Job{}, false
	}
	return known.job, true
}

// Place is where a job stands in the queue: 1 is next, 0 is not waiting.
func (q *Queue) Place(id string) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.placeOf(id)
}

func (q *Queue) placeOf(id string) int {
	if known, ok := q.schedule.jobs[id]; ok {
		return q.schedule.place(known)
	}
	return 0
}

// List returns the jobs that match, newest first.
func (q *Queue) List(matches func(*Job) bool) []Job {
	q.mu.Lock()
	var found []Job
	for _, known := range q.schedule.jobs {
		if matches(&known.job) {
			found = append(found, known.job)
		}
	}
	q.mu.Unlock()
	sort.Slice(found, func(i, j int) bool {
		return cmp.Or(found[i].Created.Compare(found[j].Created), cmp.Compare(found[i].ID, found[j].ID)) > 0
	})
	return found
}

// Counts says how many jobs are in each state.
func (q *Queue) Counts() map[State]int {
	counts := map[State]int{}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, known := range q.schedule.jobs {
		counts[known.job.State]++
	}
	return counts
}

// Cancel ends a job: at once if it waits, within a moment if it runs. The error
// is ErrUnknown, ErrFinal, or the store's.
func (q *Queue) Cancel(ctx context.Context, id string) (Job, error) {
	job, err := q.change(ctx, id, func(job *Job) error {
		switch {
		case job.State.Final():
			return ErrFinal
		case job.State == Running:
			job.CancelAsked = true
		default:
			q.end(job, Cancelled)
		}
		return nil
	})
	if err == nil {
		q.noteEnd(job)
	}
	return job, err
}

// noteEnd says that a job has ended, if it has.
func (q *Queue) noteEnd(job Job) {
	if job.State.Final() && q.work.Ended != nil {
		q.work.Ended(job)
	}
}

// noteRetry says that a job is tried again, if it is.
func (q *Queue) noteRetry(job Job) {
	if job.Retried() && q.work.Retried != nil {
		q.work.Retried(job)
	}
}

// Replay runs a failed job again, from its first attempt. The error is
// ErrUnknown, ErrNotFailed, or the store's.
func (q *Queue) Replay(ctx context.Context, id string) (Job, error) {
	return q.change(ctx, id, func(job *Job) error {
		if !job.Replayable() {
			return ErrNotFailed
		}
		job.State, job.Attempt, job.Crashes, job.Notified = Queued, 0, 0, false
		job.Reason, job.Cause, job.NotBefore, job.Finished, job.Expires = "", language.Text{}, time.Time{}, time.Time{}, time.Time{}
		return nil
	})
}

// Remove forgets a job that has ended, whatever its record says by now: the
// notification of its client may be recorded at the same moment. The error is ErrUnknown, ErrNotEnded, or
// the store's.
func (q *Queue) Remove(ctx context.Context, id string) error {
	for range changeTries {
		q.mu.Lock()
		known, ok := q.schedule.jobs[id]
		if !ok {
			q.mu.Unlock()
			return ErrUnknown
		}
		ended, revision := known.job.State.Final(), known.revision
		q.mu.Unlock()
		if !ended {
			return ErrNotEnded
		}
		err := q.store.remove(ctx, id, revision)
		if errors.Is(err, errChanged) {
			if err := q.refresh(ctx, id); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("jobs: remove a report: %w", err)
		}
		q.mu.Lock()
		q.schedule.remove(id, revision)
		q.mu.Unlock()
		return nil
	}
	return fmt.Errorf("jobs: report %s is being changed by too many at once", id)
}

// Expired lists the jobs that need not be kept any longer: those past their
// expiry, and the oldest ended ones beyond MaxHistory.
func (q *Queue) Expired(now time.Time) []Job {
	ended := q.List(func(job *Job) bool { return job.State.Final() && job.Notified })
	var expired []Job
	for i, job := range ended {
		if i >= q.options.MaxHistory || !job.Expires.After(now) {
			expired = append(expired, job)
		}
	}
	return expired
}

const changeTries = 20

// change moves a job by compare-and-set; how looks at the newest record and
// either changes it or says why not.
func (q *Queue) change(ctx context.Context, id string, how func(*Job) error) (Job, error) {
	for range changeTries {
		q.mu.Lock()
		known, ok := q.schedule.jobs[id]
		if !ok {
			q.mu.Unlock()
			return Job{}, ErrUnknown
		}
		job, revision := known.job, known.revision
		q.mu.Unlock()
		if err := how(&job); err != nil {
			return job, err
		}
		next, err := q.store.update(ctx, job, revision)
		if errors.Is(err, errChanged) {
			if err := q.refresh(ctx, id); err != nil {
				return Job{}, err
			}
			continue
		}
		if err != nil {
			return Job{}, fmt.Errorf("jobs: keep a change: %w", err)
		}
		q.mu.Lock()
		q.take(job, next)
		q.mu.Unlock()
		return job, nil
	}
	return Job{}, fmt.Errorf("jobs: report %s is being changed by too many at once", id)
}

func (q *Queue) refresh(ctx context.Context, id string) error {
	job, revision, err := q.store.get(ctx, id)
	if err != nil {
		return fmt.Errorf("jobs: read a report again: %w", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.take(job, revision)
	return nil
}

// end gives a job its last state.
func (q *Queue) end(job *Job, state State) {
	now := time.Now().UTC()
	job.State, job.Owner, job.Finished, job.CancelAsked = state, q.node, now, false
	if state != Failed {
		job.Reason, job.Cause = "", language.Text{} // of an attempt before
	}
	job.Expires = now.Add(q.work.Keep(*job))
	job.Notified = !job.notifies()
}
