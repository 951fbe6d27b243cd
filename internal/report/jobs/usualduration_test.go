package jobs_test

import (
	"context"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestTheUsualTimeIsThatOfReportsThatWereMade: it is the median of the newest runs of its
// type without failed ones, and survives a restart.
func TestTheUsualTimeIsThatOfReportsThatWereMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	took := map[string]time.Duration{"a": 0, "b": 300 * time.Millisecond, "c": 0}
	open := func() *jobs.Queue {
		t.Helper()
		queue, err := jobs.Open(t.Context(), jobs.Options{Dir: dir, Workers: 1, Attempts: 1})
		if err != nil {
			t.Fatal(err)
		}
		err = queue.Start(t.Context(), jobs.Work{
			Make: func(_ context.Context, job jobs.Job) (jobs.Result, error) {
				time.Sleep(took[job.ID]) // what is measured
				if job.Type == "fails" {
					return jobs.Result{}, &jobs.Failure{Reason: "query_failed", Cause: context.Canceled}
				}
				return jobs.Result{}, nil
			},
			Notify: func(context.Context, jobs.Job, bool) error { return nil },
			Keep:   func(jobs.Job) time.Duration { return time.Hour },
		})
		if err != nil {
			t.Fatal(err)
		}
		return queue
	}
	queue := open()
	if _, ok := queue.UsualDuration("made"); ok {
		t.Error("a time is usual before the first run")
	}
	for id, kind := range map[string]string{"a": "made", "b": "made", "c": "fails"} {
		if _, _, _, err := queue.Submit(t.Context(), jobs.Job{ID: id, Type: kind, Caller: "me"}); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Eventually(t, "the reports", func() bool { return queue.Pending() == 0 })
	usual, ok := queue.UsualDuration("made")
	if _, failed := queue.UsualDuration("fails"); !ok || failed || usual < took["b"] {
		t.Errorf("usual are %s, %t; of what fails: %t", usual, ok, failed)
	}
	if err := queue.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	queue = open()
	if again, ok := queue.UsualDuration("made"); !ok || again != usual {
		t.Errorf("after a start %s, before it %s", again, usual)
	}
	if err := queue.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
}
