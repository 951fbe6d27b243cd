// Package throttle holds the token buckets and quotas of API Gateway
// (aws-dataplane §7.4, aws-dataplane §10.3): per route of a stage, per API key of a usage
// plan, for a whole account, for new connections. Time is an argument, taking a
// token is one compare-and-swap, nothing allocates.
//
//	refused := throttle.Take(now, client.Bucket(routeKey), routes.Bucket(routeKey), account)
//	if refused >= 0 { ... 429 }
//
// Of a cluster's throttles each node has a share ([Bucket.SetShare]), which follows the
// demand; AWS calls its own best effort (A-THROTTLE-1). The quotas of a cluster are
// added up in its store (A-THROTTLE-5).
package throttle

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Limit is a token bucket: Rate tokens are added each second, up to Burst. If
// one of them is 0 nothing passes, as on AWS (aws-dataplane §10.3 [O]).
type Limit struct {
	Rate  float64
	Burst int
}

// Account and Connections are AWS's defaults for one account and region: all
// requests, and new connections (aws-dataplane §11).
func Account() Limit { return Limit{Rate: pasarela.AccountRate, Burst: pasarela.AccountBurst} }

func Connections() Limit { return Limit{Rate: pasarela.ConnectionRate, Burst: pasarela.ConnectionRate} }

// Bucket is a limit in use. A nil Bucket refuses nothing. It is safe for
// concurrent use.
//
// The state is one number, the theoretical arrival time of GCRA: the moment at
// which the bucket will be full again.
type Bucket struct {
	limit Limit
	base  int64        // nanoseconds that a token takes to come back
	cost  atomic.Int64 // the same for this node's share of the rate
	depth int64        // nanoseconds that a whole bucket takes, also a share of one
	full  atomic.Int64
	seen  atomic.Int64 // latest time of a request, nanoseconds since 1970

	shared atomic.Bool  // divided among nodes, so the tokens asked for are counted
	asked  atomic.Int64 // tokens that were asked for since the last look
}

// NewBucket is a full bucket of that limit.
func NewBucket(l Limit) *Bucket {
	b := &Bucket{limit: l}
	if !(l.Rate > 0) || l.Burst <= 0 {
		return b
	}
	// A token's time is bounded so that the time of a whole bucket fits into
	// int64.
	longest := float64(math.MaxInt64 / 4 / int64(l.Burst))
	b.base = int64(math.Min(float64(time.Second)/l.Rate, longest))
	b.cost.Store(b.base)
	b.depth = b.base * int64(l.Burst)
	return b
}

// Limit is what the bucket was made for.
func (b *Bucket) Limit() Limit { return b.limit }

func (b *Bucket) closed() bool { return !(b.limit.Rate > 0) || b.limit.Burst <= 0 }

// Take takes a token, or says that there is none.
func (b *Bucket) Take(now time.Time) bool {
	if b == nil {
		return true
	}
	if b.closed() {
		return false
	}
	if b.shared.Load() {
		b.asked.Add(1)
	}
	cost := b.cost.Load()
	depth := max(b.depth, cost)
	for t := b.clock(now); ; {
		full := b.full.Load()
		if full > t+depth { // the clock was set back
			b.full.CompareAndSwap(full, t+depth)
			continue
		}
		after := max(full, t) + cost
		if after-t > depth {
			return false
		}
		if b.full.CompareAndSwap(full, after) {
			return true
		}
	}
}

// lateness is how far behind the others a request may be.
const lateness = 10 * time.Second

// clock is the time of the bucket: the latest time seen, since a delayed request
// carries an older time than requests counted before it, and would otherwise be
// refused although there are tokens. A time that is more than lateness behind means
// that the clock was set back, and is used: the bucket has as many tokens as before.
func (b *Bucket) clock(now time.Time) int64 {
	for t := now.UnixNano(); ; {
		seen := b.seen.Load()
		if t <= seen && seen-t < int64(lateness) {
			return seen
		}
		if b.seen.CompareAndSwap(seen, t) {
			if t < seen {
				b.full.Add(t - seen)
			}
			return t
		}
	}
}

// giveBack returns a token that was taken for a request refused elsewhere.
func (b *Bucket) giveBack() {
	if b != nil {
		b.full.Add(-b.cost.Load())
	}
}

// RetryAfter is the time until a token is available: 0 when one is, and the
// largest Duration when none will ever be.
func (b *Bucket) RetryAfter(now time.Time) time.Duration {
	switch {
	case b == nil:
		return 0
	case b.closed():
		return math.MaxInt64
	}
	t := now.UnixNano()
	cost := b.cost.Load()
	depth := max(b.depth, cost)
	full := min(max(b.full.Load(), t), t+depth)
	return time.Duration(max(0, full+cost-depth-t))
}

// SetShare divides the bucket: this node has that part of its rate and of its burst,
// more than 0 and at most 1, but never less than one token at a time.
func (b *Bucket) SetShare(part float64) {
	if b == nil || b.closed() {
		return
	}
	b.shared.Store(part < 1)
	b.cost.Store(int64(math.Min(float64(b.base)/part, float64(math.MaxInt64/4))))
}

// Share is the part that this node has.
func (b *Bucket) Share() float64 {
	if b == nil || b.closed() {
		return 1
	}
	return float64(b.base) / float64(b.cost.Load())
}

// TakeAsked is how many tokens were asked for since it was called last, those that
// were refused too; 0 where the bucket is not divided.
func (b *Bucket) TakeAsked() int64 { return b.asked.Swap(0) }

// Take takes a token from each bucket in order, or none at all: it returns the
// position of the bucket that has none left, -1 when all had one.
func Take(now time.Time, buckets ...*Bucket) (refused int) {
	for i, b := range buckets {
		if b.Take(now) {
			continue
		}
		for _, taken := range buckets[:i] {
			taken.giveBack()
		}
		return i
	}
	return -1
}
