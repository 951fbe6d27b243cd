package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/natsserver"
)

// workers run a queue's jobs as a test asks and record what they did.
type workers struct {
	mu       sync.Mutex
	made     []string
	notified []string
	make     func(ctx context.Context, job jobs.Job) (jobs.Result, error)
	notify   func(job jobs.Job) error
	retried  func(job jobs.Job)
}

func (c *workers) work() jobs.Work {
	return jobs.Work{
		Make: func(ctx context.Context, job jobs.Job) (jobs.Result, error) {
			c.mu.Lock()
			c.made = append(c.made, job.ID)
			c.mu.Unlock()
			if c.make != nil {
				return c.make(ctx, job)
			}
			return jobs.Result{Rows: 1}, nil
		},
		Notify: func(_ context.Context, job jobs.Job, repeated bool) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.notified = append(c.notified, fmt.Sprintf("%s %s %t", job.ID, job.State, repeated))
			if c.notify != nil {
				return c.notify(job)
			}
			return nil
		},
		Keep:    func(jobs.Job) time.Duration { return time.Hour },
		Retried: c.retried,
	}
}

func (c *workers) seen() (made, notified []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.made...), append([]string(nil), c.notified...)
}

func open(t *testing.T, options jobs.Options) *jobs.Queue {
	t.Helper()
	if options.Dir == "" {
		options.Dir = t.TempDir()
	}
	options.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	q, err := jobs.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func startQueue(t *testing.T, q *jobs.Queue, c *workers) {
	t.Helper()
	if err := q.Start(t.Context(), c.work()); err != nil {
		t.Fatal(err)
	}
}

func stop(t *testing.T, q *jobs.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testkit.WaitLimit)
	defer cancel()
	if err := q.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func submit(t *testing.T, q *jobs.Queue, id, caller string) int {
	t.Helper()
	_, place, _, err := q.Submit(t.Context(), jobs.Job{ID: id, Type: "x", Caller: caller, ConnectionID: id + "="})
	if err != nil {
		t.Fatal(err)
	}
	return place
}

// until waits for a state whose client is notified.
func until(t *testing.T, q *jobs.Queue, id string, state jobs.State) jobs.Job {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); ; {
		job, ok := q.Get(id)
		if ok && job.State == state && (job.Notified || !state.Final()) {
			return job
		}
		if time.Now().After(limit) {
			t.Fatalf("%s is %+v, want %s", id, job, state)
		}
	}
}

func TestCallersTakeTurns(t *testing.T) {
	q := open(t, jobs.Options{Workers: 1})
	defer stop(t, q)
	var places []int
	for _, job := range []struct{ id, caller string }{{"a1", "a"}, {"a2", "a"}, {"a3", "a"}, {"a4", "a"}, {"b1", "b"}, {"b2", "b"}, {"c1", "c"}} {
		places = append(places, submit(t, q, job.id, job.caller))
	}
	if diff := cmp.Diff([]int{1, 2, 3, 4, 2, 4, 3}, places); diff != "" {
		t.Errorf("places as returned (-want +got):\n%s", diff)
	}
	c := &workers{}
	startQueue(t, q, c)
	for _, id := range []string{"a4", "b2", "c1"} {
		until(t, q, id, jobs.Ready)
	}
	made, _ := c.seen()
	if diff := cmp.Diff([]string{"a1", "b1", "c1", "a2", "b2", "a3", "a4"}, made); diff != "" {
		t.Errorf("the order (-want +got):\n%s", diff)
	}
}

// TestPrioritiesGoFirst: among callers, too; but every tenth begin is the oldest job's.
func TestPrioritiesGoFirst(t *testing.T) {
	q := open(t, jobs.Options{Workers: 1})
	defer stop(t, q)
	var places []int
	ask := func(id, caller string, priority int) {
		_, place, _, err := q.Submit(t.Context(), jobs.Job{ID: id, Type: "x", Caller: caller, ConnectionID: id + "=", Priority: priority})
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, place)
	}
	ask("low", "a", -1)
	ask("a1", "a", 0)
	ask("b1", "b", 0)
	want := []string{}
	for i := range 12 {
		id := fmt.Sprintf("high%02d", i)
		ask(id, "a", 1)
		want = append(want, id)
	}
	ask("b2", "b", 0)
	if diff := cmp.Diff([]int{1, 1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15}, places); diff != "" {
		t.Errorf("places as returned (-want +got):\n%s", diff)
	}
	c := &workers{}
	startQueue(t, q, c)
	for _, id := range []string{"low", "a1", "b2"} {
		until(t, q, id, jobs.Ready)
	}
	made, _ := c.seen()
	want = append(append(want[:9:9], "low"), append(want[9:], "b1", "a1", "b2")...)
	if diff := cmp.Diff(want, made); diff != "" {
		t.Errorf("the order (-want +got):\n%s", diff)
	}
}

func TestPassingFailuresAreTriedAgainAndLastingOnesWaitForAnOperator(t *testing.T) {
	q := open(t, jobs.Options{Attempts: 2, SourceAttempts: map[string]int{"once": 1}})
	defer stop(t, q)
	healed := make(chan struct{})
	c := &workers{make: func(_ context.Context, job jobs.Job) (jobs.Result, error) {
		select {
		case <-healed:
			return jobs.Result{Rows: 7}, nil
		default:
			return jobs.Result{}, &jobs.Failure{Reason: "source_unavailable", Retry: job.ID == "passing" || job.ID == "once", Cause: errors.New("down")}
		}
	}}
	retried := make(chan jobs.Job, 10)
	c.retried = func(job jobs.Job) { retried <- job }
	startQueue(t, q, c)
	submit(t, q, "passing", "a")
	submit(t, q, "lasting", "a")
	if job := <-retried; job.ID != "passing" || !job.Retried() || job.Reason != "source_unavailable" || job.Cause.English != "down" {
		t.Errorf("tried again is %+v", job)
	}
	if dead := until(t, q, "lasting", jobs.Failed); dead.Attempt != 1 || dead.Reason != "source_unavailable" || dead.Cause.English != "down" {
		t.Errorf("lasting ended as %+v", dead)
	}
	if dead := until(t, q, "passing", jobs.Failed); dead.Attempt != 2 {
		t.Errorf("passing ended as %+v", dead)
	}
	if _, _, _, err := q.Submit(t.Context(), jobs.Job{ID: "once", Type: "x", Caller: "a", ConnectionID: "once=", Source: "once"}); err != nil {
		t.Fatal(err)
	}
	if dead := until(t, q, "once", jobs.Failed); dead.Attempt != 1 {
		t.Errorf("of a source with one attempt it ended as %+v", dead)
	}
	close(healed)
	if _, err := q.Replay(t.Context(), "passing"); err != nil {
		t.Fatal(err)
	}
	if again := until(t, q, "passing", jobs.Ready); again.Rows != 7 || again.Attempt != 1 || again.Reason != "" || again.Cause != (language.Text{}) {
		t.Errorf("the replay ended as %+v", again)
	}
	if _, err := q.Replay(t.Context(), "passing"); !errors.Is(err, jobs.ErrNotFailed) {
		t.Errorf("a replay of a ready report: %v", err)
	}
	_, notified := c.seen()
	if len(notified) != 4 {
		t.Errorf("notified %v", notified)
	}
}

func TestAPanicEndsOneReportOnly(t *testing.T) {
	q := open(t, jobs.Options{})
	defer stop(t, q)
	c := &workers{make: func(_ context.Context, job jobs.Job) (jobs.Result, error) {
		if job.ID == "bad" {
			panic("boom")
		}
		return jobs.Result{}, nil
	}}
	startQueue(t, q, c)
	submit(t, q, "bad", "a")
	submit(t, q, "good", "a")
	if job := until(t, q, "bad", jobs.Failed); job.Cause.Spanish != "panic: boom" {
		t.Errorf("bad ended as %+v", job)
	}
	until(t, q, "good", jobs.Ready)
}

func TestCancel(t *testing.T) {
	q := open(t, jobs.Options{Workers: 1})
	defer stop(t, q)
	began := make(chan struct{})
	c := &workers{make: func(ctx context.Context, _ jobs.Job) (jobs.Result, error) {
		close(began)
		<-ctx.Done()
		return jobs.Result{}, context.Cause(ctx)
	}}
	startQueue(t, q, c)
	submit(t, q, "running", "a")
	<-began
	submit(t, q, "waiting", "a")
	for _, id := range []string{"waiting", "running"} {
		if _, err := q.Cancel(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		until(t, q, id, jobs.Cancelled)
		if _, err := q.Cancel(t.Context(), id); !errors.Is(err, jobs.ErrFinal) {
			t.Errorf("a second time: %v", err)
		}
	}
	if _, err := q.Cancel(t.Context(), "none"); !errors.Is(err, jobs.ErrUnknown) {
		t.Errorf("an unknown one: %v", err)
	}
}

func TestClientsThatCannotBeNotifiedAreTriedAgain(t *testing.T) {
	q := open(t, jobs.Options{})
	defer stop(t, q)
	tries := 0
	c := &workers{notify: func(jobs.Job) error {
		tries++
		return []error{nil, jobs.ErrNotDelivered, errors.New("the gateway is away"), jobs.ErrNotDelivered, nil}[tries]
	}}
	startQueue(t, q, c)
	submit(t, q, "one", "a")
	until(t, q, "one", jobs.Ready)
	_, notified := c.seen()
	if diff := cmp.Diff([]string{"one ready false", "one ready false", "one ready true", "one ready true"}, notified); diff != "" {
		t.Errorf("notified, and whether it may be a repetition (-want +got):\n%s", diff)
	}
}

// A report that is run again ends again: what was open about its first end is not
// open about the second.
func TestAReplayedReportIsNotifiedAgain(t *testing.T) {
	q := open(t, jobs.Options{})
	defer stop(t, q)
	tries := 0
	c := &workers{
		make: func(context.Context, jobs.Job) (jobs.Result, error) {
			return jobs.Result{}, &jobs.Failure{Reason: "query_failed", Cause: errors.New("no")}
		},
		notify: func(jobs.Job) error {
			if tries++; tries == 1 {
				return errors.New("the gateway is away")
			}
			return nil
		},
	}
	startQueue(t, q, c)
	submit(t, q, "one", "a")
	until(t, q, "one", jobs.Failed)
	if _, err := q.Replay(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	until(t, q, "one", jobs.Failed)
	_, notified := c.seen()
	if diff := cmp.Diff([]string{"one failed false", "one failed true", "one failed false"}, notified); diff != "" {
		t.Errorf("notified, and whether it may be a repetition (-want +got):\n%s", diff)
	}
}

func TestAStoppedQueueGoesOn(t *testing.T) {
	dir := t.TempDir()
	q := open(t, jobs.Options{Dir: dir, Workers: 1})
	began := make(chan struct{}, 1)
	startQueue(t, q, &workers{make: func(ctx context.Context, _ jobs.Job) (jobs.Result, error) {
		began <- struct{}{}
		<-ctx.Done()
		return jobs.Result{}, context.Cause(ctx)
	}})
	submit(t, q, "one", "a")
	submit(t, q, "two", "a")
	<-began
	stop(t, q)
	q = open(t, jobs.Options{Dir: dir})
	defer stop(t, q)
	c := &workers{}
	startQueue(t, q, c)
	for _, id := range []string{"one", "two"} {
		if job := until(t, q, id, jobs.Ready); job.Attempt != 1 {
			t.Errorf("%s ended as %+v", id, job)
		}
	}
}

func TestOneDirectoryHasOneQueue(t *testing.T) {
	dir := t.TempDir()
	q := open(t, jobs.Options{Dir: dir})
	defer stop(t, q)
	if _, err := jobs.Open(t.Context(), jobs.Options{Dir: dir}); err == nil {
		t.Error("a second queue opened the same directory")
	}
}

func TestTheQueueHasABound(t *testing.T) {
	q := open(t, jobs.Options{MaxQueued: 3})
	defer stop(t, q)
	var full *jobs.FullError
	for i := range 4 {
		_, _, _, err := q.Submit(t.Context(), jobs.Job{ID: fmt.Sprint(i), Caller: "a"})
		if (i == 3) != errors.As(err, &full) {
			t.Fatalf("job %d: %v", i, err)
		}
	}
	if full.Queued != 3 || full.RetryAfter < time.Second || full.RetryAfter > time.Minute {
		t.Errorf("it said %+v", full)
	}
}

// TestAClockThatIsSetBackHoldsNoRetry: the time of a retry is by the clock of the machine,
// which may have been set back since; a process waits by its own no longer than a retry does.
func TestAClockThatIsSetBackHoldsNoRetry(t *testing.T) {
	now := time.Date(2026, 3, 29, 2, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		notBefore, seen time.Time
		due             bool
		wait            time.Duration
	}{
		"a retry in four seconds":  {now.Add(4 * time.Second), now, false, 4 * time.Second},
		"a retry whose time came":  {now, now.Add(-4 * time.Second), true, 0},
		"set back by an hour":      {now.Add(time.Hour), now, false, 375 * time.Second},
		"set back six minutes ago": {now.Add(time.Hour), now.Add(-6 * time.Minute), false, 15 * time.Second},
		"set back long ago":        {now.Add(time.Hour), now.Add(-7 * time.Minute), true, 0},
		"set forward by an hour":   {now.Add(-time.Hour), now, true, 0},
	} {
		if due, wait := jobs.Due(test.notBefore, test.seen, now); due != test.due || wait != test.wait {
			t.Errorf("%s: due %t, else in %s; want %t, %s", name, due, wait, test.due, test.wait)
		}
	}
}

func TestEndedJobsExpire(t *testing.T) {
	q := open(t, jobs.Options{})
	defer stop(t, q)
	startQueue(t, q, &workers{})
	submit(t, q, "one", "a")
	until(t, q, "one", jobs.Ready)
	if early := q.Expired(time.Now()); len(early) != 0 {
		t.Errorf("expired at once: %v", early)
	}
	if set := q.Expired(time.Now().AddDate(-1, 0, 0)); len(set) != 0 {
		t.Errorf("with a clock that was set back: %v", set)
	}
	late := q.Expired(time.Now().Add(2 * time.Hour))
	if len(late) != 1 || q.Remove(t.Context(), late[0].ID) != nil {
		t.Fatalf("expired later: %v", late)
	}
	if _, ok := q.Get("one"); ok {
		t.Error("it is still there")
	}
}

// A report whose client was just notified can be deleted at once, although the record
// is being written at that moment; who deletes it twice finds none.
func TestAReportIsDeletedWhileItsRecordChanges(t *testing.T) {
	q := open(t, jobs.Options{})
	defer stop(t, q)
	notified := make(chan string, 100)
	startQueue(t, q, &workers{notify: func(job jobs.Job) error { notified <- job.ID; return nil }})
	for i := range 40 {
		submit(t, q, fmt.Sprintf("job-%d", i), "a")
	}
	for range 40 {
		id := <-notified
		var both sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			both.Go(func() { errs[i] = q.Remove(t.Context(), id) })
		}
		both.Wait()
		if deleted, again := errs[0], errs[1]; deleted != nil && !errors.Is(deleted, jobs.ErrUnknown) || again != nil && !errors.Is(again, jobs.ErrUnknown) || deleted != nil && again != nil {
			t.Errorf("%s: %v, %v", id, errs[0], errs[1])
		}
		if _, ok := q.Get(id); ok {
			t.Errorf("%s is still there", id)
		}
	}
}

// TestNodesShareAQueue has two nodes work on one external JetStream: every job is
// made once, wherever it was asked for.
func TestNodesShareAQueue(t *testing.T) {
	nats := natsserver.Start(t, natsserver.Options{Settings: "jetstream {}"})
	c := &workers{}
	var queues []*jobs.Queue
	for range 2 {
		q := open(t, jobs.Options{URL: nats.ClientURL(), Workers: 2})
		defer stop(t, q)
		startQueue(t, q, c)
		queues = append(queues, q)
	}
	for i := range 40 {
		submit(t, queues[i%2], fmt.Sprint(i), "a")
	}
	for i := range 40 {
		until(t, queues[(i+1)%2], fmt.Sprint(i), jobs.Ready)
	}
	made, notified := c.seen()
	if len(made) != 40 || len(notified) != 40 {
		t.Errorf("made %d, notified %d of 40", len(made), len(notified))
	}
}

// A removed report is gone whenever the process is killed: what the disk has then is opened.
// Its marker has ended, or has not.
func TestARemovedReportStaysRemoved(t *testing.T) {
	for name, ended := range map[string]bool{"with its marker": false, "without": true} {
		t.Run(name, func(t *testing.T) {
			dir, killed := t.TempDir(), t.TempDir()
			q := open(t, jobs.Options{Dir: dir})
			defer stop(t, q)
			startQueue(t, q, &workers{})
			submit(t, q, "one", "a")
			submit(t, q, "two", "a")
			until(t, q, "one", jobs.Ready)
			until(t, q, "two", jobs.Ready)
			if err := q.Remove(t.Context(), "one"); err != nil {
				t.Fatal(err)
			}
			if ended {
				if err := q.EndMarker(t.Context(), "one"); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			next := open(t, jobs.Options{Dir: killed})
			defer stop(t, next)
			if _, ok := next.Get("one"); ok {
				t.Error("the removed report is back")
			}
			if _, ok := next.Get("two"); !ok {
				t.Error("the other one is gone")
			}
		})
	}
}
