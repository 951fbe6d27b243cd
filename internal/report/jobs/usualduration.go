package jobs

import (
	"slices"
	"time"
)

// remembered is how many runs of a type its usual time is the median of.
const remembered = 15

// A finishedRun is one run that made its report.
type finishedRun struct {
	ended time.Time
	took  time.Duration
}

// history holds the newest runs of each type, oldest first.
type history map[string][]finishedRun

func (h history) add(job *Job) {
	if job.State != Ready || job.Started.IsZero() {
		return
	}
	runs := h[job.Type]
	for _, run := range runs { // a record is written again when its client was notified
		if run.ended.Equal(job.Finished) {
			return
		}
	}
	run := finishedRun{job.Finished, job.Finished.Sub(job.Started)}
	place, _ := slices.BinarySearchFunc(runs, run, func(a, b finishedRun) int { return a.ended.Compare(b.ended) })
	runs = slices.Insert(runs, place, run)
	h[job.Type] = runs[max(len(runs)-remembered, 0):]
}

// UsualDuration is how long reports of a type took: the median of the newest runs. ok is
// false before the first.
func (q *Queue) UsualDuration(reportType string) (took time.Duration, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.schedule.history.usual(reportType)
}

func (h history) usual(reportType string) (took time.Duration, ok bool) {
	runs := h[reportType]
	if len(runs) == 0 {
		return 0, false
	}
	times := make([]time.Duration, len(runs))
	for i, run := range runs {
		times[i] = run.took
	}
	slices.Sort(times)
	return times[len(times)/2], true
}
