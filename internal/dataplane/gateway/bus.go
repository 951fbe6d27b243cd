package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// busSubject is the subject of the nodes' requests about connections.
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
	verbSession = "SESSION" // which connection the session has
	verbMove    = "MOVE"    // begin to move a connection to the requesting node
	verbMoved   = "MOVED"   // the requesting node has noted the connection
	verbHolds   = "HOLDS"   // which of these connections the node holds
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
	Session      []byte        `json:"session,omitempty"`  // its SHA-256
	From         uint16        `json:"from,omitempty"`     // the requesting node
	Move         uint64        `json:"move,omitempty"`     // number of the move
	Sequence     uint64        `json:"sequence,omitempty"` // of a message: only later ones
	HeldIDs      []heldID      `json:"heldIds,omitempty"`  // connections of a HOLDS request
	Hops         int           `json:"hops,omitempty"`     // how often the call was forwarded
	Direct       bool          `json:"direct,omitempty"`   // sent to all nodes: it is not forwarded
	Body         []byte        `json:"-"`
}

// response is the response to a [request]; Error is empty if it succeeded.
type response struct {
	Error     pasarela.ErrorCode `json:"error,omitempty"`
	Message   string             `json:"message,omitempty"`
	Elsewhere bool               `json:"elsewhere,omitempty"` // the connection is open on another API
	APIID     string             `json:"apiId,omitempty"`     // which one
	Stage     string             `json:"stage,omitempty"`     // of that API
	Why       language.Message   `json:"why,omitzero"`        // of the error, for people
	Pushed
	Description *Description     `json:"description,omitempty"`
	FanOut      *FanOut          `json:"fanOut,omitempty"`
	Tagged      []Tagged         `json:"tagged,omitempty"`
	Found       *foundSession    `json:"found,omitempty"`
	Connection  *movedConnection `json:"handed,omitempty"` // an older name, which nodes of other versions read
	Held        []string         `json:"held,omitempty"`

	node string // that sent it
}

// err is the error of the response, nil if it succeeded.
func (r *response) err() error {
	if r.Error == "" {
		return nil
	}
	refused := pasarela.Errorf(r.Error, "%s", r.Message)
	switch {
	case r.Elsewhere:
		refused.Cause = &otherAPIError{r.APIID, r.Stage}
	case !r.Why.IsZero():
		refused.Cause = r.Why
	}
	return refused
}

// requestOf is the request to another node to deliver a push.
func requestOf(apiID, connectionID string, p *Push) request {
	return request{Verb: verbPost, APIID: apiID, ConnectionID: connectionID, Key: p.Key, Wait: p.Wait, Lifetime: p.Lifetime, Body: p.Body}
}

// serveBus serves a request of another node.
func (g *Gateway) serveBus(ctx context.Context, data []byte) []byte {
	var r request
	var out response
	err := r.decode(data)
	if err == nil {
		err = g.perform(ctx, r, &out)
		err = g.forwardIfMoved(ctx, r, &out, err)
	}
	var known *pasarela.Error
	switch {
	case err == nil && r.Verb == verbPost && out.Pushed == (Pushed{}):
		return plainPushResponse
	case errors.As(err, &known):
		out.Error, out.Message = known.Code, known.Message
		if other := onOtherAPI(err); other != nil {
			out.Elsewhere, out.APIID, out.Stage = true, other.apiID, other.stage
		}
		out.Why, _ = errors.AsType[language.Message](err)
	case err != nil:
		out.Error, out.Message = pasarela.CodeInternal, err.Error()
	}
	data, err = json.Marshal(out)
	if err != nil {
		return nil // a response always marshals
	}
	return data
}

// forwardIfMoved forwards a request to the node that holds the connection.
func (g *Gateway) forwardIfMoved(ctx context.Context, r request, out *response, err error) error {
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

// perform serves a request. One whose error says that the connection is on another node
// is forwarded.
func (g *Gateway) perform(ctx context.Context, r request, out *response) (err error) {
	switch r.Verb {
	case verbFanOut:
		found, err := g.fanOutHere(ctx, r.APIID, r.Stage, r.Tag, Push{Body: r.Body, Lifetime: r.Lifetime, Key: r.Key})
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
		case <-coming.connected(): // its move has ended
		case <-ctx.Done():
			return pasarela.Errorf(pasarela.CodeServiceUnavailable, "The connection is moving to this node. Try again.")
		}
	}
	_, err = g.callHere(ctx, func() error { return g.performOne(ctx, r, out) })
	return err
}

// performOne serves a request about one connection.
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
