package node

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// DefaultStopPatience bounds the end of a node.
const DefaultStopPatience = 20 * time.Second

// stepsPart is how much of a stop's time its steps have; what goes on then is left
// behind.
const stepsPart = 0.95

// closing is one step of a stop.
type closing struct {
	what string
	step func(context.Context) error
}

func (n *Node) onStop(what string, step func(context.Context) error) {
	n.closing = append(n.closing, closing{what, step})
}

// Stop ends the node (A-NODE-10): it is not ready any more, and takes connections for
// DrainDelay more, so that balancers learn of it; then handshakes are refused and
// sockets closed, $disconnects delivered, requests under way ended, and then what the
// node stands on. ctx bounds it all, and where it has no deadline StopPatience does:
// what is left then is cut, and what cannot be cut is left behind and named.
func (n *Node) Stop(ctx context.Context) error {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, n.options.StopPatience)
		defer cancel()
	}
	n.delay(ctx)
	var at atomic.Value
	at.Store("its own work")
	ended := make(chan error, 1)
	go func() { ended <- n.end(ctx, &at) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the node did not end in its time (--stop-patience): %v goes on", at.Load())
	}
}

// delay says that the node is not ready, and waits until that is known.
func (n *Node) delay(ctx context.Context) {
	if n.ready.drain() && n.options.DrainDelay > 0 {
		n.options.Log.Info("not ready any more; connections are still taken", "for", n.options.DrainDelay)
		select {
		case <-time.After(n.options.DrainDelay):
		case <-ctx.Done():
		}
	}
}

// end takes the steps, one after the other.
func (n *Node) end(ctx context.Context, at *atomic.Value) error {
	ctx, cancel := within(ctx, stepsPart)
	defer cancel()
	n.cancel()
	n.work.Wait()
	var failed error
	for i := len(n.closing) - 1; i >= 0; i-- {
		at.Store(n.closing[i].what)
		failed = errors.Join(failed, n.closing[i].step(ctx))
	}
	n.closing = nil
	return failed
}
