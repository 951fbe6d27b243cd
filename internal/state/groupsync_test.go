package state_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/state"
)

// Those that wait for a disk at the same time share a sync, each one that began after it
// had asked.
func TestASyncIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const takes, callers, rounds = 10 * time.Millisecond, 100, 3
		var group state.GroupSync
		var syncs, atOnce atomic.Int32
		failed := errors.New("a disk that fails")
		disk := func() error {
			if atOnce.Add(1) != 1 {
				t.Error("two run at the same time")
			}
			defer atOnce.Add(-1)
			time.Sleep(takes)
			if syncs.Add(1) == 2 {
				return failed
			}
			return nil
		}
		var all sync.WaitGroup
		var failures atomic.Int32
		for round := range rounds {
			for range callers { // while the sync of the round before runs
				all.Go(func() {
					asked := time.Now()
					switch err := group.Do(disk); {
					case errors.Is(err, failed):
						failures.Add(1)
					case err != nil:
						t.Error(err)
					}
					if took := time.Since(asked); took < takes || took > 2*takes {
						t.Errorf("a caller of round %d waited %s", round, took)
					}
				})
			}
			synctest.Wait()
			time.Sleep(6 * time.Millisecond) // the second round asks before the second sync, the third after it
		}
		all.Wait()
		if n := syncs.Load(); n != 3 {
			t.Errorf("%d callers needed %d syncs", callers*rounds, n)
		}
		if n := failures.Load(); n != 2*callers-1 {
			t.Errorf("%d callers learned of the failure", n)
		}
	})
}
