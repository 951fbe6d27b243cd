package gateway

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// A call for a connection goes to the node that holds it: this one, the one in its id,
// the one to which it moved, or the one that took it over.
//
//	pushToHolder, callHolder    on the node that was called
//	  not held here: ask          one request; of a node that has ended, askSuccessor
//	  held here:     callHere     makes the call, again when a move has ended
//	    moved away:  forward      ask, or askSuccessor if it is not known where to
//	serveBus -> perform -> callHere -> performOne    on the node that is asked
//	    moved away:  forwardIfMoved -> forward

// maxHops bounds how often a call is forwarded: during moves nodes may forward it in a
// circle.
const maxHops = 8

// maxForwards bounds the entries of the forwarding table. For connections without an
// entry all nodes are asked.
const maxForwards = 100_000

// forwardTo is the node to which a connection has moved, and the number of the move.
type forwardTo struct {
	node uint16
	move uint64
}

// forwardingTable has the connections that have moved from this node to others.
type forwardingTable struct {
	mu      sync.Mutex
	to      map[string]forwardTo
	dropped bool // entries were dropped because the table is full
}

func (t *forwardingTable) add(connectionID string, to forwardTo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.to == nil {
		t.to = map[string]forwardTo{}
	}
	if len(t.to) >= maxForwards {
		for id := range t.to {
			delete(t.to, id)
			t.dropped = true
			break
		}
	}
	t.to[connectionID] = to
}

func (t *forwardingTable) get(connectionID string) (to forwardTo, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	to, ok = t.to[connectionID]
	return to, ok
}

// remove removes the entry of a connection, unless the connection has moved again.
func (t *forwardingTable) remove(connectionID string, to forwardTo) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.to[connectionID] == to {
		delete(t.to, connectionID)
	}
}

// each calls visit for the entries that are there when it looks; no lock is held
// meanwhile.
func (t *forwardingTable) each(visit func(connectionID string, to forwardTo)) {
	t.mu.Lock()
	all := make(map[string]forwardTo, len(t.to))
	for id, to := range t.to {
		all[id] = to
	}
	t.mu.Unlock()
	for id, to := range all {
		visit(id, to)
	}
}

func (t *forwardingTable) incomplete() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dropped
}

// errMoved is the cause of an error of a call whose connection is not here any more but
// may be on another node: a known one, or any.
type errMoved struct {
	to    forwardTo
	known bool
}

// Error is for logs; callers match the type.
func (errMoved) Error() string { return "the connection is on another node" }

// notHere is the error for a connection that this node does not hold: 410, with errMoved
// as its cause if another node may hold it.
func (g *Gateway) notHere(connectionID string) error {
	if to, ok := g.forwards.get(connectionID); ok {
		return &pasarela.Error{Code: pasarela.CodeGone, Message: gone().Error(), Cause: errMoved{to, true}}
	}
	node, ok := execution.NodeOfConnection(connectionID)
	if ok && node == g.options.Node && (g.forwards.incomplete() || execution.ConnectionBefore(connectionID, time.UnixMilli(g.runBegan.Load()))) {
		return &pasarela.Error{Code: pasarela.CodeGone, Message: gone().Error(), Cause: errMoved{}}
	}
	return gone()
}

// callHere makes a call on this node, again after a move of its connection has ended.
// done is false when the connection is on another node; then err says where.
func (g *Gateway) callHere(ctx context.Context, call func() error) (done bool, err error) {
	for {
		err = call()
		var moving errMoving
		if !errors.As(err, &moving) {
			var moved errMoved
			return !errors.As(err, &moved), err
		}
		select {
		case <-moving.move.done:
		case <-ctx.Done():
			return true, err
		}
	}
}

// forward sends a call to the node that holds its connection; why is the error of the
// call on this node.
func (g *Gateway) forward(ctx context.Context, r request, why error) (response, error) {
	var moved errMoved
	if r.Hops++; r.Hops > maxHops || !errors.As(why, &moved) {
		return response{}, gone()
	}
	node := g.options.Node
	if moved.known {
		node = moved.to.node
		if found, err := g.others.ask(ctx, node, r); pasarela.CodeOf(err) != pasarela.CodeGone || onOtherAPI(err) != nil {
			return found, err
		} // it may have been taken over there
	}
	found, err := g.others.askSuccessor(ctx, node, r, gone())
	if err == nil {
		err = found.err()
	}
	return found, err
}

// mayHold says whether this node may hold a connection: its id names this node, or it is in
// the table because it was taken over or moved here. One that has ended or moved away is
// found out by the call itself, see [Gateway.notHere].
func (g *Gateway) mayHold(node uint16, connectionID string) bool {
	return node == g.options.Node || g.table.get(connectionID) != nil
}
