package gateway

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"

	"github.com/pasarela-ws/pasarela"
)

// otherNodes sends requests to the other nodes that share the store. serveBus serves those
// that come from them.
type otherNodes struct {
	bus       pasarela.Bus                                           // nil: there are none
	name      func(ctx context.Context, node uint16) (string, error) // Options.NodeName
	live      func() []string                                        // Options.OtherNodes
	takeovers takeoverChecks
}

// sortedNames are the names that live returns; none where it is nil.
func sortedNames(live func() []string) []string {
	if live == nil {
		return nil
	}
	return slices.Sorted(slices.Values(live()))
}

// ask sends a request to another node. A node that is known to have ended holds no
// connections any more: 410, at which backends forget the connection. One that does not
// respond may hold them: 503.
func (n *otherNodes) ask(ctx context.Context, node uint16, r request) (response, error) {
	found, err := n.askNode(ctx, node, r)
	if pasarela.CodeOf(err) == pasarela.CodeGone {
		found, err = n.askSuccessor(ctx, node, r, err)
	}
	if err == nil {
		err = found.err()
	}
	return found, err
}

// askNode sends a request to a node by its number and waits busTimeout for the response, and
// [MaxWait] more if the request itself waits. An error of the node comes back as one of
// [pasarela.Error].
func (n *otherNodes) askNode(ctx context.Context, node uint16, r request) (response, error) {
	if n.bus == nil {
		return response{}, gone()
	}
	message, err := r.encode()
	if err != nil {
		return response{}, err
	}
	timeout := busTimeout
	if r.Wait != Accepted {
		timeout += MaxWait
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	name, err := n.nameOf(ctx, node)
	var data []byte
	if err == nil {
		data, err = n.bus.Request(ctx, name, busSubject, message)
	}
	return readResponse(data, err)
}

func (n *otherNodes) nameOf(ctx context.Context, node uint16) (string, error) {
	if n.name != nil {
		return n.name(ctx, node)
	}
	return strconv.Itoa(int(node)), nil
}

// askSuccessor asks the live nodes about a connection of a node that has ended, since one
// of them may have taken it over. ended is the error if none has and none will: backends
// forget a connection that is gone (A-GATEWAY-52).
func (n *otherNodes) askSuccessor(ctx context.Context, node uint16, r request, ended error) (response, error) {
	var found *response
	undecided := n.takeoverPendingOf(ctx, node) // before the nodes are asked, since one may finish a takeover meanwhile
	r.Direct = true
	responses, missing := n.askAll(ctx, r, func() {})
	for i := range responses {
		found = &responses[i]
	}
	switch {
	case found != nil:
		return *found, nil
	case len(missing) > 0:
		return response{}, &pasarela.Error{Code: pasarela.CodeServiceUnavailable, Message: "The node of the connection has ended, and another that may have taken it over does not answer for now. Try again.", Cause: ended}
	case undecided:
		return response{}, &pasarela.Error{Code: pasarela.CodeServiceUnavailable, Message: "The node of the connection has ended, and no other has taken its connections over yet. Try again.", Cause: ended}
	}
	return response{}, ended
}

// askAll sends a request to all other nodes, and runs this node's part meanwhile.
func (n *otherNodes) askAll(ctx context.Context, r request, here func()) (responses []response, missing []string) {
	var others []string
	if n.live != nil && n.bus != nil {
		others = n.live()
	}
	message, err := r.encode()
	if err != nil { // a request always marshals
		return nil, others
	}
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	var mu sync.Mutex
	var asking sync.WaitGroup
	for _, name := range others {
		asking.Go(func() {
			got, err := readResponse(n.bus.Request(ctx, name, busSubject, message))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case pasarela.CodeOf(err) == pasarela.CodeGone || got.Error == pasarela.CodeGone: // it has ended, or no such connection
			case err != nil || got.Error == pasarela.CodeInternal || got.Error == pasarela.CodeServiceUnavailable:
				missing = append(missing, name)
			default:
				got.node = name
				responses = append(responses, got)
			}
		})
	}
	here()
	asking.Wait()
	slices.Sort(missing)
	return responses, missing
}

// takeoverPendingOf says whether a node that has ended may have connections that are
// still to be taken over; true also if that cannot be determined.
func (n *otherNodes) takeoverPendingOf(ctx context.Context, node uint16) bool {
	if n.takeovers.isPending == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	name, err := n.nameOf(ctx, node)
	if errors.Is(err, pasarela.ErrNodeGone) {
		return false // no node ever had the number
	}
	undecided := false
	if err == nil {
		undecided, err = n.takeovers.isPending(ctx, name)
	}
	return undecided || err != nil
}
