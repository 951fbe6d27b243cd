package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// busSubject is what nodes ask each other about connections on.
const busSubject = "connections"

// busTimeout bounds the wait for another node.
const busTimeout = 5 * time.Second

// Verbs of a [request].
const (
	verbPost   = "POST"
	verbGet    = "GET"
	verbDelete = "DELETE"
	verbFanOut = "FANOUT"
	verbTagged = "TAGGED"
	verbTag    = "TAG"
	// Of connections that outlive their sockets and may change their node; see move.
	verbSession = "SESSION" // who has that of a session
	verbMove    = "MOVE"    // give it to the node that asks
	verbMoved   = "MOVED"   // it has it
	verbHolds   = "HOLDS"   // which of these a node has
)

// request is what one node asks another; the body of a post follows the JSON after
// a line end, so that it is not escaped.
type request struct {
	Verb         string        `json:"verb"`
	APIID        string        `json:"apiId,omitempty"`
	ConnectionID string        `json:"connectionId,omitempty"`
	Code         uint16        `json:"code,omitempty"`
	Reason       string        `json:"reason,omitempty"`
	Key          string        `json:"key,omitempty"` // of a push that is delivered once
	Wait         Outcome       `json:"wait,omitempty"`
	Lifetime     time.Duration `json:"lifetime,omitempty"`
	Stage        string        `json:"stage,omitempty"` // of a call for many connections
	Tag          string        `json:"tag,omitempty"`
	After        string        `json:"after,omitempty"` // an id
	Limit        int           `json:"limit,omitempty"`
	Tags         []string      `json:"tags,omitempty"`
	Session      []byte        `json:"session,omitempty"`  // hashed
	From         uint16        `json:"from,omitempty"`     // the node that asks
	Move         uint64        `json:"move,omitempty"`     // its number
	Sequence     uint64        `json:"sequence,omitempty"` // of a message: those behind it
	HeldIDs      []heldID      `json:"heldIds,omitempty"`  // connections that are asked for
	Hops         int           `json:"hops,omitempty"`     // how often the call was passed on
	Direct       bool          `json:"direct,omitempty"`   // all nodes are asked: it is not passed on
	Body         []byte        `json:"-"`
}

// response is the answer; Error is empty when it was done.
type response struct {
	Error     pasarela.ErrorCode `json:"error,omitempty"`
	Message   string             `json:"message,omitempty"`
	Elsewhere bool               `json:"elsewhere,omitempty"` // the connection is open on another API
	Pushed
	Description *Description     `json:"description,omitempty"`
	FanOut      *FanOut          `json:"fanOut,omitempty"`
	Tagged      []Tagged         `json:"tagged,omitempty"`
	Found       *foundSession    `json:"found,omitempty"`
	Connection  *movedConnection `json:"handed,omitempty"`
	Held        []string         `json:"held,omitempty"`
}

// err is why it was not done.
func (r *response) err() error {
	if r.Error == "" {
		return nil
	}
	refused := pasarela.Errorf(r.Error, "%s", r.Message)
	if r.Elsewhere {
		refused.Cause = errOtherAPI
	}
	return refused
}

// ask has another node do it. A node that is known to have ended has no connections
// any more: 410, on which backends forget the connection. One that only does not
// answer may have them: 503.
func (g *Gateway) ask(ctx context.Context, node uint16, r request) (response, error) {
	found, err := g.askNode(ctx, node, r)
	if codeOf(err) == pasarela.CodeGone {
		found, err = g.askSuccessor(ctx, node, r, err)
	}
	if err == nil {
		err = found.err()
	}
	return found, err
}

func (g *Gateway) askNode(ctx context.Context, node uint16, r request) (response, error) {
	if g.options.Bus == nil {
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
	name, err := g.nodeName(ctx, node)
	var data []byte
	if err == nil {
		data, err = g.options.Bus.Request(ctx, name, busSubject, message)
	}
	return readResponse(data, err)
}

// requestOf is a push that another node is to deliver.
func requestOf(apiID, connectionID string, p *Push) request {
	return request{Verb: verbPost, APIID: apiID, ConnectionID: connectionID, Key: p.Key, Wait: p.Wait, Lifetime: p.Lifetime, Body: p.Body}
}

func (g *Gateway) nodeName(ctx context.Context, node uint16) (string, error) {
	if g.options.NodeName != nil {
		return g.options.NodeName(ctx, node)
	}
	return strconv.Itoa(int(node)), nil
}

// serveBus does what another node asks.
func (g *Gateway) serveBus(ctx context.Context, data []byte) []byte {
	var r request
	var out response
	err := r.decode(data)
	if err == nil {
		err = g.perform(ctx, r, &out)
		err = g.passOn(ctx, r, &out, err)
	}
	var known *pasarela.Error
	switch {
	case err == nil && r.Verb == verbPost && out.Pushed == (Pushed{}):
		return plainlyPushed
	case errors.As(err, &known):
		out.Error, out.Message = known.Code, known.Message
		out.Elsewhere = errors.Is(err, errOtherAPI)
	case err != nil:
		out.Error, out.Message = pasarela.CodeInternal, err.Error()
	}
	data, err = json.Marshal(out)
	if err != nil {
		return nil // responses are made of what always marshals
	}
	return data
}

// passOn has another node do what this one could not, as the connection is there.
func (g *Gateway) passOn(ctx context.Context, r request, out *response, err error) error {
	var moved errMoved
	if !errors.As(err, &moved) {
		return err
	}
	if r.Direct {
		return gone()
	}
	*out, err = g.forward(ctx, r, err)
	return err
}

// perform does what another node asks. An error that says that the connection is elsewhere
// has the request passed on.
func (g *Gateway) perform(ctx context.Context, r request, out *response) (err error) {
	switch r.Verb {
	case verbFanOut:
		found, err := g.fanOutHere(ctx, r.APIID, r.Stage, r.Tag, Push{Body: r.Body, Lifetime: r.Lifetime})
		out.FanOut = &found
		return err
	case verbTagged:
		out.Tagged = g.taggedHere(r.APIID, r.Stage, r.Tag, r.After, r.Limit)
		return nil
	case verbSession:
		out.Found, err = g.sessionHere(ctx, r)
		return err
	case verbMove:
		out.Connection, err = g.beginMoveHere(ctx, r)
		return err
	case verbMoved:
		return g.endMoveHere(ctx, r)
	case verbHolds:
		out.Held, err = g.heldHere(ctx, r)
		return err
	}
	if coming := g.incoming.get(r.ConnectionID); coming != nil {
		select {
		case <-coming.began: // it has come, or not
		case <-ctx.Done():
			return pasarela.Errorf(pasarela.CodeServiceUnavailable, "The connection is moving to this node. Try again.")
		}
	}
	_, err = g.callHere(ctx, func() error { return g.performOne(ctx, r, out) })
	return err
}

// performOne does what another node asks for one connection.
func (g *Gateway) performOne(ctx context.Context, r request, out *response) error {
	switch r.Verb {
	case verbPost:
		pushed, err := g.pushHere(ctx, r.APIID, r.ConnectionID, Push{Body: r.Body, Key: r.Key, Wait: r.Wait, Lifetime: r.Lifetime})
		out.Pushed = pushed
		return err
	case verbGet:
		d, err := g.describeHere(r.APIID, r.ConnectionID)
		out.Description = &d
		return err
	case verbDelete:
		return g.disconnectHere(r.APIID, r.ConnectionID, r.Code, r.Reason)
	case verbTag:
		return g.tagHere(r.APIID, r.ConnectionID, r.Tags)
	}
	return pasarela.Errorf(pasarela.CodeBadRequest, "unknown verb %q", r.Verb)
}
