package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// pushTimeout is how long a pusher waits for an answer.
const pushTimeout = 10 * time.Second

// pusher posts to connections of the ledger, each time through any node.
type pusher struct {
	c      *cluster
	ledger *ledger
	path   string // of the stage
	client http.Client
	work   sync.WaitGroup
}

// run posts so many times a second until ctx ends, and waits for the responses.
func (p *pusher) run(ctx context.Context, rate int, random *rand.Rand) {
	if rate == 0 {
		return
	}
	p.client.Timeout = pushTimeout
	every := time.NewTicker(time.Second / time.Duration(rate))
	defer every.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			p.work.Wait()
			return
		case <-every.C:
		}
		name := fmt.Sprint("push ", n)
		id, ok := p.ledger.pushTo(name, random)
		if !ok {
			continue
		}
		node := random.IntN(size)
		p.work.Go(func() {
			if p.post(p.c.urls[node], id, name, "") {
				p.ledger.accepted(name)
			}
		})
	}
}

// post says whether the node accepted the push. key is its idempotency key, "" for none.
func (p *pusher) post(node, id, body, key string) bool {
	r, err := http.NewRequest(http.MethodPost, node+p.path+"/@connections/"+url.PathEscape(id), bytes.NewReader([]byte(body)))
	if err != nil {
		return false
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", strings.ReplaceAll(key, " ", "-"))
	}
	sum := sha256.Sum256([]byte(body))
	who := aws.Credentials{AccessKeyID: p.c.env["AWS_ACCESS_KEY_ID"], SecretAccessKey: p.c.env["AWS_SECRET_ACCESS_KEY"]}
	if err := v4.NewSigner().SignHTTP(r.Context(), who, r, hex.EncodeToString(sum[:]), "execute-api", p.c.env["AWS_REGION"], time.Now()); err != nil {
		return false
	}
	answer, err := p.client.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// push is one push, as its sender and its client saw it.
type push struct {
	to       string    // connection
	sent     time.Time // when its sender began
	at       time.Time // when the sender was answered
	accepted bool      // the sender was answered 200
	received []receipt
}

// receipt is one delivery of a push to a client.
type receipt struct {
	client string
	socket int // of the client, from 0
	order  int // among all receipts of the run
}

// pushTo notes a push to any connection that is open; ok says whether there is one.
func (l *ledger) pushTo(name string, random *rand.Rand) (id string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) == 0 {
		return "", false
	}
	id = l.open[random.IntN(len(l.open))]
	l.pushes[name] = &push{to: id, sent: time.Now()}
	return id, true
}

func (l *ledger) accepted(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pushes[name].accepted, l.pushes[name].at = true, time.Now()
}

// received notes what a client got on one of its sockets.
func (l *ledger) received(body, client string, socket int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.pushes[body]; p != nil {
		p.received = append(p.received, receipt{client, socket, l.receipts})
		l.receipts++
	}
}

// evaluatePushes counts. An accepted push must have reached its client once, unless
// client or node ended without a close frame before it was read.
func (l *ledger) evaluatePushes(v *result) {
	for name, p := range l.pushes {
		of := l.lives[p.to]
		if p.accepted {
			v.Pushes++
		}
		switch n := len(p.received); {
		case n > 1 && of.session: // a message that no pong confirmed is sent again
			v.PushesAgain++
		case of.session && p.accepted && n == 0 && of.leftBefore(p.at):
			v.PushesCut++
		case of.session && p.accepted && n == 0 && l.leftCutOff(of, p.at):
			v.PushesLeft++
			v.Explained = append(v.Explained, l.withHistory(fmt.Sprintf("%s to %s, closed with %d at %s by node%d, which was cut off: accepted at %s and not received", name, p.to, of.closed, clock(of.ended), of.last, clock(p.at)), of))
		case n > 1:
			v.PushesDoubled++
			v.Problems = append(v.Problems, fmt.Sprintf("%s to %s came %d times", name, p.to, n))
		case n == 1 && !p.accepted:
			v.PushesUnanswered++
		case p.accepted && n == 0 && of.closed > 0:
			v.PushesLost++
			v.Problems = append(v.Problems, l.withHistory(fmt.Sprintf("%s to %s, closed with %d at %s by node%d: accepted at %s and not received", name, p.to, of.closed, clock(of.ended), of.last, clock(p.at)), of))
		case p.accepted && n == 0:
			v.PushesCut++
		}
	}
	l.evaluateOrder(v)
}

// atLeaving is the time before a client leaves in which accepted pushes may stay unread.
const atLeaving = 2 * time.Second

// leftBefore says whether the client left, or got another connection, before it could
// read a push accepted at that time.
func (of *life) leftBefore(accepted time.Time) bool {
	return !of.replaced.IsZero() || !of.ended.IsZero() && of.ended.Sub(accepted) < atLeaving
}

// leftCutOff says whether the client left by a node that was cut off all the time since a push
// was accepted at that time, or since the client had come back to it: such a node sends no
// durable message before it is sure that no other has taken the connection over.
func (l *ledger) leftCutOff(of *life, accepted time.Time) bool {
	if of.came.After(accepted) {
		accepted = of.came
	}
	return slices.ContainsFunc(l.cutOff[of.last], func(s stall) bool { return !accepted.Before(s.from) && !of.ended.After(s.to) })
}
