package gateway

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// foundSession is a connection that another node holds, and the principal that may resume
// it.
type foundSession struct {
	Node         uint16 `json:"node"`
	ConnectionID string `json:"connectionId"`
	ConnectedAt  int64  `json:"connectedAt"`
	Principal    string `json:"principal"`
	Unseen       bool   `json:"unseen,omitempty"` // see resumable
}

// isBefore says whether a client that has both of them uses the other.
func (f *foundSession) isBefore(other *foundSession) bool {
	if f.Unseen != other.Unseen {
		return f.Unseen
	}
	return f.ConnectedAt < other.ConnectedAt // a node that was suspended may return an older one
}

// confirm asks the other nodes whether the client of a connection of this node has another one
// there, and then ends this one. false, with a response to the client: they do not say.
func (h *connectRun) confirm(r *resumable) bool {
	found, err := h.g.findSession(h.r.Context(), r.key)
	switch {
	case err != nil:
		h.askToRetry(language.SessionSought, err)
		return false
	case found != nil:
		r.end(socket.NodeLost.Close())
	}
	r.unseen.Store(false)
	return true
}

// resumeFromOtherNode looks on the other nodes for the connection of a session that this
// node does not have, and resumes it. It returns false, without a response to the client,
// when there is none. A client that gives up meanwhile is not connected, and no connection
// moves here for it (A-GATEWAY-59).
func (h *connectRun) resumeFromOtherNode(domainName string) bool {
	g := h.g
	found, err := g.findSession(h.r.Context(), h.session.key)
	switch {
	case h.hasLeft():
		return true
	case err != nil:
		h.askToRetry(language.SessionSought, err)
		return true
	case found != nil:
		return h.moveHereAndResume(found, domainName)
	case !g.sessions.endSearch(h.session): // another node searches for the same session and goes first
		h.askToRetry(language.SessionBusy, nil)
		return true
	}
	return false
}

// findSession asks all other nodes for the connection of a session; nil: there is none.
// An error says that there may be one.
func (g *Gateway) findSession(ctx context.Context, key sessionKey) (*foundSession, error) {
	if g.incoming.hasSession(key) || g.recovering.Load() > 0 {
		return nil, errors.New("this node is taking connections over")
	}
	nodes := sortedNames(g.others.live)
	// Before the nodes are asked, since one of them may finish a takeover meanwhile.
	if undecided, err := g.others.takeovers.anyPending(ctx); err != nil || undecided {
		return nil, errors.Join(errors.New("the connections of a run that ended are not taken over yet"), err)
	}
	responses, missing := g.others.askAll(ctx, request{Verb: verbSession, Session: key[:], From: g.options.Node}, func() {})
	var newest *foundSession
	for i := range responses {
		if found := responses[i].Found; found != nil && (newest == nil || newest.isBefore(found)) {
			newest = found
		}
	}
	if newest != nil {
		return newest, nil
	}
	if len(missing) > 0 {
		return nil, errors.New("nodes do not answer: " + strings.Join(missing, ", "))
	}
	if !slices.Equal(sortedNames(g.others.live), nodes) { // one that was asked late may have taken over what one had that was asked early
		return nil, errors.New("a node ended or came while all were asked")
	}
	return nil, nil
}

// sessionHere returns the connection of a session on this node. An error other than 410
// says that the connection may be here soon.
func (g *Gateway) sessionHere(ctx context.Context, r request) (*foundSession, error) {
	if len(r.Session) != len(sessionKey{}) {
		return nil, gone()
	}
	key := sessionKey(r.Session)
	found, busy := g.sessions.lookup(key, r.From)
	if found == nil && !busy {
		busy = g.incoming.hasSession(key) || g.recovering.Load() > 0 || g.wasJustTakenOver()
		if undecided, err := g.others.takeovers.anyPending(ctx); undecided || err != nil { // perhaps of the run before this one
			busy = true
		}
	}
	switch {
	case busy:
		return nil, pasarela.Errorf(pasarela.CodeServiceUnavailable, "The session is being worked on.")
	case found == nil:
		return nil, gone()
	}
	select {
	case <-found.connected():
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	found.mu.Lock()
	over, went, taken := found.ended, found.movedAway, found.takenOver.Load()
	found.mu.Unlock()
	switch {
	case went || taken:
		return nil, pasarela.Errorf(pasarela.CodeServiceUnavailable, "The connection has just gone to another node.")
	case over:
		return nil, gone()
	}
	return &foundSession{
		Node: g.options.Node, ConnectionID: found.c.id, ConnectedAt: found.c.connectedAt, Principal: found.c.granted.principal(),
		Unseen: found.unseen.Load(),
	}, nil
}
