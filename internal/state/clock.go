package state

import (
	"context"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// clock is a lower bound of how far another node's clock is ahead of this node's, taken
// from the answer to a request: the node wrote its time between sending and receiving.
// The bound assumes that it wrote it just before the answer was received, so a deadline
// that is converted with it is never later than the caller's, and nothing is served that
// the caller has reported as failed. It is too early by at most the round trip.
type clock struct {
	ahead, spread time.Duration
	at            time.Time
	asked         time.Time // time of the last reply that carried a clock value, even if the bound was not improved
}

// clockLife is how long a bound from a short round trip is preferred to newer ones from
// longer round trips, and how long any bound is used: clocks drift apart by at most 5 ms
// in that time.
const clockLife = 10 * time.Second

// clockFresh is how long no reply is asked for the time: a header costs both nodes more than
// the rest of a small reply.
const clockFresh = time.Second

// ahead is the bound for node's clock. It requests a new one when there is none, or only an
// old one; fresh says that the clock was read less than clockFresh ago.
func (b *bus) ahead(ctx context.Context, node string) (ahead time.Duration, fresh bool, err error) {
	if node == b.node {
		return 0, true, nil
	}
	if known, ok := b.clocks.Load(node); ok {
		if known := known.(*clock); time.Since(known.at) < clockLife {
			return known.ahead, time.Since(known.asked) < clockFresh, nil
		}
	}
	sent := time.Now()
	response, err := b.conn.RequestWithContext(ctx, subjectOf(node, clockSubject), nil)
	if err != nil {
		return 0, false, err
	}
	return b.learn(node, sent, response), true, nil
}

// learn updates the bound from an answer. An answer that says the request came late
// always replaces it: the bound was wrong.
func (b *bus) learn(node string, sent time.Time, response *nats.Msg) time.Duration {
	now := time.Now()
	said, err := strconv.ParseInt(response.Header.Get(clockKey), 10, 64)
	if err != nil || node == b.node {
		return 0
	}
	spread := now.Sub(sent)
	if before, ok := b.clocks.Load(node); ok && response.Header.Get(lateKey) == "" {
		if known := *before.(*clock); known.spread <= spread && now.Sub(known.at) < clockLife {
			known.asked = now
			b.clocks.CompareAndSwap(node, before, &known)
			return known.ahead
		}
	}
	seen := &clock{ahead: time.UnixMicro(said).Sub(now), spread: spread, at: now, asked: now}
	b.clocks.Store(node, seen)
	return seen.ahead
}

// stamp is the header of a reply that says the time.
func stamp() nats.Header {
	return nats.Header{clockKey: []string{strconv.FormatInt(time.Now().UnixMicro(), 10)}}
}
