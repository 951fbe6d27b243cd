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

// stepsPart is the part of a stop's time that its steps have; work that takes longer is
// abandoned.
const stepsPart = 0.95

// stopStep is one step of a stop.
type stopStep struct {
	what string
	step func(context.Context) error
}

func (n *Node) onStop(what string, step func(context.Context) error) {
	n.stopSteps = append(n.stopSteps, stopStep{what, step})
}

// Stop ends the node (A-NODE-10). It first reports not ready and still accepts
// connections for DrainDelay, so that balancers notice; then it refuses handshakes,
// closes sockets, delivers $disconnects, ends requests under way, and closes the store
// last. ctx bounds all of it; where ctx has no deadline StopPatience does. What has not
// ended by then is cut off, and what cannot be cut off is abandoned and named in the
// error.
func (n *Node) Stop(ctx context.Context) error {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, n.options.StopPatience)
		defer cancel()
	}
	defer n.logSums.Flush()
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

// delay reports the node as not ready, and waits until balancers have had time to notice.
func (n *Node) delay(ctx context.Context) {
	if n.ready.drain() && n.options.DrainDelay > 0 {
		n.options.Log.Info("not ready any more; connections are still taken", "for", n.options.DrainDelay)
		select {
		case <-time.After(n.options.DrainDelay):
		case <-ctx.Done():
		}
	}
}

// end runs the steps one after the other.
func (n *Node) end(ctx context.Context, at *atomic.Value) error {
	ctx, cancel := within(ctx, stepsPart)
	defer cancel()
	n.cancel()
	n.work.Wait()
	var failed error
	for i := len(n.stopSteps) - 1; i >= 0; i-- {
		at.Store(n.stopSteps[i].what)
		failed = errors.Join(failed, n.stopSteps[i].step(ctx))
	}
	n.stopSteps = nil
	return failed
}
