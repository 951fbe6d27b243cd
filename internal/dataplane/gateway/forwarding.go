package gateway

import (
	"context"
	"errors"
	"sync"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// A call for a connection finds it wherever it is: here, on the node of its id, on the one
// that it has moved to, or on the one that took it over.

// maxHops bounds how often a call is passed on: moves may make a circle for a moment.
const maxHops = 8

// maxForwards bounds how many connections that have moved this node knows the place of. Beyond
// it all nodes are asked for them.
const maxForwards = 100_000

// forwardTo is where a connection of this node has gone, and by which move.
type forwardTo struct {
	node uint16
	move uint64
}

// forwardingTable are the connections that have gone to other nodes.
type forwardingTable struct {
	mu      sync.Mutex
	to      map[string]forwardTo
	dropped bool // of some it is not known any more
}

func (m *forwardingTable) add(connectionID string, to forwardTo) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.to == nil {
		m.to = map[string]forwardTo{}
	}
	if len(m.to) >= maxForwards {
		for id := range m.to {
			delete(m.to, id)
			m.dropped = true
			break
		}
	}
	m.to[connectionID] = to
}

func (m *forwardingTable) get(connectionID string) (to forwardTo, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	to, ok = m.to[connectionID]
	return to, ok
}

// remove forgets that a connection has gone, unless it has again.
func (m *forwardingTable) remove(connectionID string, to forwardTo) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.to[connectionID] == to {
		delete(m.to, connectionID)
	}
}

// each visits a copy.
func (m *forwardingTable) each(visit func(connectionID string, to forwardTo)) {
	m.mu.Lock()
	all := make(map[string]forwardTo, len(m.to))
	for id, to := range m.to {
		all[id] = to
	}
	m.mu.Unlock()
	for id, to := range all {
		visit(id, to)
	}
}

func (m *forwardingTable) incomplete() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dropped
}

// errMoved is the cause of an error of a call whose connection is not here any more but
// may be on another node: on the one that it went to or, where that is not known, on any.
type errMoved struct {
	to    forwardTo
	known bool
}

func (errMoved) Error() string { return "the connection is on another node" }

// notHere is the answer for a connection that this node does not have: 410, with a cause
// where another may have it.
func (g *Gateway) notHere(connectionID string) error {
	if to, ok := g.forwards.get(connectionID); ok {
		return &pasarela.Error{Code: pasarela.CodeGone, Message: gone().Error(), Cause: errMoved{to, true}}
	}
	node, ok := execution.NodeOfConnection(connectionID)
	if ok && node == g.options.Node && (g.forwards.incomplete() || execution.ConnectionBefore(connectionID, g.began)) {
		return &pasarela.Error{Code: pasarela.CodeGone, Message: gone().Error(), Cause: errMoved{}}
	}
	return gone()
}

// callHere has a call made on this node, again when a move of its connection has ended. done is
// false when the connection is elsewhere; then err says where.
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

// forward has another node make a call whose connection is not here; why is what here
// answered.
func (g *Gateway) forward(ctx context.Context, r request, why error) (response, error) {
	var moved errMoved
	if r.Hops++; r.Hops > maxHops || !errors.As(why, &moved) {
		return response{}, gone()
	}
	if moved.known {
		return g.ask(ctx, moved.to.node, r)
	}
	found, err := g.askSuccessor(ctx, g.options.Node, r, gone())
	if err == nil {
		err = found.err()
	}
	return found, err
}
