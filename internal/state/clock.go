package state

import (
	"context"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// clock is how far a node's clock is ahead of this node's at least, as the answer to a
// request showed: the node answered between sending and receiving. The least is taken as
// if it answered just before it was received, so that a deadline sent by it is never later
// than the caller's: nothing is served of which the caller has said that it failed. It is
// earlier by at most what lay between.
type clock struct {
	ahead, spread time.Duration
	at            time.Time
	asked         time.Time // when a reply said the time, this one or one that told less
}

// clockLife is how long a close look at a clock is kept before any newer one, close or not,
// takes its place, and how long any is used: clocks drift apart, by 5 ms in that time at most.
const clockLife = 10 * time.Second

// clockFresh is how long no reply is asked for the time: a header costs both nodes more than the rest of
// a small reply.
const clockFresh = time.Second

// ahead is how far node's clock is ahead at least, asking it when this is not known or was long ago;
// fresh says that it was asked a moment ago.
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

// learn takes the time out of an answer. An answer that says that the request came
// late counts in any case: what was known of the clock was wrong.
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
