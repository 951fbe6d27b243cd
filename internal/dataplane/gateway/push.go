package gateway

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Push is a message for a connection, and what its sender wants to know of it. AWS has
// only Body: a strict gateway ignores the rest.
type Push struct {
	Body []byte
	// Key is an idempotency key: a connection gets at most one push of a key, so a caller
	// that did not see the response may send again (A-GATEWAY-22). Empty: none.
	Key string
	// Wait delays the response, at most [MaxWait], until the message is [Sent] or
	// [Acknowledged]; 0: no wait.
	Wait Outcome
	// Lifetime is how long the message may wait for a client that is away; 0: for as long
	// as the client may.
	Lifetime time.Duration

	sum string // the hash of Key, once it is known that the connection has none of it; else empty
}

// Pushed is the result of a [Push] that was accepted.
type Pushed struct {
	Replayed bool    // a push of the same key was delivered before
	Outcome  Outcome // at the time of the response
}

// MaxWait bounds the wait for an [Outcome] (A-GATEWAY-53).
const MaxWait = 10 * time.Second

// waitOutcome waits for the outcome of an accepted message. It is called without locks.
type waitOutcome func(context.Context) (Outcome, error)

func alreadyAt(o Outcome) waitOutcome {
	return func(context.Context) (Outcome, error) { return o, nil }
}

// Push sends a message to a connection of the API, here or on its node, and returns what
// became of it, [MaxWait] after it was accepted at the latest. A connection whose $connect
// is still running gets it first after the 101, unless the gateway is strict. In a strict
// gateway only p.Body counts. A Key that is among the newest of the connection sends
// nothing and returns Replayed (A-GATEWAY-22).
//
// Errors are [pasarela.Error] with the codes that @connections returns
// (aws-dataplane §8.3): GoneException, BadRequestException for an impossible id,
// PayloadTooLargeException above [MaxPost], LimitExceededException when the client reads
// too slowly or the account's throttle has no token (aws-dataplane §8.5), and
// ServiceUnavailable, which AWS does not have, when the node that may hold the connection
// does not respond.
func (g *Gateway) Push(ctx context.Context, apiID, connectionID string, p Push) (Pushed, error) {
	if g.options.Strict {
		p = Push{Body: p.Body}
	}
	if err := g.throttleCall(); err != nil {
		return Pushed{}, err
	}
	if len(p.Body) > MaxPost {
		return Pushed{}, pasarela.Errorf(pasarela.CodePayloadTooLarge, "The body is %d bytes long; a connection takes at most %d.", len(p.Body), MaxPost)
	}
	if err := checkPushKey(p.Key); err != nil {
		return Pushed{}, err
	}
	node, err := nodeOf(connectionID)
	if err != nil {
		return Pushed{}, err
	}
	return g.pushToHolder(ctx, node, apiID, connectionID, p)
}

// pushToHolder delivers a push on the node that holds the connection.
func (g *Gateway) pushToHolder(ctx context.Context, node uint16, apiID, connectionID string, p Push) (pushed Pushed, err error) {
	if !g.mayHold(node, connectionID) {
		response, err := g.others.ask(ctx, node, requestOf(apiID, connectionID, &p))
		return response.Pushed, err
	}
	done, err := g.callHere(ctx, func() (err error) {
		pushed, err = g.pushHere(ctx, apiID, connectionID, p)
		return err
	})
	if done {
		return pushed, err
	}
	response, err := g.forward(ctx, requestOf(apiID, connectionID, &p), err)
	if pasarela.CodeOf(err) == pasarela.CodeGone {
		g.outcomes.add(Gone, 1)
	}
	return response.Pushed, err
}

// pushHere delivers a push to a connection of this node, and waits for what p.Wait asks
// for. Errors are those of [Gateway.Push], and errMoving or errMoved, with which the push
// is repeated where the connection is.
func (g *Gateway) pushHere(ctx context.Context, apiID, connectionID string, p Push) (Pushed, error) {
	c := g.find(apiID, connectionID)
	if c == nil {
		err := g.connectionMissing(apiID, connectionID)
		g.countRefused(err)
		return Pushed{}, err
	}
	if !utf8.Valid(p.Body) { // posts go out as text (aws-dataplane §8.2)
		p.Body = bytes.ToValidUTF8(p.Body, []byte("\ufffd"))
	}
	var replayed bool
	var wait waitOutcome
	var err error
	if p.Key == "" {
		wait, err = g.deliverToConnection(c, p)
	} else {
		replayed, wait, err = g.pushOnce(c, p)
	}
	if err != nil {
		g.countRefused(err)
		return Pushed{}, err
	}
	outcome := Accepted
	if replayed {
		err = g.waitForReplayed(ctx, c)
	} else {
		outcome, err = g.waitForOutcome(ctx, c, p, wait)
	}
	if err != nil {
		return Pushed{}, err
	}
	if outcome == Gone {
		return Pushed{}, gone()
	}
	g.notePush(c, len(p.Body), replayed, outcome)
	return Pushed{Replayed: replayed, Outcome: outcome}, nil
}

// waitForReplayed waits until the first push of a repeated key is as durable as its caller
// was told: it may still be waiting for the disk.
func (g *Gateway) waitForReplayed(ctx context.Context, c *connection) error {
	if !g.durable(c) {
		return nil
	}
	if err := g.syncJournal(ctx); err != nil {
		return err
	}
	if c.resume.isTakenOver() {
		return errNotDurable(errRunTakenOver)
	}
	return nil
}

// waitForOutcome counts an accepted push and waits as p.Wait says, [MaxWait] at the most.
func (g *Gateway) waitForOutcome(ctx context.Context, c *connection, p Push, wait waitOutcome) (Outcome, error) {
	c.stage.stage.Counters.MessageCount.Add(1)
	c.stage.stage.Counters.Pushes.Add(1)
	if p.Wait != Accepted {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, MaxWait)
		defer cancel()
	}
	outcome, err := wait(ctx)
	if err == nil && outcome != Acknowledged { // Acknowledged is counted by confirm
		g.outcomes.add(outcome, 1)
	}
	return outcome, err
}

// deliverToConnection sends a message to the connection's socket or mailbox, or holds it until the 101.
func (g *Gateway) deliverToConnection(c *connection, p Push) (waitOutcome, error) {
	c.waitOpening() // else it would be queued for a client that is there
	if c.resume != nil {
		return g.pushResumable(c, p)
	}
	if held := c.heldPosts.Load(); held != nil && !g.options.Strict {
		taken, full := held.hold(p.Body)
		switch {
		case taken:
			return alreadyAt(Queued), nil
		case full:
			return nil, Refuse(pasarela.CodeLimitExceeded, language.PushHeld, strconv.Itoa(maxHeld))
		}
	}
	return g.pushPlain(c, p)
}

// countRefused counts a push that was not accepted, unless it is repeated on another
// node.
func (g *Gateway) countRefused(err error) {
	var moving errMoving
	var moved errMoved
	if !errors.As(err, &moving) && !errors.As(err, &moved) {
		g.outcomes.add(outcomeOf(err), 1)
	}
}

// refusedBySocket is what @connections returns for an error of a socket.
func refusedBySocket(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, socket.ErrSlowReader):
		return Refuse(pasarela.CodeLimitExceeded, language.PushSlowReader)
	case errors.Is(err, socket.ErrClosed):
		return gone()
	}
	return err
}

// pushPlain sends a push to a connection that ends with its socket.
func (g *Gateway) pushPlain(c *connection, p Push) (waitOutcome, error) {
	conn := c.opened()
	if conn == nil {
		return nil, gone()
	}
	if p.Wait == Acknowledged {
		return g.acks.send(c, conn, p.Body)
	}
	if err := refusedBySocket(conn.Send(socket.Text, p.Body)); err != nil {
		return nil, err
	}
	if p.Wait != Sent {
		return alreadyAt(Accepted), nil
	}
	return func(ctx context.Context) (Outcome, error) { return sentOrGone(ctx, conn), nil }, nil
}

// sentOrGone waits until the kernel has all bytes that were accepted for a socket.
func sentOrGone(ctx context.Context, conn *socket.Conn) Outcome {
	switch err := conn.WaitSent(ctx); {
	case err == nil:
		return Sent
	case errors.Is(err, socket.ErrClosed):
		return Gone
	}
	return Queued
}
