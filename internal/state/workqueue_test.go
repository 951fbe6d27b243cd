package state_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// taskLog is the tasks that were run, in order.
type taskLog struct {
	mu    sync.Mutex
	tasks []string
}

func (r *taskLog) note(task []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tasks = append(r.tasks, string(task))
}

func (r *taskLog) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.tasks)
}

func addTasks(t *testing.T, q pasarela.WorkQueue, partition string, tasks ...string) {
	t.Helper()
	for _, task := range tasks {
		if err := q.Add(t.Context(), partition, partition+task, []byte(task)); err != nil {
			t.Fatal(err)
		}
	}
}

// Tasks run in order, once each, and what was not ended runs again, after a restart too.
func TestTasksRunInOrderAndOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	store, err := state.Open(t.Context(), state.Options{Dir: dir, Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := store.WorkQueue().Partitions(t.Context()); err != nil || len(found) != 0 {
		t.Fatal("a new store has tasks", found, err)
	}
	addTasks(t, store.WorkQueue(), "a.prod.0", "1", "2", "2", "3") // 2 is the same task
	if found, err := store.WorkQueue().Partitions(t.Context()); err != nil || found["a.prod.0"] != 3 {
		t.Fatal(found, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var first taskLog
	store.WorkQueue().Work(ctx, "a.prod.0", func(ctx context.Context, task []byte) pasarela.TaskEnd {
		first.note(task)
		if string(task) == "2" {
			stop() // the task is not acknowledged
			return pasarela.TaskEnd{}
		}
		return pasarela.TaskEnd{Done: true}
	})
	if got := first.all(); !slices.Equal(got, []string{"1", "2"}) {
		t.Error(got)
	}
	store.Close()
	store = open(t, dir)
	var second taskLog
	ctx, stop = context.WithCancel(t.Context())
	defer stop()
	var working sync.WaitGroup
	working.Go(func() {
		store.WorkQueue().Work(ctx, "a.prod.0", func(_ context.Context, task []byte) pasarela.TaskEnd {
			second.note(task)
			return pasarela.TaskEnd{Done: true}
		})
	})
	testkit.Eventually(t, "what was left", func() bool { return len(second.all()) == 2 })
	stop()
	working.Wait()
	if got := second.all(); !slices.Equal(got, []string{"2", "3"}) {
		t.Error(got)
	}
}

// What is given up is kept by its stage, page by page, until it is discarded.
func TestDeadLettersAreKept(t *testing.T) {
	q := open(t, t.TempDir()).WorkQueue()
	if found, err := q.DeadLetters(t.Context(), "a.prod.", 0, 10); err != nil || len(found) != 0 {
		t.Fatal(found, err)
	}
	if _, err := q.DeadLetter(t.Context(), 1); !errors.Is(err, pasarela.ErrNotFound) {
		t.Error(err)
	}
	var tasks []string
	for i := range 5 {
		tasks = append(tasks, fmt.Sprint(i))
	}
	addTasks(t, q, "a.prod.1", tasks...)
	addTasks(t, q, "a.test.0", "other stage")
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	for _, partition := range []string{"a.prod.1", "a.test.0"} {
		working.Go(func() {
			q.Work(ctx, partition, func(_ context.Context, task []byte) pasarela.TaskEnd {
				return pasarela.TaskEnd{Dead: "no\nway " + string(task)}
			})
		})
	}
	testkit.Eventually(t, "all to be given up", func() bool { left, err := q.Partitions(ctx); return err == nil && len(left) == 0 })
	stop()
	working.Wait()
	page, err := q.DeadLetters(t.Context(), "a.prod.", 0, 3)
	if err != nil || len(page) != 3 {
		t.Fatal(page, err)
	}
	rest, err := q.DeadLetters(t.Context(), "a.prod.", page[2].Number, 3)
	if err != nil || len(rest) != 2 {
		t.Fatal(rest, err)
	}
	for i, letter := range append(page, rest...) {
		if string(letter.Task) != tasks[i] || letter.Reason != "no way "+tasks[i] || letter.Partition != "a.prod.1" || letter.Time.IsZero() {
			t.Errorf("%d: %+v", i, letter)
		}
	}
	if err := q.Discard(t.Context(), page[0].Number); err != nil {
		t.Error(err)
	}
	if err := q.Discard(t.Context(), page[0].Number); !errors.Is(err, pasarela.ErrNotFound) {
		t.Error(err)
	}
	if left, err := q.DeadLetters(t.Context(), "a.prod.", 0, 10); err != nil || len(left) != 4 {
		t.Error(left, err)
	}
}

// A partition of a cluster is worked on by one node at a time.
func TestAPartitionHasOneWorker(t *testing.T) {
	nodes := cluster(t, "n1", "n2")
	ctx, stop := context.WithCancel(t.Context())
	var seen taskLog
	var at sync.Mutex
	var working sync.WaitGroup
	for _, n := range nodes {
		working.Go(func() {
			n.WorkQueue().Work(ctx, "a.prod.0", func(_ context.Context, task []byte) pasarela.TaskEnd {
				if !at.TryLock() {
					t.Error("two tasks of a partition at a time")
					return pasarela.TaskEnd{Done: true}
				}
				defer at.Unlock()
				seen.note(task)
				return pasarela.TaskEnd{Done: true}
			})
		})
	}
	var want []string
	for i := range 50 {
		want = append(want, fmt.Sprint(i))
		addTasks(t, nodes[i%2].WorkQueue(), "a.prod.0", fmt.Sprint(i))
	}
	testkit.Eventually(t, "all to be run", func() bool { return len(seen.all()) >= len(want) })
	stop()
	working.Wait()
	if got := seen.all(); !slices.Equal(got, want) {
		t.Error(got)
	}
}
