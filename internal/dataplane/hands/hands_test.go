package hands_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/hands"
)

func TestEveryPieceIsDoneOnceAndAtOnce(t *testing.T) {
	const pieces = 1000
	var all sync.WaitGroup
	var done [pieces]atomic.Int64
	everybody := make(chan struct{})
	h := hands.New(func(piece int) {
		defer all.Done()
		done[piece].Add(1)
		<-everybody
	})
	defer h.End()
	for range 3 {
		all.Add(pieces)
		for i := range pieces {
			h.Give(i)
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
		h := hands.New(func(int) { did.Add(1) })
		for i := range 10 {
			h.Give(i)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		h.Give(10)
		h.End()
		if did.Load() != 11 {
			t.Errorf("%d of 11 were done", did.Load())
		}
	})
}

func BenchmarkGive(b *testing.B) {
	done := make(chan struct{}, 1)
	h := hands.New(func(int) { done <- struct{}{} })
	defer h.End()
	b.ReportAllocs()
	for b.Loop() {
		h.Give(1)
		<-done
	}
}
