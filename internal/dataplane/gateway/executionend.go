package gateway

import (
	"strconv"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// finish counts an execution that has ended and records it: history, execution log,
// access log. route is nil when none was selected.
func (g *Gateway) finish(d *stage.Deployed, route *stage.Route, x *eventRun, err *execution.GatewayError) {
	r, e := &x.record, &x.Event
	r.EventType, r.ConnectionID, r.APIID, r.Stage, r.RouteKey = e.EventType, e.ConnectionID, e.APIID, e.Stage, e.RouteKey
	r.Status = x.Reply.Status
	if err != nil {
		r.Fail(err)
		g.fillError(x, err)
		g.causes.Add(err.Cause)
	} else if e.EventType == event.Message {
		r.Note(execution.StepSent, statusText(r.Status))
	}
	e.Status, e.IntegrationLatency = r.Status, x.Reply.Latency
	g.count(d, route, x, err)
	if d != nil {
		_, r.Data = d.LevelFor(route)
	}
	g.history.Add(r)
	if r.Spanned {
		g.options.Trace(r, x.Traceparent, x.Parent, g.options.Now())
	}
	g.executionLog(d, route, x)
	if d != nil && d.AccessLog != nil {
		x.scratch = append(d.AccessLog.Format.Append(x.scratch[:0], e), '\n')
		d.AccessLog.Lines.Write(x.scratch)
	}
}

// fillError fills $context.error for the access log.
func (g *Gateway) fillError(x *eventRun, err *execution.GatewayError) {
	x.Event.Failure = event.Failure{
		Message: err.Message, MessageString: string(err.AppendMessageString(nil)),
		ResponseType: string(err.ResponseType), ValidationErrorString: err.ValidationErrors,
	}
}

// count keeps AWS's metrics (aws-dataplane §10.6).
func (g *Gateway) count(d *stage.Deployed, route *stage.Route, x *eventRun, err *execution.GatewayError) {
	if d == nil {
		return
	}
	counters := [...]*execution.Counters{&d.Stage.Counters, nil}
	if route != nil {
		counters[1] = route.Counters
	}
	called := route != nil && route.Integration != nil && !route.Integration.Mocked()
	// Not of a call that was only put into the queue, and also of a response that could not be mapped.
	hasLatency := called && x.Reply.Status != 0 && x.Reply.Latency > 0
	for _, c := range counters {
		if c == nil {
			continue
		}
		if err != nil {
			c.Failure(err, x.Reply.Status)
		}
		if called && err == nil {
			c.Answered(x.Reply.Status, route.Integration.Proxy())
		}
		if hasLatency {
			c.Observe(x.Reply.Latency)
		}
	}
}

// executionLog writes AWS's lines when the route's level asks for them.
func (g *Gateway) executionLog(d *stage.Deployed, route *stage.Route, x *eventRun) {
	if g.options.ExecutionLog == nil || d == nil {
		return
	}
	level, trace := d.LevelFor(route)
	if level == pasarela.LoggingOff || level == pasarela.LoggingError && x.record.Err == nil {
		return
	}
	x.scratch = x.record.AppendLog(x.scratch[:0], trace)
	g.executionLines(d.Stage).Write(x.scratch)
}

func (g *Gateway) executionLines(s *stage.Stage) stage.Lines {
	if found, ok := g.logs.Load(s); ok {
		return found.(stage.Lines)
	}
	found, _ := g.logs.LoadOrStore(s, g.options.ExecutionLog(s.APIID, s.Name))
	return found.(stage.Lines)
}

// statusText avoids an allocation for the most frequent statuses.
func statusText(status int) string {
	switch status {
	case 200:
		return "200"
	case 201:
		return "201"
	case 204:
		return "204"
	}
	return strconv.Itoa(status)
}
