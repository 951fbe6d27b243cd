package gateway

import (
	"net/http"
	"strconv"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// What happens to a connection and its sockets, in timelines in place of a route key.
const (
	socketEnded     = "ended"
	socketResumed   = "resumed"
	socketMoved     = "moved"
	messagesExpired = "messages expired"
)

// outcomeSteps are the texts of timelines for the outcome of a push; 0: none.
var outcomeSteps = [Outcomes]language.Cause{
	Sent: language.StepPushSent, Acknowledged: language.StepPushAcknowledged, Queued: language.StepPushQueued,
}

// noteAway adds to the history that a client is away.
func (g *Gateway) noteAway(c *connection, why socket.Close, waiting int) {
	window := "0"
	if d := c.stage.stage.Deployed(); d != nil {
		window = strconv.Itoa(int(d.Settings.ResumeWindow.Seconds()))
	}
	g.noteBetween(c, socketEnded, language.StepAway.Of(strconv.Itoa(int(why.Code)), why.Reason, window, strconv.Itoa(waiting)))
}

// noteResumed adds to the history that a client has resumed.
func (g *Gateway) noteResumed(c *connection, found resumption) {
	said := []language.Message{language.StepResumed.Of(strconv.Itoa(found.again), strconv.Itoa(found.waited))}
	if found.replaced {
		said = append(said, language.StepReplaced.Of())
	}
	g.noteBetween(c, socketResumed, said...)
}

// noteExpired adds to the history that messages expired.
func (g *Gateway) noteExpired(c *connection, n int) {
	g.noteBetween(c, messagesExpired, language.StepExpired.Of(strconv.Itoa(n)))
}

func (g *Gateway) noteBetween(c *connection, happened string, what ...language.Message) {
	x := g.acquire(g.options.Now())
	defer g.release(x)
	r := &x.record
	r.EventType, r.APIID, r.ConnectionID, r.Stage, r.RouteKey = event.Socket, c.stage.stage.APIID, c.id, c.stage.stage.Name, happened
	r.Status = http.StatusOK
	for _, said := range what {
		r.NoteMessage(execution.StepNote, said)
	}
	g.history.Add(r)
}

// noteLeft and noteArrived add to the history that a connection moved to another node, or
// here.
func (g *Gateway) noteLeft(c *connection) { g.noteBetween(c, socketMoved, language.StepLeft.Of()) }

func (g *Gateway) noteArrived(c *connection) {
	g.noteBetween(c, socketMoved, language.StepArrived.Of())
}
