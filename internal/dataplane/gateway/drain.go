package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// When each step of Drain ends, as a fraction of Drain's time (A-GATEWAY-32).
const (
	untilEvicted   = 0.80 // connections close by themselves: messages are answered, slow readers read
	untilCut       = 0.90 // the rest is closed and may answer the close frame
	untilAbandoned = 1.00 // $disconnects are delivered
)

// handshakeGrace bounds the wait for handshakes under way.
const handshakeGrace = 5 * time.Second

// Drain refuses new connections with 503, lets the handshakes under way end, closes
// the connections with 1012 spread over the given time, and waits until every message
// and $disconnect is done and every client has been given what was accepted for it.
// ctx's deadline is divided: what has not ended by itself is closed, then cut, so that
// there is time for all $disconnects. An error says what was left; Close ends that.
func (g *Gateway) Drain(ctx context.Context, spread time.Duration) error {
	g.draining.Store(true)
	began := time.Now()
	err := g.part(ctx, began, untilEvicted, func(ctx context.Context) error { return g.closeSpread(ctx, spread) })
	g.refusing.Store(true)
	if !g.leavesToNextRun() {
		g.endAway(func(*connection) bool { return true }, socket.Close{})
	}
	if err != nil {
		if g.part(ctx, began, untilCut, g.pool.Evict) != nil {
			g.pool.Cut()
		}
	}
	if g.part(ctx, began, untilAbandoned, g.waitForDisconnects) != nil {
		err = errors.Join(err, fmt.Errorf("%d $disconnects are not delivered yet", g.disconnects.queued.Load()))
	}
	if running := g.pool.Stats().InFlight; running > 0 {
		err = errors.Join(err, fmt.Errorf("%d messages are not answered yet", running))
	}
	if g.leavesToNextRun() {
		g.leaveForNext(ctx)
	}
	g.undeliveredMessages.flush()
	return err
}

// withoutLeaseStop is how long a stop waits for $disconnects while another node may be running them
// (see holdsLease), and for a journal that cannot be written: the next run has both.
const withoutLeaseStop = 3 * time.Second

// waitForDisconnects returns when no $disconnect is left to run, or with the error of why
// they do not run for now.
func (g *Gateway) waitForDisconnects(ctx context.Context) error {
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	done := make(chan error, 1)
	go func() { done <- g.disconnects.wait(ctx) }() // ends with ctx
	look := time.NewTicker(withoutLeasePause)
	defer look.Stop()
	for last := time.Now(); ; {
		select {
		case err := <-done:
			return err
		case <-look.C:
		}
		if g.holdsLease() {
			last = time.Now()
		} else if time.Since(last) >= withoutLeaseStop {
			return errWithoutLease
		}
	}
}

var errWithoutLease = errors.New("the store does not answer, so another node may be running them")

// closeSpread closes connections over the given time, each as soon as it has no work
// under way.
func (g *Gateway) closeSpread(ctx context.Context, spread time.Duration) error {
	if err := g.pool.CloseAll(ctx, spread); err != nil {
		return err
	}
	grace, cancel := context.WithTimeout(ctx, handshakeGrace)
	defer cancel()
	if g.handshakes.wait(grace) != nil {
		g.options.Log.Warn("handshakes whose $connect has not ended are refused")
	}
	g.refusing.Store(true)
	return g.pool.Drain(ctx, 0)
}

// endAway ends the connections that match and whose clients are away, for a reason or,
// where there is none, as their sockets ended.
func (g *Gateway) endAway(match func(*connection) bool, why socket.Close) {
	g.table.each(func(c *connection) {
		if c.resume != nil && match(c) {
			c.resume.endAway(why)
		}
	})
}

// part runs step until that fraction of the time from began to ctx's deadline has passed,
// at most.
func (g *Gateway) part(ctx context.Context, began time.Time, part float64, step func(context.Context) error) error {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, began.Add(time.Duration(part*float64(deadline.Sub(began)))))
		defer cancel()
	}
	return step(ctx)
}

// Close cuts the remaining connections, cancels the calls under way, gives up the
// $disconnects that have not begun, and waits until everything has ended, or for ctx.
// What was not delivered is left in the journal for the next run, or named in the log if
// there is none.
func (g *Gateway) Close(ctx context.Context) error {
	g.draining.Store(true)
	g.refusing.Store(true)
	g.disconnects.stop()
	g.async.cancel()
	g.stopResolver()
	if g.options.Abort != nil {
		g.options.Abort()
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		g.pool.Close()
		if !g.leavesToNextRun() {
			g.endAway(func(*connection) bool { return true }, socket.Close{})
		}
		g.async.stop()
		if g.stopBus != nil {
			g.stopBus()
		}
		g.background.Wait()
		_ = g.handshakes.wait(context.Background())  // their calls have ended with Abort; a client that left meanwhile has a $disconnect
		_ = g.disconnects.wait(context.Background()) // those under way have ended with Abort, or do by their timeouts
		g.disconnects.workers.Close()
	}()
	defer g.undeliveredDisconnects.flush()
	defer g.undeliveredMessages.flush()
	select {
	case <-ended:
		g.closeJournal(ctx)
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the gateway has not ended: %w", ctx.Err())
	}
}

// closeJournal writes the journal to its end. A store that does not answer is no failure of the
// stop: the next run reads what there is.
func (g *Gateway) closeJournal(ctx context.Context) {
	if g.journal == nil {
		return
	}
	if left := g.disconnects.leftInJournal.Load(); left > 0 {
		g.options.Log.Warn("$disconnects were not run in time; the next run takes them from the journal", "count", left)
	}
	if err := g.endJournals(ctx); err != nil {
		g.options.Log.Warn("the journal could not be ended; the next run reads it as it is, and may run $disconnects again that were run", "error", err)
	}
}
