package workerpool_test

import (
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

// Of jobs that take a second each, no more than limit run at once, all are done, and they
// begin in the order they came.
func TestBoundedRunsAtMostItsLimit(t *testing.T) {
	for _, c := range []struct{ limit, jobs, seconds int }{{1, 5, 5}, {3, 10, 4}, {8, 8, 1}, {0, 2, 2}} {
		synctest.Test(t, func(t *testing.T) {
			var running, most, done atomic.Int64
			started := make(chan int, c.jobs)
			begun := time.Now()
			p := workerpool.NewBounded(c.limit, func(job int) {
				started <- job
				if now := running.Add(1); now > most.Load() {
					most.Store(now)
				}
				time.Sleep(time.Second)
				running.Add(-1)
				done.Add(1)
			})
			for job := range c.jobs {
				p.Submit(job)
				synctest.Wait()
			}
			p.Close()
			if got, want := int(most.Load()), min(max(c.limit, 1), c.jobs); got != want {
				t.Errorf("limit %d: %d jobs ran at once, want %d", c.limit, got, want)
			}
			if int(done.Load()) != c.jobs || time.Since(begun) != time.Duration(c.seconds)*time.Second {
				t.Errorf("limit %d: %d of %d jobs done in %v", c.limit, done.Load(), c.jobs, time.Since(begun))
			}
			close(started)
			var order []int
			for job := range started {
				order = append(order, job)
			}
			if c.limit <= 1 && !slices.IsSorted(order) {
				t.Errorf("limit %d: the jobs began in the order %v", c.limit, order)
			}
		})
	}
}

// A job may submit another one, also while Close waits.
func TestBoundedTakesJobsFromJobs(t *testing.T) {
	var p *workerpool.Bounded[int]
	var done atomic.Int64
	p = workerpool.NewBounded(2, func(left int) {
		done.Add(1)
		if left > 0 {
			p.Submit(left - 1)
		}
	})
	p.Submit(99)
	p.Close()
	if done.Load() != 100 {
		t.Errorf("%d of 100 jobs were done", done.Load())
	}
}

func BenchmarkBounded(b *testing.B) {
	done := make(chan struct{}, 1)
	p := workerpool.NewBounded(2, func(int) { done <- struct{}{} })
	defer p.Close()
	b.ReportAllocs()
	for b.Loop() {
		p.Submit(1)
		<-done
	}
}
