package jobs

import (
	"context"
	"math"
	"time"
)

const (
	// minWaiting reports of one caller are accepted as long as there is any room.
	minWaiting   = 3
	longestRetry = time.Hour
)

// admit reserves a place for a job, or says why there is none. A caller may have at
// most MaxPerCaller jobs waiting, and no more than there are places left: one caller
// fills half of the queue at most, two fill two thirds, and a caller that asks for its first
// report is admitted (the dynamic thresholds of Choudhury and Hahne, 1998).
// A-REPORT-22.
func (q *Queue) admit(caller string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.schedule.queued
	for _, count := range q.admitting {
		waiting += count
	}
	own, free := q.schedule.waitingOf(caller)+q.admitting[caller], q.options.MaxQueued-waiting
	switch {
	case free <= 0:
		return &FullError{Queued: waiting, RetryAfter: q.after(1)}
	case own >= min(q.options.MaxPerCaller, max(free, minWaiting)):
		return &FullError{Queued: own, Caller: true, RetryAfter: q.after(q.schedule.firstPlace(caller))}
	}
	q.admitting[caller]++
	return nil
}

func (q *Queue) admitted(caller string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.admitting[caller]--; q.admitting[caller] == 0 {
		delete(q.admitting, caller)
	}
}

// after is when so many of the waiting jobs should have begun, in whole seconds
// from one to an hour: a run takes as long as the last ones did, or as those that
// run now have taken already.
func (q *Queue) after(places int) time.Duration {
	run := max(q.usual, q.schedule.meanAge(time.Now()))
	seconds := math.Ceil(run.Seconds() * float64(max(places, 1)) / float64(q.options.Workers))
	return min(max(time.Duration(seconds)*time.Second, time.Second), longestRetry)
}

// Pending is how many jobs have been accepted and have not ended.
func (q *Queue) Pending() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.schedule.queued + len(q.schedule.active)
}

// Oldest is how long the job that waits longest has been waiting; 0 if none does.
func (q *Queue) Oldest(now time.Time) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	var longest time.Duration
	for _, at := range q.schedule.queues {
		if len(at.waiting) > 0 {
			longest = max(longest, now.Sub(at.waiting[0].job.Created))
		}
	}
	return longest
}

// Reachable returns an error if the store does not answer.
func (q *Queue) Reachable(ctx context.Context) error { return probe(ctx, q.connection.stream) }
