package schedules_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/schedules"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// open opens the store of a data directory; closed closes the server with it.
func open(t *testing.T, dir string) (store *schedules.Store, closed func()) {
	t.Helper()
	queue, err := jobs.Open(t.Context(), jobs.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	store, err = schedules.Open(t.Context(), queue.JetStream(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return store, func() {
		if err := queue.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

func monday(id string) schedules.Schedule {
	return schedules.Schedule{
		ID: id, Type: "ventas", When: "every monday at 7:00", Zone: "Europe/Madrid", Parameters: map[string]string{"year": "2025"},
		Deliver: []jobs.Target{{Folder: "accounts"}}, Client: "web-1",
	}
}

// follow sends the runs that are due to the channel.
func follow(t *testing.T, store *schedules.Store, ask func(schedules.Run) error) (runs <-chan schedules.Run, stop func()) {
	t.Helper()
	came := make(chan schedules.Run, 100)
	stop, err := store.Follow(t.Context(), func(_ context.Context, run schedules.Run) error {
		came <- run
		return ask(run)
	})
	if err != nil {
		t.Fatal(err)
	}
	return came, stop
}

func fine(schedules.Run) error { return nil }

// TestTheServersClock: the server of the store sends a run when its second comes, with
// what the schedule holds, and again and again.
func TestTheServersClock(t *testing.T) {
	t.Parallel()
	store, closed := open(t, t.TempDir())
	defer closed()
	runs, stop := follow(t, store, fine)
	defer stop()
	wanted := monday("one")
	if err := store.PutCron(t.Context(), wanted, "* * * * * *"); err != nil {
		t.Fatal(err)
	}
	first, second := <-runs, <-runs
	if first.Schedule.ID != "one" || !first.Schedule.Same(&wanted) || second.Number <= first.Number || !second.Due.After(first.Due) {
		t.Errorf("came %+v and %+v", first, second)
	}
}

// TestOneOfTheMissedRunsIsMade: a time that passed while no service ran is made up for
// at the next start, once.
func TestOneOfTheMissedRunsIsMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, closed := open(t, dir)
	missed := monday("missed")
	missed.Zone = "Asia/Kathmandu" // 5 h 45 min before UTC: an hour or a quarter off would be seen
	zone, err := time.LoadLocation(missed.Zone)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().In(zone).Truncate(time.Second).Add(2 * time.Second)
	// A time once a year: a service that did not make up for it at the start would make it only
	// in a year.
	if err := store.PutCron(t.Context(), missed, fmt.Sprintf("%d %d %d %d %d *", at.Second(), at.Minute(), at.Hour(), at.Day(), at.Month())); err != nil {
		t.Fatal(err)
	}
	closed()
	testkit.Eventually(t, "the time to pass", func() bool { return time.Now().After(at.Add(200 * time.Millisecond)) })
	store, closed = open(t, dir)
	defer closed()
	runs, stop := follow(t, store, fine)
	defer stop()
	if run := <-runs; run.Schedule.ID != "missed" || run.Due.Before(at) {
		t.Errorf("came %+v for %s", run, at)
	}
	if len(runs) > 0 {
		t.Errorf("came again: %+v", <-runs)
	}
}

// TestARunIsNotLost: one that was due while no service ran waits; of two, the newer one.
func TestARunIsNotLost(t *testing.T) {
	t.Parallel()
	store, closed := open(t, t.TempDir())
	defer closed()
	if err := store.Put(t.Context(), monday("waits")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := store.RunNow(t.Context(), "waits"); err != nil {
			t.Fatal(err)
		}
	}
	runs, stop := follow(t, store, func(schedules.Run) error { return errors.New("full") })
	refused := <-runs
	stop()
	if len(runs) != 0 || refused.Number != 3 {
		t.Errorf("came %+v, and %d more", refused, len(runs))
	}
}

// TestARemovedScheduleRunsNoMore: neither does a run that was due before, even if the node that
// removed the schedule ended in the middle.
func TestARemovedScheduleRunsNoMore(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(*schedules.Store, context.Context, string) error{
		"removed": (*schedules.Store).Remove, "interrupted": (*schedules.Store).RemoveInterrupted,
	} {
		t.Run(name, func(t *testing.T) {
			store, closed := open(t, t.TempDir())
			defer closed()
			for _, id := range []string{"removed", "stays"} {
				if err := store.Put(t.Context(), monday(id)); err != nil {
					t.Fatal(err)
				}
				if err := store.ChangeOutcome(t.Context(), id, func(*schedules.Outcome) bool { return true }); err != nil {
					t.Fatal(err)
				}
				if err := store.RunNow(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			if err := remove(store, t.Context(), "removed"); err != nil {
				t.Fatal(err)
			}
			runs, stop := follow(t, store, fine)
			defer stop()
			if run := testkit.Receive(t, runs, "a run"); run.Schedule.ID != "stays" {
				t.Errorf("a run of %q", run.Schedule.ID)
			}
			testkit.Eventually(t, "what the removed one left to go", func() bool {
				left, err := store.Left(t.Context(), "removed")
				return err == nil && left == 0
			})
		})
	}
}

// TestARemovedScheduleStaysRemoved, and its outcome, when the process is killed after other
// writes; it had been changed before.
func TestARemovedScheduleStaysRemoved(t *testing.T) {
	t.Parallel()
	dir, killed := t.TempDir(), t.TempDir()
	store, closed := open(t, dir)
	defer closed()
	for _, id := range []string{"removed", "stays"} {
		if err := store.Put(t.Context(), monday(id)); err != nil {
			t.Fatal(err)
		}
		for _, problem := range []bool{true, false} {
			if _, err := store.Pause(t.Context(), id, problem); err != nil {
				t.Fatal(err)
			}
			if err := store.ChangeOutcome(t.Context(), id, func(outcome *schedules.Outcome) bool {
				outcome.Problem = &schedules.Problem{}
				return true
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := store.Remove(t.Context(), "removed"); err != nil {
		t.Fatal(err)
	}
	if err := store.Put(t.Context(), monday("later")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	again, closedToo := open(t, killed)
	defer closedToo()
	all, err := again.List(t.Context())
	if err != nil || len(all) != 2 {
		t.Errorf("kept are %+v, %v", all, err)
	}
	if failing, err := again.Failing(t.Context()); failing != 1 || err != nil {
		t.Errorf("%d fail, %v", failing, err)
	}
}

// TestARemovedScheduleIsNotChanged: a change that began before the removal does not bring it back.
func TestARemovedScheduleIsNotChanged(t *testing.T) {
	t.Parallel()
	store, closed := open(t, t.TempDir())
	defer closed()
	for round := range 20 {
		id := fmt.Sprint("round-", round)
		if err := store.Put(t.Context(), monday(id)); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for _, change := range []func() error{
			func() error { _, err := store.Pause(t.Context(), id, true); return err },
			func() error { _, err := store.Replace(t.Context(), monday(id)); return err },
			func() error { return store.Remove(t.Context(), id) },
		} {
			all.Go(func() {
				if err := change(); err != nil && !errors.Is(err, schedules.ErrUnknown) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if _, err := store.Get(t.Context(), id); !errors.Is(err, schedules.ErrUnknown) {
			t.Errorf("%s is there again: %v", id, err)
		}
	}
}

// TestAPausedScheduleRests: no time counts while it is paused, also not after the server
// has started again, and none that passed meanwhile is made up for.
func TestAPausedScheduleRests(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, closed := open(t, dir)
	for _, id := range []string{"rests", "goes"} {
		if err := store.PutCron(t.Context(), monday(id), "* * * * * *"); err != nil {
			t.Fatal(err)
		}
	}
	paused, err := store.Pause(t.Context(), "rests", true)
	if err != nil || !paused.Paused || !paused.Next(time.Now()).IsZero() {
		t.Fatalf("paused: %+v %v", paused, err)
	}
	// A run that was due before the pause came.
	runs, stop := follow(t, store, fine)
	for range 3 {
		<-runs
	}
	stop()
	closed()
	store, closed = open(t, dir)
	defer closed()
	runs, stop = follow(t, store, fine)
	defer stop()
	for range 3 { // the other one's seconds have passed, so the paused one's would have
		if run := <-runs; run.Schedule.ID != "goes" {
			t.Errorf("came %+v", run)
		}
	}
	if kept, err := store.Get(t.Context(), "rests"); err != nil || !kept.Paused {
		t.Errorf("kept is %+v %v", kept, err)
	}
	if again, err := store.Pause(t.Context(), "rests", false); err != nil || again.Paused || again.Next(time.Now()).Weekday() != time.Monday {
		t.Errorf("resumed: %+v %v", again, err)
	}
	if _, err := store.Pause(t.Context(), "none", true); !errors.Is(err, schedules.ErrUnknown) {
		t.Errorf("none: %v", err)
	}
}

func TestSchedulesAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, closed := open(t, dir)
	for i := range schedules.MostPerClient {
		if err := store.Put(t.Context(), monday(fmt.Sprint("s", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Put(t.Context(), monday("more")); !errors.Is(err, schedules.ErrFull) {
		t.Errorf("one too many: %v", err)
	}
	if err := store.Put(t.Context(), monday("s1")); err != nil {
		t.Errorf("one in place of another: %v", err)
	}
	outcome := schedules.Outcome{Report: "r", Skipped: 2}
	if err := store.ChangeOutcome(t.Context(), "s1", func(o *schedules.Outcome) bool { *o = outcome; return true }); err != nil {
		t.Fatal(err)
	}
	closed()
	store, closed = open(t, dir)
	defer closed()
	if got, err := store.Outcome(t.Context(), "s1"); err != nil || got != outcome {
		t.Errorf("outcome %+v %v", got, err)
	}
	if err := store.Remove(t.Context(), "s1"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"s1", "none", "a.b", "*", ">", ""} {
		if err := store.Remove(t.Context(), id); !errors.Is(err, schedules.ErrUnknown) {
			t.Errorf("remove %q: %v", id, err)
		}
		if err := store.RunNow(t.Context(), id); !errors.Is(err, schedules.ErrUnknown) {
			t.Errorf("run %q: %v", id, err)
		}
	}
	all, err := store.List(t.Context())
	if err != nil || len(all) != schedules.MostPerClient-1 {
		t.Errorf("kept are %d, %v", len(all), err)
	}
	if got, err := store.Outcome(t.Context(), "s1"); err != nil || got != (schedules.Outcome{}) {
		t.Errorf("of a removed one: %+v %v", got, err)
	}
}

// TestAChangeOfAnOutcomeIsMadeAnew: two nodes that note something at once lose nothing.
func TestAChangeOfAnOutcomeIsMadeAnew(t *testing.T) {
	t.Parallel()
	store, closed := open(t, t.TempDir())
	defer closed()
	if err := store.Put(t.Context(), monday("one")); err != nil {
		t.Fatal(err)
	}
	failing := func(o *schedules.Outcome) bool {
		o.Problem = &schedules.Problem{NotMade: language.Text{English: "no"}}
		return true
	}
	others := false
	err := store.ChangeOutcome(t.Context(), "one", func(o *schedules.Outcome) bool {
		if !others {
			others = true
			if err := store.ChangeOutcome(t.Context(), "one", failing); err != nil {
				t.Error(err)
			}
		}
		o.Skipped++
		return true
	})
	got, readErr := store.Outcome(t.Context(), "one")
	if err != nil || readErr != nil || got.Skipped != 1 || got.Problem == nil {
		t.Errorf("outcome %+v, %v %v", got, err, readErr)
	}
	if n, err := store.Failing(t.Context()); err != nil || n != 1 {
		t.Errorf("%d fail, %v", n, err)
	}
	if err := store.ChangeOutcome(t.Context(), "none", failing); !errors.Is(err, schedules.ErrUnknown) {
		t.Errorf("none: %v", err)
	}
}

// TestAProblemStaysUntilARunEndsWell whatever else ends meanwhile.
func TestAProblemStaysUntilARunEndsWell(t *testing.T) {
	t.Parallel()
	at := func(minute int) time.Time { return time.Date(2026, time.November, 30, 7, minute, 0, 0, time.UTC) }
	job := func(id string, minute int, state jobs.State) *jobs.Job {
		return &jobs.Job{ID: id, Created: at(minute), State: state}
	}
	of := func(id string) *schedules.Problem {
		return &schedules.Problem{Report: id, Undelivered: []schedules.Undelivered{{Target: jobs.Target{Mail: "ana@example.com"}, Why: language.Text{English: "550"}}}}
	}
	fine := &schedules.Problem{}
	before := schedules.Outcome{Report: "b", Asked: at(10), Problem: of("a")}
	for name, test := range map[string]struct {
		from    schedules.Outcome
		job     *jobs.Job
		problem *schedules.Problem
		changed bool
		report  string
		state   jobs.State
		of      string // the report that the problem is of
	}{
		"the first fails":                           {schedules.Outcome{}, job("a", 1, jobs.Failed), of("a"), true, "a", jobs.Failed, "a"},
		"the newest ends well":                      {before, job("b", 10, jobs.Ready), fine, true, "b", jobs.Ready, ""},
		"the newest fails too":                      {before, job("b", 10, jobs.Ready), of("b"), true, "b", jobs.Ready, "b"},
		"the newest is cancelled":                   {before, job("b", 10, jobs.Cancelled), fine, true, "b", jobs.Cancelled, "a"},
		"the one of the problem is delivered later": {before, job("a", 1, jobs.Ready), fine, true, "b", "", ""},
		"the one of the problem fails as before":    {before, job("a", 1, jobs.Ready), of("a"), false, "b", "", "a"},
		"an older one fails":                        {before, job("0", 0, jobs.Failed), of("0"), false, "b", "", "a"},
		"one that is not noted yet ends":            {before, job("c", 20, jobs.Ready), fine, true, "c", jobs.Ready, ""},
	} {
		outcome := test.from
		changed := outcome.Ended(test.job, test.problem)
		of := ""
		if outcome.Problem != nil {
			of = outcome.Problem.Report
		}
		if changed != test.changed || outcome.Report != test.report || outcome.State != test.state || of != test.of {
			t.Errorf("%s: %t, %+v with a problem of %q", name, changed, outcome, of)
		}
	}
}

// TestRenamedSchedulesKeepTheirTime: those that people made of a type, and no others.
func TestRenamedSchedulesKeepTheirTime(t *testing.T) {
	t.Parallel()
	store, closed := open(t, t.TempDir())
	defer closed()
	other, defined, paused := monday("other"), monday("def-x"), monday("paused")
	other.Type, defined.FromDefinition, paused.Paused = "existencias", true, true
	for _, one := range []schedules.Schedule{other, defined, paused} {
		if err := store.Put(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.PutCron(t.Context(), monday("one"), "* * * * * *"); err != nil {
		t.Fatal(err)
	}
	if renamed, err := store.Rename(t.Context(), "ventas", "sales"); renamed != 2 || err != nil {
		t.Fatalf("renamed %d, %v", renamed, err)
	}
	for id, want := range map[string]string{"one": "sales", "paused": "sales", "other": "existencias", "def-x": "ventas"} {
		got, err := store.Get(t.Context(), id)
		if err != nil || got.Type != want || got.Paused != (id == "paused") || got.Zone != "Europe/Madrid" || got.Client != "web-1" {
			t.Errorf("%s is %+v, %v", id, got, err)
		}
	}
	if one, err := store.Get(t.Context(), "one"); err != nil || one.Next(time.Now()).Weekday() != time.Monday {
		t.Errorf("its next run is that of %+v, %v", one, err)
	}
	if renamed, err := store.Rename(t.Context(), "ventas", "sales"); renamed != 0 || err != nil {
		t.Errorf("once more: %d, %v", renamed, err)
	}
}
