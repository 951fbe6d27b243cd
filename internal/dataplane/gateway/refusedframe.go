package gateway

import (
	"net/http"
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// noteRefusedFrame adds a message to the history that ended its connection before any route
// was selected for it. The client sees a close code alone, and the $disconnect that follows
// goes well.
func (g *Gateway) noteRefusedFrame(c *connection, why socket.Cause) {
	deployed := c.stage.stage.Deployed()
	if deployed == nil {
		return
	}
	cause, status, code := language.Message{}, http.StatusRequestEntityTooLarge, pasarela.CodePayloadTooLarge
	switch why {
	case socket.FrameTooBig:
		cause = language.FrameTooLong.Of(strconv.Itoa(deployed.Settings.MaxFrameBytes), c.stage.stage.Name)
	case socket.MessageTooBig:
		cause = language.MessageTooLong.Of(strconv.Itoa(deployed.Settings.MaxMessageBytes), c.stage.stage.Name)
	case socket.BinaryRefused:
		cause, status, code = language.BinaryRefused.Of(c.stage.stage.Name), http.StatusBadRequest, pasarela.CodeBadRequest
	default:
		return
	}
	var r execution.Record
	r.Begin(g.options.Now())
	r.EventType, r.RequestID = event.Message, g.ids.Request(g.options.Now())
	r.ConnectionID, r.APIID, r.Stage = c.id, c.stage.stage.APIID, c.stage.stage.Name
	r.Fail(execution.Refused(execution.Default4XX, status, code, string(code), why.String(), cause))
	g.causes.Add(cause)
	g.history.Add(&r)
}
