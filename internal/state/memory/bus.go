package memory

import (
	"context"
	"slices"
	"sync"

	"github.com/pasarela-ws/pasarela"
)

// Network joins the [Bus] of several nodes in one process.
type Network struct {
	mu       sync.Mutex
	handlers map[address]*handler
}

type address struct{ node, subject string }

// handler serves one subject of one node; slots bounds the calls under way.
type handler struct {
	handle func(context.Context, []byte) []byte
	slots  chan struct{}
	ctx    context.Context
	calls  sync.WaitGroup
}

// NewNetwork makes a network without nodes.
func NewNetwork() *Network { return &Network{handlers: map[address]*handler{}} }

// Bus is the end of a [Network] that one node holds.
type Bus struct {
	network *Network
	node    string
}

// Node returns the end that the node of that name holds.
func (n *Network) Node(name string) *Bus { return &Bus{network: n, node: name} }

// Request implements [pasarela.Bus].
func (b *Bus) Request(ctx context.Context, node, subject string, data []byte) ([]byte, error) {
	h := b.network.enter(address{node, subject})
	if h == nil {
		return nil, pasarela.ErrNodeGone
	}
	response := make(chan []byte, 1)
	go func() {
		defer h.calls.Done()
		select {
		case h.slots <- struct{}{}:
			defer func() { <-h.slots }()
			response <- h.serve(ctx, data)
		case <-ctx.Done():
		case <-h.ctx.Done():
		}
	}()
	select {
	case reply := <-response:
		return reply, ctx.Err()
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-h.ctx.Done():
		return nil, pasarela.ErrNodeGone
	}
}

// serve runs the handler until the asker stops waiting or the handler is
// stopped, whatever is first.
func (h *handler) serve(asker context.Context, data []byte) []byte {
	ctx, cancel := context.WithCancel(h.ctx)
	defer cancel()
	defer context.AfterFunc(asker, cancel)()
	return h.handle(ctx, slices.Clone(data))
}

// Handle implements [pasarela.Bus].
func (b *Bus) Handle(subject string, limit int, handle func(ctx context.Context, data []byte) []byte) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	h := &handler{handle: handle, slots: make(chan struct{}, limit), ctx: ctx}
	at := address{b.node, subject}
	b.network.mu.Lock()
	b.network.handlers[at] = h
	b.network.mu.Unlock()
	return func() {
		b.network.leave(at, h)
		cancel()
		h.calls.Wait()
	}, nil
}

// enter finds the handler at that address and counts a call on it.
func (n *Network) enter(at address) *handler {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.handlers[at]
	if h != nil {
		h.calls.Add(1)
	}
	return h
}

func (n *Network) leave(at address, h *handler) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.handlers[at] == h {
		delete(n.handlers, at)
	}
}
