package jobs

import (
	"context"
	"math"
	"slices"
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

// after is when so many of the waiting jobs should have begun, in whole seconds from one to an
// hour. A place frees when a running job ends: those of types whose usual time is known as long
// after their begin, the others after as long as the last runs took. A run that has taken longer
// already is taken to be half done.
func (q *Queue) after(places int) time.Duration {
	now := time.Now()
	run := max(q.usual, q.schedule.meanAge(now))
	var left []time.Duration // of the running jobs
	for _, e := range q.schedule.active {
		ran := now.Sub(e.job.Started)
		usual, known := q.schedule.history.usual(e.job.Type)
		if !known {
			usual = q.usual
		}
		if usual <= ran {
			usual = 2 * ran
		}
		left = append(left, usual-ran)
		run = max(run, usual)
	}
	slices.Sort(left)
	rounds, place := (max(places, 1)-1)/q.options.Workers, (max(places, 1)-1)%q.options.Workers
	wait := time.Duration(rounds) * run
	if len(left) > 0 {
		wait += left[min(place, len(left)-1)]
	}
	seconds := math.Ceil(wait.Seconds())
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
