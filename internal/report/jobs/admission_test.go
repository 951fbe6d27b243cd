package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// One caller cannot fill the queue: a caller that asks for its first report finds a
// place, however much the others asked for. A-REPORT-22.
func TestOneCallerCannotFillTheQueue(t *testing.T) {
	for name, test := range map[string]struct {
		options jobs.Options
		taken   int // of the greedy caller's
	}{
		"half of the queue":    {jobs.Options{MaxQueued: 20}, 10},
		"its own bound":        {jobs.Options{MaxQueued: 20, MaxPerCaller: 4}, 4},
		"the usual bound":      {jobs.Options{MaxQueued: 5000}, 500},
		"a very small queue":   {jobs.Options{MaxQueued: 4}, 3},
		"a bound above queues": {jobs.Options{MaxQueued: 8, MaxPerCaller: 100}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			q := open(t, test.options)
			defer stop(t, q)
			var full *jobs.FullError
			for i := 0; ; i++ {
				_, _, _, err := q.Submit(t.Context(), jobs.Job{ID: fmt.Sprint(i), Caller: "greedy"})
				if errors.As(err, &full) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if !full.Caller || full.Queued != test.taken || full.RetryAfter < time.Second {
				t.Errorf("after %d it said %+v", test.taken, full)
			}
			if _, _, _, err := q.Submit(t.Context(), jobs.Job{ID: "modest", Caller: "modest"}); err != nil {
				t.Errorf("another caller's first report: %v", err)
			}
		})
	}
}

// Retry-After follows from what waits and from how long the running ones take.
func TestRetryAfterIsHonest(t *testing.T) {
	q := open(t, jobs.Options{MaxQueued: 100, MaxPerCaller: 2, Workers: 1})
	defer stop(t, q)
	block := make(chan struct{})
	defer close(block)
	startQueue(t, q, &workers{make: func(ctx context.Context, _ jobs.Job) (jobs.Result, error) {
		select {
		case <-block:
		case <-ctx.Done():
		}
		return jobs.Result{}, nil
	}})
	submit(t, q, "runs", "a")
	until(t, q, "runs", jobs.Running)
	submit(t, q, "first", "a")
	submit(t, q, "second", "a")
	for i := range 10 {
		submit(t, q, fmt.Sprint("other", i), fmt.Sprint(i))
	}
	var full *jobs.FullError
	if _, _, _, err := q.Submit(t.Context(), jobs.Job{ID: "third", Caller: "a"}); !errors.As(err, &full) {
		t.Fatalf("a third: %v", err)
	}
	place := q.Place("first")
	if want := time.Duration(2*place) * time.Second; place < 10 || full.RetryAfter != want {
		t.Errorf("the first of the caller's has place %d and Retry-After is %s, want %s", place, full.RetryAfter, want)
	}
}

// A place frees when a report that runs ends, which is known by how long those of its type took.
func TestRetryAfterGoesByTheReportsThatRun(t *testing.T) {
	now := time.Now()
	running := func(id, kind string, ran time.Duration) jobs.Job {
		return jobs.Job{ID: id, Type: kind, State: jobs.Running, Started: now.Add(-ran)}
	}
	long := jobs.Job{ID: "before", Type: "long", State: jobs.Ready, Notified: true, Started: now.Add(-time.Hour), Finished: now.Add(-time.Hour + 20*time.Second)}
	for name, test := range map[string]struct {
		workers, places int
		known           []jobs.Job
		want            time.Duration
	}{
		"one that has begun":        {1, 1, []jobs.Job{long, running("a", "long", 0)}, 20 * time.Second},
		"one that is half done":     {1, 1, []jobs.Job{long, running("a", "long", 10*time.Second)}, 10 * time.Second},
		"one that takes longer":     {1, 1, []jobs.Job{long, running("a", "long", 30*time.Second)}, 30 * time.Second},
		"the first of two to end":   {2, 1, []jobs.Job{long, running("a", "long", 0), running("b", "long", 15*time.Second)}, 5 * time.Second},
		"the second of two":         {2, 2, []jobs.Job{long, running("a", "long", 0), running("b", "long", 15*time.Second)}, 20 * time.Second},
		"one more round":            {1, 2, []jobs.Job{long, running("a", "long", 5*time.Second)}, 35 * time.Second},
		"a type that is not known":  {1, 1, []jobs.Job{long, running("a", "new", 0)}, 2 * time.Second},
		"an unknown that runs long": {1, 1, []jobs.Job{running("a", "new", 8*time.Second)}, 8 * time.Second},
		"nothing runs":              {1, 1, nil, time.Second},
	} {
		if got := jobs.After(test.workers, test.places, test.known...); got < test.want-time.Second || got > test.want+time.Second {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// A database that hangs occupies as many workers as its limit allows, not all
// of them.
func TestASourceHasItsLimit(t *testing.T) {
	q := open(t, jobs.Options{Workers: 4, SourceLimits: map[string]int{"slow": 2}})
	defer stop(t, q)
	block := make(chan struct{})
	c := &workers{make: func(ctx context.Context, job jobs.Job) (jobs.Result, error) {
		if job.Source == "slow" {
			select {
			case <-block:
			case <-ctx.Done():
			}
		}
		return jobs.Result{}, nil
	}}
	for i := range 6 {
		if _, _, _, err := q.Submit(t.Context(), jobs.Job{ID: fmt.Sprint("slow", i), Caller: fmt.Sprint(i), Source: "slow"}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 6 {
		if _, _, _, err := q.Submit(t.Context(), jobs.Job{ID: fmt.Sprint("quick", i), Caller: fmt.Sprint("q", i), Source: "quick"}); err != nil {
			t.Fatal(err)
		}
	}
	startQueue(t, q, c)
	for i := range 6 {
		until(t, q, fmt.Sprint("quick", i), jobs.Ready)
	}
	if running := q.Counts()[jobs.Running]; running != 2 {
		t.Errorf("%d reports of the slow source run at once", running)
	}
	close(block)
	for i := range 6 {
		until(t, q, fmt.Sprint("slow", i), jobs.Ready)
	}
}

// Every begin and every end of a report is reported once.
func TestBeginsAndEndsAreReported(t *testing.T) {
	q := open(t, jobs.Options{Workers: 1})
	defer stop(t, q)
	received := make(chan string, 10)
	block := make(chan struct{})
	work := (&workers{make: func(context.Context, jobs.Job) (jobs.Result, error) {
		testkit.Hold(t, block)
		return jobs.Result{Rows: 3}, nil
	}}).work()
	work.Began = func(job jobs.Job) { received <- "began " + job.ID }
	work.Ended = func(job jobs.Job) { received <- fmt.Sprint(job.State, " ", job.ID) }
	if err := q.Start(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	submit(t, q, "one", "a")
	until(t, q, "one", jobs.Running)
	submit(t, q, "two", "a")
	if _, err := q.Cancel(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	close(block)
	until(t, q, "one", jobs.Ready)
	for _, want := range []string{"began one", "cancelled two", "ready one"} {
		if got := <-received; got != want {
			t.Errorf("received %q, want %q", got, want)
		}
	}
}
