package workerpool_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

func TestEveryPieceIsDoneOnceAndAtOnce(t *testing.T) {
	const pieces = 1000
	var all sync.WaitGroup
	var done [pieces]atomic.Int64
	everybody := make(chan struct{})
	h := workerpool.New(func(job int) {
		defer all.Done()
		done[job].Add(1)
		<-everybody
	})
	defer h.Close()
	for range 3 {
		all.Add(pieces)
		for i := range pieces {
			h.Submit(i)
		}
		for range pieces {
			everybody <- struct{}{}
		}
		all.Wait()
	}
	for i := range done {
		if n := done[i].Load(); n != 3 {
			t.Fatalf("piece %d was done %d times", i, n)
		}
	}
}

// Those who wait go after a while; the bubble ends only when all have.
func TestNobodyStaysForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var did atomic.Int64
		h := workerpool.New(func(int) { did.Add(1) })
		for i := range 10 {
			h.Submit(i)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		h.Submit(10)
		h.Close()
		if did.Load() != 11 {
			t.Errorf("%d of 11 were done", did.Load())
		}
	})
}

func BenchmarkGive(b *testing.B) {
	done := make(chan struct{}, 1)
	h := workerpool.New(func(int) { done <- struct{}{} })
	defer h.Close()
	b.ReportAllocs()
	for b.Loop() {
		h.Submit(1)
		<-done
	}
}
