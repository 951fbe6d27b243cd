package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// roll stops every node by SIGTERM and starts it again, one after the other, so many times,
// as an operator does who installs a new version.
func (r *run) roll(rounds int) (done map[string]int, err error) {
	done = map[string]int{}
	for range rounds {
		for i, node := range r.cluster.nodes {
			_, _ = fmt.Fprintf(r.out, "%s restart %d\n", clock(time.Now()), i)
			node.stop()
			if err := node.start(); err != nil {
				return done, err
			}
			done["restart"]++
		}
	}
	return done, nil
}

// sequencers are the goroutines that post in sequence; each has a part of the connections.
const sequencers = 8

// retryPush is how long a refused push waits until it is posted again.
const retryPush = 50 * time.Millisecond

// runInSequence posts so many times a second until ctx ends, and waits for the responses. A
// connection gets its next message when the one before was accepted, by whichever node, so
// that all its messages have one order. A message that was not accepted is posted again
// under its idempotency key.
func (p *pusher) runInSequence(ctx context.Context, rate int, random *rand.Rand) {
	p.client.Timeout = pushTimeout
	ids := p.ledger.connections()
	for part := range sequencers {
		own := rand.New(rand.NewPCG(random.Uint64(), uint64(part)))
		p.work.Go(func() {
			every := time.NewTicker(time.Second * sequencers / time.Duration(rate))
			defer every.Stop()
			for n := part; ; n += sequencers {
				select {
				case <-ctx.Done():
					return
				case <-every.C:
				}
				p.postUntilAccepted(ctx, ids[n%len(ids)], fmt.Sprint("push ", n), own)
			}
		})
	}
	p.work.Wait()
}

func (p *pusher) postUntilAccepted(ctx context.Context, id, name string, random *rand.Rand) {
	p.ledger.notePush(name, id)
	for !p.post(p.c.urls[random.IntN(size)], id, name, name) {
		if ctx.Err() != nil {
			return
		}
		wait(ctx, retryPush)
	}
	p.ledger.accepted(name)
}

// connections are the ids of those that are open, sorted.
func (l *ledger) connections() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(slices.Values(l.open))
}

// notePush notes a push that is about to be sent.
func (l *ledger) notePush(name, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pushes[name] = &push{to: id, sent: time.Now()}
}

// attachedClients is the number of clients with sessions that said on which connection they are.
func (l *ledger) attachedClients() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.newest)
}

// disconnected is the number of $disconnects so far.
func (l *ledger) disconnected() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, of := range l.lives {
		n += len(of.disconnects)
	}
	return n
}
