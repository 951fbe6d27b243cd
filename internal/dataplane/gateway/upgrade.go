package gateway

import (
	"net"
	"net/http"
	"time"
	"unique"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// switchTimeout bounds the writing of the 101.
const switchTimeout = 5 * time.Second

// upgrade sends the 101 and gives the connection to the socket pool. If the client has left
// meanwhile, $disconnect runs, since the backend may have noted the id (aws-dataplane
// §1.8, A-GATEWAY-13).
func (h *connectRun) upgrade() bool {
	response, err := h.handshake.Response(nil, h.protocol(), h.g.options.Now())
	if err != nil {
		fault := execution.Misconfigured("Invalid Sec-WebSocket-Protocol", language.HandshakeSubprotocol.Of())
		writeGatewayError(h.w, h.x, fault)
		h.finish(fault)
		return false
	}
	if h.session != nil {
		response = appendSessionHeader(response)
	}
	if fault := h.tag(); fault != nil {
		writeGatewayError(h.w, h.x, fault)
		h.finish(fault)
		return false
	}
	switch g := h.g; {
	case g.refusing.Load():
		return h.refuseStopping(language.HandshakeStopping, language.StepStopped.Of())
	case h.session != nil && !g.holdsLease():
		// The node may have been taken over while $connect ran, and the client may have
		// opened another connection on another node.
		return h.refuseStopping(language.SessionSought, language.SessionSought.Of())
	}
	nc, buffered, err := h.hijack()
	if err != nil {
		fault := execution.Internal(language.HandshakeNotHandedOff.Of(err.Error()))
		writeGatewayError(h.w, h.x, fault)
		h.finish(fault)
		return false
	}
	if !h.adopt(nc, response, buffered) {
		_ = nc.Close()
		h.g.countRefusal(ClientGone)
		h.x.record.NoteMessage(execution.StepNote, language.StepClientLeft.Of())
		h.finish(nil)
		if h.session.startAway() {
			h.established()
			return true
		}
		h.g.queueDisconnect(h.conn, socket.ConnectionLost.Close())
		return false
	}
	h.x.record.Note(execution.StepConnected, "")
	h.finish(nil)
	return true
}

// hijack takes the client's connection from the HTTP server; buffered is what the client
// has sent already.
func (h *connectRun) hijack() (nc net.Conn, buffered []byte, err error) {
	nc, rw, err := http.NewResponseController(h.w).Hijack()
	if err != nil {
		h.g.options.Log.Error("cannot take over the connection of a handshake", "error", err)
		return nil, nil, err
	}
	nc, unread := replay.Unwrap(nc)
	return nc, append(socket.Buffered(rw), unread...), nil
}

// write101AndAdopt writes the 101 and gives the client's connection to the socket pool.
func (h *connectRun) write101AndAdopt(nc net.Conn, response, buffered []byte, user any) (*socket.Conn, error) {
	_ = nc.SetDeadline(time.Now().Add(switchTimeout))
	if _, err := nc.Write(response); err != nil {
		return nil, err
	}
	_ = nc.SetDeadline(time.Time{})
	return h.g.pool.Adopt(nc, buffered, user, h.stage.limits)
}

// refuseStopping refuses a client whose $connect ended after the node stopped accepting
// connections, and queues its $disconnect.
func (h *connectRun) refuseStopping(why language.Cause, note language.Message) bool {
	h.g.countRefusal(Draining)
	h.g.writeUnavailable(h.w, h.stage.stage, why, time.Second)
	h.x.record.NoteMessage(execution.StepNote, note)
	h.finish(nil)
	end := socket.Shutdown.Close()
	if h.session.fail() { // the client has to open another connection: nobody must wait for it to resume this one
		h.session.mu.Lock()
		h.session.isOver(end)
		h.session.mu.Unlock()
	}
	h.g.noteOpened(h.conn)
	h.g.queueDisconnect(h.conn, end)
	return false
}

// adopt writes the 101 and gives the socket to the pool. Before that the connection is in the
// table and in the journal: from the first byte of the 101 on, the client is connected and
// there is to be a $disconnect.
func (h *connectRun) adopt(nc net.Conn, response, buffered []byte) bool {
	if h.g.options.Strict {
		h.conn.heldPosts.Store(newHeldPosts()) // nothing is held in it, but messages and calls wait until the socket is set
		h.g.table.add(h.conn)
	}
	user, l := any(h.conn), (*link)(nil)
	if h.session != nil {
		l = &link{r: h.session}
		h.session.protocol, user = unique.Make(h.protocol()), l
	}
	h.g.noteOpened(h.conn)
	h.conn.heldPosts.Load().opening.Store(true)
	conn, err := h.write101AndAdopt(nc, response, buffered, user)
	if err != nil {
		return false
	}
	if l != nil {
		h.session.attach(l, conn)
		h.session.endConnect()
	} else {
		h.conn.socket.Store(conn)
	}
	if h.stage.stage.Deployed() == nil { // undeployed meanwhile, and StageGone did not see this socket
		_ = conn.Close(socket.StageGone.Close()) // ErrClosed: it is closing already
	}
	h.established()
	return true
}

// established sends the posts that were held during $connect; later posts go to the
// client directly.
func (h *connectRun) established() {
	h.conn.heldPosts.Load().release(func(body []byte) {
		_ = h.conn.socket.Load().Send(socket.Text, body) // ErrClosed: the client left; its post was accepted, as AWS accepts
	})
	h.conn.heldPosts.Store(nil)
}

// finish records the execution of $connect.
func (h *connectRun) finish(err *execution.GatewayError) {
	h.g.finish(h.deployed, h.deployed.Connect, h.x, err)
}

// protocol is the sub-protocol of the 101: the one that the integration returned or, if
// none, the first of the stage's list that the client offers (aws-dataplane §1.6).
func (h *connectRun) protocol() string {
	if chosen := h.x.Reply.HeaderValue("Sec-WebSocket-Protocol"); chosen != "" {
		return chosen
	}
	if len(h.deployed.Settings.Subprotocols) == 0 {
		return ""
	}
	offered, err := socket.OfferedProtocols(h.r.Header)
	if err != nil {
		return ""
	}
	for _, own := range h.deployed.Settings.Subprotocols {
		for _, theirs := range offered {
			if own == theirs {
				return own
			}
		}
	}
	return ""
}
