package gateway

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// MaxPost is the longest body that can be posted to a connection (aws-dataplane §8.2).
const MaxPost = pasarela.MaxMessageBytes

// Description is what GetConnection returns.
type Description struct {
	ConnectedAt  time.Time
	LastActiveAt time.Time
	SourceIP     string
	UserAgent    string
}

// callHolder makes a call on the node that holds the connection: here if that is this
// one.
func (g *Gateway) callHolder(ctx context.Context, r request, here func() error) (response, error) {
	node, err := nodeOf(r.ConnectionID)
	if err != nil {
		return response{}, err
	}
	if !g.mayHold(node, r.ConnectionID) {
		return g.others.ask(ctx, node, r)
	}
	done, err := g.callHere(ctx, here)
	if done {
		return response{}, err
	}
	return g.forward(ctx, r, err)
}

// Describe is GetConnection (aws-dataplane §8.2): times in UTC, the last activity of the
// socket or, while its client is away, of its last socket. Errors are those of [Gateway.Push].
func (g *Gateway) Describe(ctx context.Context, apiID, connectionID string) (Description, error) {
	if err := g.throttleCall(); err != nil {
		return Description{}, err
	}
	var found Description
	response, err := g.callHolder(ctx, request{Verb: verbGet, APIID: apiID, ConnectionID: connectionID}, func() (err error) {
		found, err = g.describeHere(apiID, connectionID)
		return err
	})
	if err == nil && response.Description != nil {
		found = *response.Description
	}
	return found, err
}

// Disconnect closes a connection of the API with code 1000 or, if code is not 0, with
// another code and reason, which AWS does not offer (A-GATEWAY-14): codes 1000 to 1003,
// 1007 to 1014 and 3000 to 4999, a reason of at most 123 bytes of UTF-8, else
// BadRequestException. It returns when the close frame is queued; $disconnect runs after
// it. Other errors are those of [Gateway.Push].
func (g *Gateway) Disconnect(ctx context.Context, apiID, connectionID string, code uint16, reason string) error {
	if err := g.throttleCall(); err != nil {
		return err
	}
	return g.disconnect(ctx, apiID, connectionID, code, reason)
}

func (g *Gateway) disconnect(ctx context.Context, apiID, connectionID string, code uint16, reason string) error {
	_, err := g.callHolder(ctx, request{Verb: verbDelete, APIID: apiID, ConnectionID: connectionID, Code: code, Reason: reason}, func() error {
		return g.disconnectHere(apiID, connectionID, code, reason)
	})
	return err
}

// throttleCall counts a call of @connections against the account's throttle, on the node
// that was called (aws-dataplane §8.5).
func (g *Gateway) throttleCall() error {
	if g.account.Take(g.options.Now()) {
		return nil
	}
	return Refuse(pasarela.CodeLimitExceeded, language.CallThrottled)
}

func nodeOf(connectionID string) (uint16, error) {
	node, ok := execution.NodeOfConnection(connectionID)
	if !ok {
		e := pasarela.Errorf(pasarela.CodeBadRequest, "Invalid connectionId: %s", connectionID)
		e.Cause = language.PushInvalidID.Of(connectionID[:min(len(connectionID), maxUnauthenticatedID)], strconv.Itoa(execution.IDLength))
		return 0, e
	}
	return node, nil
}

func gone() error { return pasarela.Errorf(pasarela.CodeGone, "Gone") }

// otherAPIError is the cause of a 410 for a connection that is open on another API: the
// backend uses the wrong API's endpoint. AWS responds with 410 and logs nothing.
type otherAPIError struct {
	apiID, stage string // that the connection is on; empty where a node of an earlier version has it
}

func (*otherAPIError) Error() string { return "the connection is open, but not on this API" }

// onOtherAPI is the [otherAPIError] among the causes of err, nil if there is none.
func onOtherAPI(err error) *otherAPIError {
	found, _ := errors.AsType[*otherAPIError](err)
	return found
}

// connectionMissing is the error for a connection that the API does not have. If another
// API has it, the log says so, and the error names that API for the history.
func (g *Gateway) connectionMissing(apiID, connectionID string) error {
	c := g.table.get(connectionID)
	if c == nil || c.stage.stage.APIID == apiID {
		return g.notHere(connectionID)
	}
	at := c.stage.stage
	g.options.Log.Warn("a call to @connections was answered 410: the connection is open, on another API; give the backend the endpoint of that API",
		"connectionId", connectionID, "calledApi", apiID, "openOnApi", at.APIID, "stage", at.Name)
	return &pasarela.Error{Code: pasarela.CodeGone, Message: gone().Error(), Cause: &otherAPIError{at.APIID, at.Name}}
}

// find is the connection of that id, whatever stage of the API it belongs to
// (aws-dataplane §8.5).
func (g *Gateway) find(apiID, connectionID string) *connection {
	if c := g.table.get(connectionID); c != nil && c.stage.stage.APIID == apiID && !c.resume.isTakenOver() {
		return c
	}
	return nil
}

func (g *Gateway) describeHere(apiID, connectionID string) (Description, error) {
	c := g.find(apiID, connectionID)
	if c == nil {
		return Description{}, g.connectionMissing(apiID, connectionID)
	}
	var lastActive time.Time
	if conn := c.opened(); conn != nil && (conn.Open() || c.resume != nil) {
		lastActive = conn.LastActiveAt()
	} else if away, ok := c.resume.lastActiveWhileAway(); ok {
		lastActive = away
	} else {
		return Description{}, g.notHere(connectionID)
	}
	from := c.identity()
	return Description{
		ConnectedAt: time.UnixMilli(c.connectedAt).UTC(), LastActiveAt: lastActive.UTC(),
		SourceIP: from.sourceIP.Value(), UserAgent: from.userAgent.Value(),
	}, nil
}

// disconnectHere closes a connection of this node with the close code that the caller gave,
// else with that of a DELETE (aws-dataplane §8.2). A connection whose client is away ends at
// once.
func (g *Gateway) disconnectHere(apiID, connectionID string, code uint16, reason string) error {
	c := g.find(apiID, connectionID)
	if c == nil {
		return g.connectionMissing(apiID, connectionID)
	}
	if err := c.resume.errIfMoved(); err != nil {
		return err
	}
	why := socket.Deleted.Close()
	if code != 0 {
		why = socket.Deleted.With(code, reason)
	}
	conn := c.opened()
	if conn == nil {
		if c.resume != nil && c.resume.endAway(why) {
			return nil
		}
		return g.notHere(connectionID)
	}
	switch err := conn.Close(why); {
	case err == nil:
		return nil
	case errors.Is(err, socket.ErrCloseFrame):
		return Refuse(pasarela.CodeBadRequest, language.CallCloseFrame)
	default:
		return gone()
	}
}
