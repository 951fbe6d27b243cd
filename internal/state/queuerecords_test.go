package state_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// workWith works on partitions until until says that it is enough.
func workWith(t *testing.T, q pasarela.WorkQueue, what string, until func() bool, run func([]byte) pasarela.TaskEnd, partitions ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	for _, partition := range partitions {
		working.Go(func() {
			q.Work(ctx, partition, func(_ context.Context, task []byte) pasarela.TaskEnd { return run(task) })
		})
	}
	testkit.Eventually(t, what, until)
	stop()
	working.Wait()
}

func nothingWaits(t *testing.T, q pasarela.WorkQueue) func() bool {
	return func() bool { left, err := q.Partitions(t.Context()); return err == nil && len(left) == 0 }
}

// Calls that wait and dead letters outlive the repair of a store, whatever part of it is
// damaged, but for the damaged ones themselves; what was done is not done again.
func TestRepairKeepsCallsAndDeadLetters(t *testing.T) {
	part := func(dir, stream, name string) string {
		return filepath.Join(filepath.Dir(filepath.Join(dir, streamDir)), stream, name)
	}
	flip := func(t *testing.T, folder, where string) { // in the file that has it
		files, _ := filepath.Glob(filepath.Join(folder, "msgs", "*.blk"))
		for _, file := range files {
			edit(t, file, func(b []byte) []byte {
				if at := bytes.Index(b, []byte(where)); at >= 0 {
					b[at] ^= 1
				}
				return b
			})
		}
	}
	tasks, letters := []string{"task 2", "task 3", "task 4"}, []string{"letter 1", "letter 3"}
	for name, c := range map[string]struct {
		damage         func(t *testing.T, dir string)
		tasks, letters []string
		whole          bool
	}{
		"nothing": {func(*testing.T, string) {}, tasks, letters, true},
		"the bucket": {func(t *testing.T, dir string) {
			flip(t, filepath.Join(dir, streamDir), "value 1")
		}, tasks, letters, false},
		"a task": {func(t *testing.T, dir string) {
			flip(t, part(dir, "pasarela_tasks", ""), "task 3")
		}, []string{"task 2", "task 4"}, letters, false},
		"a task with removals behind": {func(t *testing.T, dir string) {
			flip(t, part(dir, "pasarela_tasks", ""), "task 4")
		}, []string{"task 2", "task 3"}, letters, false},
		"a task that was done": {func(t *testing.T, dir string) {
			flip(t, part(dir, "pasarela_tasks", ""), "task 1")
		}, tasks, letters, false},
		"a dead letter": {func(t *testing.T, dir string) {
			flip(t, part(dir, "pasarela_dead_letters", ""), "letter 1")
		}, tasks, []string{"letter 3"}, false},
		"the description of the queue": {func(t *testing.T, dir string) {
			overwrite(t, part(dir, "pasarela_tasks", "meta.inf"))
		}, tasks, letters, false},
		"the description of the dead letters": {func(t *testing.T, dir string) {
			remove(t, part(dir, "pasarela_dead_letters", "meta.inf"))
		}, tasks, letters, false},
	} {
		t.Run(name, func(t *testing.T) {
			from := t.TempDir()
			store := open(t, from)
			for _, key := range []string{"api/1", "api/2"} {
				if _, err := store.Bucket().Put(t.Context(), key, []byte("value "+key[4:]), 0); err != nil {
					t.Fatal(err)
				}
			}
			q := store.WorkQueue()
			addTasks(t, q, "b.prod.0", "letter 1", "letter 2", "letter 3")
			workWith(t, q, "dead letters", nothingWaits(t, q), func([]byte) pasarela.TaskEnd { return pasarela.TaskEnd{Dead: "no way"} }, "b.prod.0")
			found, err := q.DeadLetters(t.Context(), "b.prod.", 0, 10)
			if err != nil || len(found) != 3 {
				t.Fatal(found, err)
			}
			if err := q.Discard(t.Context(), found[1].Number); err != nil {
				t.Fatal(err)
			}
			addTasks(t, q, "a.prod.0", "task 1", "other", "task 2", "task 3", "task 4")
			var ran taskLog
			workWith(t, q, "two tasks", func() bool { left, err := q.Partitions(t.Context()); return err == nil && left["a.prod.0"] == 3 },
				func(task []byte) pasarela.TaskEnd {
					ran.note(task)
					return pasarela.TaskEnd{Done: len(ran.all()) <= 2}
				}, "a.prod.0")

			dir := crashed(t, from)
			c.damage(t, dir)
			report, err := state.CheckStore(t.Context(), dir)
			if err != nil || report.Whole() != c.whole || report.Tasks != len(c.tasks) || report.DeadLetters != len(c.letters) {
				t.Fatalf("%+v, %v", report, err)
			}
			if (report.Refusal == nil) != c.whole {
				t.Errorf("a start says %v", report.Refusal)
			}
			if _, err := state.RepairStore(t.Context(), dir, slog.New(slog.DiscardHandler)); err != nil {
				t.Fatal(err)
			}
			if report, err := state.CheckStore(t.Context(), dir); err != nil || !report.Whole() {
				t.Errorf("after the repair: %+v, %v", report, err)
			}
			again, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			q = again.WorkQueue()
			var kept []string
			found, err = q.DeadLetters(t.Context(), "b.prod.", 0, 10)
			for _, letter := range found {
				kept = append(kept, string(letter.Task))
				if letter.Reason != "no way" || letter.Partition != "b.prod.0" {
					t.Errorf("%+v", letter)
				}
			}
			if err != nil || !slices.Equal(kept, c.letters) {
				t.Errorf("dead letters %q, want %q, %v", kept, c.letters, err)
			}
			var after taskLog
			workWith(t, q, "the tasks", nothingWaits(t, q), func(task []byte) pasarela.TaskEnd {
				after.note(task)
				return pasarela.TaskEnd{Done: true}
			}, "a.prod.0")
			if !slices.Equal(after.all(), c.tasks) {
				t.Errorf("tasks %q, want %q", after.all(), c.tasks)
			}
		})
	}
}
