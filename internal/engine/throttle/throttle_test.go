package throttle_test

import (
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func take(b *throttle.Bucket, now time.Time, tries int) (taken int) {
	for range tries {
		if b.Take(now) {
			taken++
		}
	}
	return taken
}

func TestABucketHoldsItsBurstAndRefillsAtItsRate(t *testing.T) {
	for _, l := range []throttle.Limit{{10, 5}, {0.5, 1}, {3, 7}, {10_000, 5_000}, {1e12, 3}} {
		b := throttle.NewBucket(l)
		if b.Limit() != l {
			t.Errorf("%v: Limit is %v", l, b.Limit())
		}
		if got := take(b, start, l.Burst+3); l.Rate < 1e9 && got != l.Burst {
			t.Errorf("%v: %d at once", l, got)
		}
		if l.Rate > 1e9 {
			continue
		}
		token := time.Duration(float64(time.Second) / l.Rate)
		if wait := b.RetryAfter(start); wait <= token-time.Microsecond || wait > token+time.Microsecond {
			t.Errorf("%v: RetryAfter is %v, a token takes %v", l, wait, token)
		}
		if b.Take(start.Add(token - time.Microsecond)) {
			t.Errorf("%v: a token came too early", l)
		}
		if !b.Take(start.Add(token + time.Microsecond)) {
			t.Errorf("%v: no token came back", l)
		}
		if got := take(b, start.Add(time.Hour), l.Burst+3); got != l.Burst {
			t.Errorf("%v: %d after an hour", l, got)
		}
	}
}

// TestALateRequestIsNoClockSetBack: requests of a busy machine come in another
// order than they began in.
func TestALateRequestIsNoClockSetBack(t *testing.T) {
	for _, l := range []throttle.Limit{{9000, 5000}, {1e9, 1_000_000_000}, {10, 1}} {
		b := throttle.NewBucket(l)
		b.Take(start)
		if !b.Take(start.Add(5*time.Second)) || l.Burst > 1 && !b.Take(start) {
			t.Errorf("%v refused a request that was held up", l)
		}
		if l.Burst == 1 && b.Take(start) {
			t.Errorf("%v gave its token twice", l)
		}
		if !b.Take(start.Add(-time.Hour).Add(2*time.Second)) && b.RetryAfter(start.Add(-time.Hour)) > time.Minute {
			t.Errorf("%v does not believe that the clock was set back", l)
		}
	}
}

func TestALimitOfZeroLetsNothingPass(t *testing.T) {
	for _, l := range []throttle.Limit{{0, 0}, {0, 10}, {10, 0}, {-1, 5}, {math.NaN(), 5}} {
		b := throttle.NewBucket(l)
		if b.Take(start) || b.RetryAfter(start) != math.MaxInt64 {
			t.Errorf("%v let something pass", l)
		}
	}
	var none *throttle.Bucket
	if !none.Take(start) || none.RetryAfter(start) != 0 {
		t.Error("no bucket must be no limit")
	}
}

func TestExtremeLimitsDoNotOverflow(t *testing.T) {
	b := throttle.NewBucket(throttle.Limit{Rate: math.SmallestNonzeroFloat64, Burst: math.MaxInt32})
	if got := take(b, start, 1000); got != 1000 {
		t.Errorf("%d of a huge burst", got)
	}
	b = throttle.NewBucket(throttle.Limit{Rate: math.Inf(1), Burst: 1})
	if got := take(b, start, 1000); got != 1000 {
		t.Errorf("%d at an infinite rate", got)
	}
}

func TestAClockSetBackDoesNotLockTheBucket(t *testing.T) {
	b := throttle.NewBucket(throttle.Limit{Rate: 1, Burst: 2})
	take(b, start.Add(time.Hour), 2)
	if b.Take(start) {
		t.Error("the bucket was empty")
	}
	if !b.Take(start.Add(time.Second)) || b.Take(start.Add(time.Second)) {
		t.Error("locked until the old clock comes round")
	}
	b = throttle.NewBucket(throttle.Limit{Rate: 1, Burst: 3})
	take(b, start.Add(time.Hour), 1)
	if got := take(b, start, 5); got != 2 {
		t.Errorf("%d tokens after the clock was set back, which had left 2", got)
	}
}

func TestTakeTakesFromAllOrNone(t *testing.T) {
	wide, narrow := throttle.NewBucket(throttle.Limit{Rate: 0.001, Burst: 3}), throttle.NewBucket(throttle.Limit{Rate: 0.001, Burst: 1})
	if got := throttle.Take(start, wide, nil, narrow); got != -1 {
		t.Errorf("first: refused by %d", got)
	}
	for range 5 {
		if got := throttle.Take(start, wide, nil, narrow); got != 2 {
			t.Errorf("then: refused by %d", got)
		}
	}
	if got := take(wide, start, 5); got != 2 {
		t.Errorf("%d tokens left, want 2: refused requests must not cost", got)
	}
	if throttle.Take(start) != -1 {
		t.Error("no buckets refused")
	}
}

func TestBucketsAreSafeForConcurrentUse(t *testing.T) {
	b := throttle.NewBucket(throttle.Limit{Rate: 0.001, Burst: 1000})
	var taken atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { taken.Add(int64(take(b, start, 500))) })
	}
	all.Wait()
	if taken.Load() != 1000 {
		t.Errorf("%d taken", taken.Load())
	}
}

func TestRouteLimits(t *testing.T) {
	rate, burst := func(f float64) *float64 { return &f }, func(i int) *int { return &i }
	account := throttle.Account()
	for _, c := range []struct {
		name  string
		stage pasarela.Stage
		want  throttle.Limit
		ok    bool
	}{
		{"nothing set", pasarela.Stage{}, account, false},
		{"default", pasarela.Stage{DefaultRouteSettings: pasarela.RouteSettings{ThrottlingRateLimit: rate(5), ThrottlingBurstLimit: burst(2)}}, throttle.Limit{5, 2}, true},
		{"half a default", pasarela.Stage{DefaultRouteSettings: pasarela.RouteSettings{ThrottlingRateLimit: rate(5)}}, throttle.Limit{5, account.Burst}, true},
		{"field by field", pasarela.Stage{
			DefaultRouteSettings: pasarela.RouteSettings{ThrottlingRateLimit: rate(5), ThrottlingBurstLimit: burst(2)},
			RouteSettings:        map[string]pasarela.RouteSettings{"join": {ThrottlingBurstLimit: burst(9)}},
		}, throttle.Limit{5, 9}, true},
		{"zero", pasarela.Stage{RouteSettings: map[string]pasarela.RouteSettings{"join": {ThrottlingRateLimit: rate(0), ThrottlingBurstLimit: burst(0)}}}, throttle.Limit{}, true},
	} {
		if l, ok := throttle.RouteLimit(&c.stage, "join", account); l != c.want || ok != c.ok {
			t.Errorf("%s: %v %v, want %v", c.name, l, ok, c.want)
		}
	}
}

func TestRoutesKeepWhatHasNotChanged(t *testing.T) {
	rate, burst := 0.001, 2
	stage := &pasarela.Stage{DefaultRouteSettings: pasarela.RouteSettings{ThrottlingRateLimit: &rate, ThrottlingBurstLimit: &burst}}
	first := throttle.NewRoutes(stage, []string{"a", "b"}, throttle.Account(), nil)
	take(first.Bucket("a"), start, 5)
	if first.Bucket("c") != nil || first.Bucket("a") == first.Bucket("b") {
		t.Error("every route has its own bucket, others have none")
	}
	second := throttle.NewRoutes(stage, []string{"a", "b"}, throttle.Account(), first)
	if second.Bucket("a").Take(start) || !second.Bucket("b").Take(start) {
		t.Error("a deployment must not refill buckets")
	}
	burst = 3
	third := throttle.NewRoutes(stage, []string{"a"}, throttle.Account(), second)
	if got := take(third.Bucket("a"), start, 5); got != 3 {
		t.Errorf("%d tokens under the new limit", got)
	}
	var none *throttle.Routes
	if none.Bucket("a") != nil {
		t.Error("no routes, no buckets")
	}
}

func BenchmarkTake(b *testing.B) {
	account, route := throttle.NewBucket(throttle.Limit{Rate: 1e8, Burst: 1e6}), throttle.NewBucket(throttle.Limit{Rate: 1e8, Burst: 1e6})
	now := start
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Microsecond)
		if throttle.Take(now, route, account) >= 0 {
			b.Fatal("refused")
		}
	}
}
