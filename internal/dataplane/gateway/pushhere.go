package gateway

import (
	"bytes"
	"context"
	"errors"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

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
	var follow following
	var err error
	if p.Key == "" {
		follow, err = g.push(c, p)
	} else {
		replayed, follow, err = g.pushOnce(c, p)
	}
	if err != nil {
		g.countRefused(err)
		return Pushed{}, err
	}
	outcome := Accepted
	if replayed && g.durable(c) { // the first push may still be waiting for the disk
		if err := g.syncJournal(ctx); err != nil {
			return Pushed{}, err
		}
	}
	if !replayed {
		c.stage.stage.Counters.MessageCount.Add(1)
		c.stage.stage.Counters.Pushes.Add(1)
		if p.Wait != Accepted {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, MaxWait)
			defer cancel()
		}
		if outcome, err = follow(ctx); err != nil {
			return Pushed{}, err
		}
		if outcome != Acknowledged { // Acknowledged is counted by confirm
			g.outcomes.add(outcome, 1)
		}
	}
	if outcome == Gone {
		return Pushed{}, gone()
	}
	g.notePush(c, len(p.Body), replayed, outcome)
	return Pushed{Replayed: replayed, Outcome: outcome}, nil
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

// push sends a message to the connection's socket or mailbox, or holds it until the 101.
func (g *Gateway) push(c *connection, p Push) (following, error) {
	if c.resume != nil {
		return g.pushResumable(c, p)
	}
	if held := c.pending.Load(); held != nil && !g.options.Strict {
		taken, full := held.hold(p.Body)
		switch {
		case taken:
			return at(Queued), nil
		case full:
			return nil, pasarela.Errorf(pasarela.CodeLimitExceeded, "The connection is not established yet and %d messages wait for it already.", maxHeld)
		}
	}
	return g.pushPlain(c, p)
}

// refusedBySocket is what @connections returns for an error of a socket.
func refusedBySocket(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, socket.ErrSlowReader):
		return pasarela.Errorf(pasarela.CodeLimitExceeded, "The client reads too slowly: too much waits for it already.")
	default:
		return gone()
	}
}
