package gateway

import (
	"context"
	"runtime/debug"
	"time"
	"unsafe"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/networkerror"
)

// events is the gateway as the socket pool's handler; a type of its own, so that no other
// package can call it.
type events Gateway

// OnMessage implements [socket.Handler].
func (e *events) OnMessage(conn *socket.Conn, op socket.Opcode, payload []byte) {
	c, _ := connectionOf(conn)
	defer (*Gateway)(e).recoverPanic(c, conn, nil)
	(*Gateway)(e).message(conn, c, payload)
}

// OnClose implements [socket.Handler].
func (e *events) OnClose(conn *socket.Conn, why socket.Close) {
	if c, l := connectionOf(conn); l != nil {
		l.r.socketClosed(l, why)
	} else {
		(*Gateway)(e).socketClosed(c, why)
	}
}

// OnPong implements [socket.PongHandler].
func (e *events) OnPong(conn *socket.Conn, mark uint64) {
	if c, l := connectionOf(conn); l != nil {
		l.r.confirm(conn, mark)
	} else {
		e.acks.confirm(c, mark)
	}
}

// recoverPanic ends only what panicked, not the node: the connection is closed with 1011,
// or the $disconnect counts as done.
func (g *Gateway) recoverPanic(c *connection, conn *socket.Conn, done *bool) {
	failure := recover()
	if failure == nil {
		return
	}
	g.options.Log.Error("an event panicked", "connection", c.id, "api", c.stage.stage.APIID, "error", failure, "stack", string(debug.Stack()))
	if conn != nil {
		_ = conn.Close(socket.InternalError.Close()) // ErrClosed: it is closing already
	}
	if done != nil {
		*done = true
	}
}

// message runs one message through its route (aws-dataplane §3.2). payload is not
// touched by another goroutine until it returns.
func (g *Gateway) message(conn *socket.Conn, c *connection, payload []byte) {
	if p := c.heldPosts.Load(); p != nil {
		<-p.ready // posts made during $connect are sent first
	}
	now := g.options.Now()
	x := g.acquire(now)
	defer g.release(x)
	c.fill(&x.Event)
	x.Event.EventType, x.Event.MessageID = event.Message, g.ids.Message(now)
	x.Payload.Reset(unsafe.String(unsafe.SliceData(payload), len(payload)))
	x.HasBody = true
	if c.granted != nil {
		x.Caller = c.granted.caller
	}
	deployed := c.stage.stage.Deployed()
	if deployed == nil {
		return // the stage is gone and the connection is being closed
	}
	x.Event.StageVariables = deployed.Variables
	c.stage.stage.Counters.MessageCount.Add(1)
	route, err := g.route(deployed, x, now)
	if err == nil {
		err = g.call(deployed, route, x)
	}
	g.reply(conn, c, route, x, err)
	g.finish(deployed, route, x, err)
}

// route selects, throttles and validates.
func (g *Gateway) route(d *stage.Deployed, x *eventRun, now time.Time) (*stage.Route, *execution.GatewayError) {
	route, err := d.Select(x.Message())
	if err != nil {
		x.record.RouteKey = "-"
		return nil, err
	}
	x.Event.RouteKey = route.Key
	x.TwoWay = route.TwoWay
	x.record.Traced, x.record.Data = route.Trace && route.Level != pasarela.LoggingOff, route.Trace
	x.record.Note(execution.StepRoute, route.Key)
	x.record.Note(execution.StepMessage, x.Payload.Text())
	if route.Counters != nil {
		route.Counters.MessageCount.Add(1)
	}
	if at := throttle.Take(now, route.Throttle, g.account); at >= 0 {
		return route, throttled(at, route)
	}
	return route, route.Validate(&x.Invocation)
}

func throttled(at int, route *stage.Route) *execution.GatewayError {
	if at == 0 {
		limit := route.Throttle.Limit()
		if limit.Rate <= 0 || limit.Burst <= 0 {
			return execution.TooManyRequests(language.ThrottleZero.Of(route.Key))
		}
		return execution.TooManyRequests(language.ThrottleRoute.Of(route.Key))
	}
	return execution.TooManyRequests(language.ThrottleAccount.Of())
}

// invoke calls the route's integration; a route without one is an error (aws-dataplane
// §2.5).
func (g *Gateway) invoke(route *stage.Route, x *eventRun) *execution.GatewayError {
	if route.Integration == nil {
		return execution.Misconfigured("No integration is configured for route "+route.Key, language.RouteWithoutTarget.Of(route.Key))
	}
	return route.Integration.Invoke(&x.Invocation)
}

// reply sends the response of a two-way route, or the error.
func (g *Gateway) reply(conn *socket.Conn, c *connection, route *stage.Route, x *eventRun, err *execution.GatewayError) {
	switch {
	case err != nil && err.Silent && !route.TwoWay:
	case err != nil:
		x.scratch = err.AppendFrame(x.scratch[:0], x.Event.ConnectionID, x.Event.RequestID)
		g.send(conn, c, x, x.scratch)
	case route.TwoWay && x.Reply.Present:
		g.send(conn, c, x, x.Reply.Body)
	}
}

func (g *Gateway) send(conn *socket.Conn, c *connection, x *eventRun, frame []byte) {
	if len(frame) > conn.Limits().MessageSize && conn.Limits().MessageSize > 0 {
		x.record.NoteMessage(execution.StepNote, language.StepReplyTooLong.Of())
		_ = conn.Close(socket.MessageTooBig.Close()) // ErrClosed: it is closing already
		return
	}
	x.record.NoteBytes(execution.StepReply, frame)
	err := error(nil)
	if c.resume != nil { // it is delivered even if the client is away by now
		if _, err = g.addPushToMailbox(c, Push{Body: frame}, nil); c.resume.errIfMoved() != nil {
			err = g.sendElsewhere(c, frame)
		}
	} else {
		err = conn.Send(socket.Text, frame)
	}
	if err != nil {
		x.record.NoteMessage(execution.StepNote, language.StepReplyLost.Because(networkerror.Explain(err)))
	}
}

// sendElsewhere sends a frame to a client that moved to another node while its message
// was processed, or is about to.
func (g *Gateway) sendElsewhere(c *connection, frame []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), busTimeout)
	defer cancel()
	return g.deliver(ctx, c.stage.stage.APIID, c.id, frame)
}

// deliver sends a frame to a connection on any node. It is no call of @connections by a
// backend, so no throttle counts it.
func (g *Gateway) deliver(ctx context.Context, apiID, connectionID string, frame []byte) error {
	node, err := nodeOf(connectionID)
	if err != nil {
		return err
	}
	_, err = g.pushToHolder(ctx, node, apiID, connectionID, Push{Body: frame})
	return err
}
