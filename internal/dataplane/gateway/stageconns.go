package gateway

import (
	"sync/atomic"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/clusterlimit"
	"github.com/pasarela-ws/pasarela/internal/dataplane/fairshare"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
)

// stageConns is a stage and the state that its connections on this node share.
type stageConns struct {
	stage      *stage.Stage
	limits     *socket.LiveLimits
	openCount  atomic.Int64
	tags       tagIndex
	departures departures
	cap        clusterlimit.Cap // of open, where the stage has a cap

	disconnects, recovered fairshare.Group[*disconnection] // belong to Gateway.disconnects
}

// stageConnsOf is the stageConns of a stage, made at its first connection.
func (g *Gateway) stageConnsOf(s *stage.Stage) *stageConns {
	if found, ok := g.stages.Load(s); ok {
		return found.(*stageConns)
	}
	made := &stageConns{stage: s, limits: socket.NewLiveLimits(socket.DefaultLimits())}
	made.cap.Open = &made.openCount
	if d := s.Deployed(); d != nil {
		made.limits.Store(limitsOf(&d.Settings))
	}
	found, _ := g.stages.LoadOrStore(s, made)
	return found.(*stageConns)
}

// StageChanged applies a stage's new settings to its connections: limits of frames,
// messages and times act from the next frame or look at the timers on. It is meant for
// [stage.Options].
func (g *Gateway) StageChanged(s *stage.Stage) {
	g.async.look()
	found, ok := g.stages.Load(s)
	if d := s.Deployed(); ok && d != nil {
		found.(*stageConns).limits.Store(limitsOf(&d.Settings))
	}
}

// StageGone closes the connections of a stage that was deleted or is no longer deployed
// (aws-dataplane §1.14), those whose clients are away too. It returns at once and closes
// in the background. It is meant for [stage.Options].
func (g *Gateway) StageGone(s *stage.Stage) {
	g.logs.Delete(s)
	found, ok := g.stages.LoadAndDelete(s)
	if !ok {
		return
	}
	at := found.(*stageConns)
	g.background.Go(func() {
		g.table.each(func(c *connection) {
			if conn := c.socket.Load(); c.stage == at && conn != nil {
				_ = conn.Close(socket.StageGone.Close()) // ErrClosed: it is closing already
			}
		})
		g.endAway(func(c *connection) bool { return c.stage == at }, socket.StageGone.Close())
	})
}

func limitsOf(s *pasarela.StageSettings) socket.Limits {
	l := socket.Limits{
		FrameSize: s.MaxFrameBytes, MessageSize: s.MaxMessageBytes, Binary: s.Binary,
		Idle: s.IdleTimeout, Life: s.ConnectionDuration, PingEvery: s.PingInterval,
	}
	if s.Ordered || s.Async { // calls must be queued in the order of the messages
		l.InFlight = 1
	}
	return l
}
