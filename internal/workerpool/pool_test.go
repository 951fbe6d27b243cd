package workerpool_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

func TestEveryJobIsDoneOnceAndAtOnce(t *testing.T) {
	const jobs = 1000
	var all sync.WaitGroup
	var done [jobs]atomic.Int64
	release := make(chan struct{})
	p := workerpool.New(func(job int) {
		defer all.Done()
		done[job].Add(1)
		<-release
	})
	defer p.Close()
	for range 3 {
		all.Add(jobs)
		for i := range jobs {
			p.Submit(i)
		}
		for range jobs {
			release <- struct{}{}
		}
		all.Wait()
	}
	for i := range done {
		if n := done[i].Load(); n != 3 {
			t.Fatalf("job %d was done %d times", i, n)
		}
	}
}

// Idle workers end after a while; the bubble ends only when all have.
func TestIdleWorkersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var did atomic.Int64
		p := workerpool.New(func(int) { did.Add(1) })
		for i := range 10 {
			p.Submit(i)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		p.Submit(10)
		p.Close()
		if did.Load() != 11 {
			t.Errorf("%d of 11 were done", did.Load())
		}
	})
}

func BenchmarkPool(b *testing.B) {
	done := make(chan struct{}, 1)
	p := workerpool.New(func(int) { done <- struct{}{} })
	defer p.Close()
	b.ReportAllocs()
	for b.Loop() {
		p.Submit(1)
		<-done
	}
}
