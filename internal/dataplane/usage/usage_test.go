package usage_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/dataplane/usage"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/state/statetest"
)

var place = pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}

// system is the parts of a node that count usage: the plans, the reader of stored
// counts, and the writer of new ones.
type system struct {
	*stage.Watcher
	*usage.Writer
}

func (k system) Stop() {
	k.Writer.Stop()
	k.Watcher.Stop()
}

func node(t *testing.T, bucket pasarela.Bucket) system {
	t.Helper()
	w := stage.NewWatcher(stage.Options{
		Bucket: bucket, RegionAccount: place, Endpoint: stage.Endpoint{Authority: "127.0.0.1:4566"},
		Integrations: &integration.Services{RegionAccount: place}, Authorizers: &authorizer.Services{RegionAccount: place},
	})
	<-w.Ready()
	return system{w, usage.NewWriter(w.Plans, bucket, slog.New(slog.DiscardHandler))}
}

func keep[T any](t *testing.T, bucket pasarela.Bucket, key string, value T) {
	t.Helper()
	if _, err := document.NewStore[T](bucket).Upsert(t.Context(), key, func(v *T) error { *v = value; return nil }); err != nil {
		t.Fatal(err)
	}
}

func metered(t *testing.T, limit int, period string) *memory.Bucket {
	t.Helper()
	bucket := memory.NewBucket()
	keep(t, bucket, pasarela.PrefixAPIKey+"key", pasarela.APIKey{ID: "key", Value: "secret", Enabled: true})
	keep(t, bucket, pasarela.PrefixUsagePlan+"plan", metering(limit, period))
	return bucket
}

func metering(limit int, period string) pasarela.UsagePlan {
	plan := pasarela.UsagePlan{ID: "plan", KeyIDs: []string{"key"}, APIStages: []pasarela.UsagePlanStage{{APIID: "api", Stage: "prod"}}}
	if limit > 0 {
		plan.Quota = &pasarela.QuotaSettings{Limit: limit, Period: period}
	}
	return plan
}

// use makes at most n requests and returns how many were admitted.
func use(t *testing.T, k system, n int) (let int) {
	t.Helper()
	for range n {
		_, client := k.Plans.KeyLimits("api", "prod", "secret")
		if client == nil {
			t.Fatal("the key is unknown")
		}
		if client.Take(time.Now(), "$default") == throttle.Admitted {
			let++
		}
	}
	return let
}

// stored is what the store says was used today.
func stored(t *testing.T, bucket pasarela.Bucket) int {
	t.Helper()
	doc, err := document.NewStore[pasarela.KeyUsage](bucket).Get(t.Context(), pasarela.KeyUsageKey("plan", "key"))
	if errors.Is(err, pasarela.ErrNotFound) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc.Value.Days[time.Now().UTC().Format(time.DateOnly)]
}

const enough = 1100 * time.Millisecond // for every node to write and to hear of it

func TestAQuotaHoldsOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := metered(t, 10, throttle.Day)
		first := node(t, bucket)
		if got := use(t, first, 4); got != 4 {
			t.Errorf("%d let in", got)
		}
		first.Stop() // before a second has passed
		if got := stored(t, bucket); got != 4 {
			t.Errorf("%d stored", got)
		}
		second := node(t, bucket)
		defer second.Stop()
		if got := use(t, second, 100); got != 6 {
			t.Errorf("%d let in after a restart, want 6", got)
		}
		time.Sleep(24 * time.Hour)
		if got := use(t, second, 100); got != 10 {
			t.Errorf("%d let in the next day", got)
		}
	})
}

func TestNodesCountTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := metered(t, 10, throttle.Day)
		here, there := node(t, bucket), node(t, bucket)
		defer here.Stop()
		defer there.Stop()
		use(t, here, 3)
		use(t, there, 4)
		if stored(t, bucket) != 0 {
			t.Error("a request was written on its way")
		}
		time.Sleep(enough)
		if got := stored(t, bucket); got != 7 {
			t.Errorf("%d stored", got)
		}
		if got := use(t, here, 100); got != 3 {
			t.Errorf("%d let in, want what both have left", got)
		}
		time.Sleep(enough)
		if got := use(t, there, 100); got != 0 {
			t.Errorf("%d let in by the other", got)
		}
	})
}

// Many goroutines on three nodes, all the time: nothing is lost, nothing counts
// twice.
func TestEveryRequestCountsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := metered(t, 1_000_000, throttle.Day)
		var let atomic.Int64
		var all sync.WaitGroup
		var nodes []system
		for range 3 {
			k := node(t, bucket)
			nodes = append(nodes, k)
			for range 4 {
				all.Go(func() {
					for i := range 500 {
						let.Add(int64(use(t, k, 1)))
						time.Sleep(time.Duration(i%7) * 3 * time.Millisecond)
						if i%100 == 0 {
							keep(t, bucket, pasarela.PrefixUsagePlan+"plan", metering(1_000_000+i, throttle.Day)) // a swap of tables
							if _, err := k.Usage(t.Context(), metering(1, throttle.Day), "key", time.Now(), time.Now()); err != nil {
								t.Error(err)
							}
						}
					}
				})
			}
		}
		all.Wait()
		for _, k := range nodes {
			k.Stop()
		}
		if got := stored(t, bucket); got != 6000 || let.Load() != 6000 {
			t.Errorf("%d let in, %d stored", let.Load(), got)
		}
	})
}

// A grant reaches every node by the store.
func TestAGrantReachesTheNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := metered(t, 10, throttle.Day)
		here, there := node(t, bucket), node(t, bucket)
		defer here.Stop()
		defer there.Stop()
		use(t, here, 100)
		time.Sleep(enough)
		for _, remaining := range []int{5, 0, 25} {
			if err := here.Grant(t.Context(), metering(10, throttle.Day), "key", remaining); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got := use(t, there, 100); got != remaining {
				t.Errorf("%d let in, granted were %d", got, remaining)
			}
			time.Sleep(enough)
			if got := use(t, here, 100); got != 0 {
				t.Errorf("%d let in on the other node", got)
			}
		}
	})
}

// A plan that changes its period learns what the days before it had.
func TestAChangedPeriodKnowsTheDaysBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it is the first of January, 2000
		bucket := metered(t, 100, throttle.Day)
		k := node(t, bucket)
		defer k.Stop()
		use(t, k, 6)
		time.Sleep(24 * time.Hour)
		use(t, k, 5)
		time.Sleep(enough)
		keep(t, bucket, pasarela.PrefixUsagePlan+"plan", metering(20, throttle.Month))
		synctest.Wait()
		if got := use(t, k, 100); got != 9 {
			t.Errorf("%d let in this month, want 20-11", got)
		}
		keep(t, bucket, pasarela.PrefixUsagePlan+"plan", metering(0, ""))
		synctest.Wait()
		if got := use(t, k, 7); got != 7 {
			t.Errorf("%d let in without a quota", got)
		}
	})
}

// While the store refuses writes no counts are lost: they wait in memory.
func TestCountsWaitForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := &sickBucket{Bucket: metered(t, 10, throttle.Day)}
		k := node(t, bucket)
		bucket.sick.Store(true)
		use(t, k, 4)
		time.Sleep(5 * enough)
		if got := use(t, k, 100); got != 6 {
			t.Errorf("%d let in", got)
		}
		bucket.sick.Store(false)
		time.Sleep(enough)
		if got := stored(t, bucket); got != 10 {
			t.Errorf("%d stored once the store was well", got)
		}
		k.Stop()
	})
}

// Whatever the store does with any one read or write of a count, every request counts once.
func TestEveryRequestCountsOnceWhateverTheStoreDoes(t *testing.T) {
	for _, fault := range []statetest.Fault{statetest.RequestLost, statetest.ResponseLost, statetest.Delayed, statetest.Stale} {
		for n := 1; ; n++ {
			reached := false
			synctest.Test(t, func(t *testing.T) {
				var faulty atomic.Bool
				var at atomic.Int32 // two nodes count at the same time
				bucket := statetest.NewFaulty(metered(t, 10, throttle.Day), func(_, key string) statetest.Fault {
					if !faulty.Load() || !strings.HasPrefix(key, pasarela.PrefixKeyUsage) || int(at.Add(1)) != n {
						return statetest.None
					}
					reached = true
					return fault
				})
				k, other := node(t, bucket), node(t, bucket)
				use(t, k, 2)
				time.Sleep(enough)
				faulty.Store(true)
				use(t, k, 3)
				time.Sleep(enough)
				use(t, other, 1)
				use(t, k, 1)
				bucket.RunDelayed()
				time.Sleep(3 * enough)
				if got := stored(t, bucket.Bucket); got != 7 {
					t.Errorf("fault %d of access %d: %d stored, want 7", fault, n, got)
				}
				if got := use(t, k, 100); got != 3 {
					t.Errorf("fault %d of access %d: %d let in, want 3", fault, n, got)
				}
				faulty.Store(false)
				k.Stop()
				other.Stop()
			})
			if !reached || t.Failed() {
				break
			}
		}
	}
}

type sickBucket struct {
	pasarela.Bucket
	sick atomic.Bool
}

func (b *sickBucket) Put(ctx context.Context, key string, value []byte, expected uint64) (uint64, error) {
	if b.sick.Load() {
		return 0, errors.New("the disk is full")
	}
	return b.Bucket.Put(ctx, key, value, expected)
}

// Deleted usage is forgotten, and counting starts again.
func TestDeletedUsageBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bucket := metered(t, 10, throttle.Day)
		k := node(t, bucket)
		defer k.Stop()
		use(t, k, 10)
		time.Sleep(enough)
		if err := document.NewStore[pasarela.KeyUsage](bucket).Delete(t.Context(), pasarela.KeyUsageKey("plan", "key"), nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := use(t, k, 100); got != 10 {
			t.Errorf("%d let in", got)
		}
	})
}
