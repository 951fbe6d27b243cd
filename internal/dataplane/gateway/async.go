package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/fnv1a"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/networkerror"
)

// queuedCall is a call of an integration as it lies in the queue (A-GATEWAY-57).
type queuedCall struct {
	Event       event.Event
	Message     []byte `json:",omitempty"`
	HasMessage  bool   `json:",omitempty"`
	Traceparent string `json:",omitempty"`
	Parent      string `json:",omitempty"`
	Caller      *pasarela.Principal
	Queued      time.Time

	failed int // attempts of this run to which the backend responded with a failure
}

// AsyncCalls are the calls of integrations that go through the queue: they are put into it,
// worked on, and kept as dead letters where they are given up (A-GATEWAY-57). It is safe for
// concurrent use.
type AsyncCalls struct {
	g     *Gateway           // runs the calls
	queue pasarela.WorkQueue // nil: there is none

	queued      atomic.Int64 // calls that were put into the queue
	deadLetters atomic.Int64 // calls that were given up
	waiting     atomic.Int64 // calls in the queue of all nodes, at the last look

	wake   chan struct{}
	cancel context.CancelFunc
	done   sync.WaitGroup // the workers, a goroutine for each partition
}

// AsyncCalls are those of the gateway's queue.
func (g *Gateway) AsyncCalls() *AsyncCalls { return g.async }

// queueTimeout bounds the wait for the disk before a client is answered.
const queueTimeout = 10 * time.Second

// partitionPrefix begins the names of the partitions of a stage.
func partitionPrefix(apiID, stageName string) string {
	return apiID + "." + pasarela.EscapeKey(stageName) + "."
}

// partitionOf keeps the calls of a connection together, so that they run in order.
func partitionOf(e *event.Event, partitions int) string {
	n := fnv1a.Sum32(e.ConnectionID) % uint32(max(partitions, 1))
	return partitionPrefix(e.APIID, e.Stage) + strconv.Itoa(int(n))
}

// call calls the route's integration, or puts the call into the queue.
func (g *Gateway) call(d *stage.Deployed, route *stage.Route, x *eventRun) *execution.GatewayError {
	if !d.Settings.Async || g.options.Strict || route.Integration == nil {
		return g.invoke(route, x)
	}
	return g.async.add(d, x)
}

// add puts the call of an execution into the queue. It returns when the call is on
// disk.
func (a *AsyncCalls) add(d *stage.Deployed, x *eventRun) *execution.GatewayError {
	if a.queue == nil {
		return errNotQueued(errors.New("this node has no queue"))
	}
	q := queuedCall{Event: x.Event, HasMessage: x.HasBody, Traceparent: x.Traceparent, Parent: x.Parent, Caller: x.Caller, Queued: a.g.options.Now()}
	q.Event.StageVariables = nil // those that hold when it runs
	if x.HasBody {
		q.Message = []byte(x.Payload.Text())
	}
	task, err := json.Marshal(&q)
	if err != nil {
		return errNotQueued(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), queueTimeout)
	defer cancel()
	if err := a.queue.Add(ctx, partitionOf(&x.Event, d.Settings.AsyncCalls), x.Event.RequestID, task); err != nil {
		return errNotQueued(err)
	}
	a.queued.Add(1)
	x.Reply.Status = http.StatusAccepted
	x.record.NoteMessage(execution.StepNote, language.StepQueued.Of())
	return nil
}

// errNotQueued is the error for a client whose call cannot be queued.
func errNotQueued(err error) *execution.GatewayError {
	e := execution.Refused(execution.IntegrationFailure, http.StatusServiceUnavailable, pasarela.CodeServiceUnavailable, "Service Unavailable",
		"The call could not be queued", language.QueueRefused.Of(err.Error()))
	e.Undelivered = true
	return e
}

// Attempts at a call to which the backend responds with a failure: more would delay the
// calls behind it. A backend that accepts no calls is retried until the deadline.
const (
	maxAsyncAttempts = 5
	firstAsyncPause  = 500 * time.Millisecond
	longAsyncPause   = 15 * time.Second
)

// run attempts a call from the queue until it has ended or ctx ends.
func (a *AsyncCalls) run(ctx context.Context, task []byte) pasarela.TaskEnd {
	var q queuedCall
	if err := json.Unmarshal(task, &q); err != nil {
		return dead(language.DeadUnreadable.Because(err))
	}
	at, ok := a.g.options.Directory.Stage(q.Event.APIID, q.Event.Stage)
	if !ok {
		return dead(language.DeadStageGone.Of())
	}
	for attempt := 1; ; attempt++ {
		wait := min(firstAsyncPause<<min(attempt-1, 10), longAsyncPause)
		end, isAnswered := a.attempt(ctx, at, &q, attempt, wait)
		switch {
		case end.Done:
			return end
		case ctx.Err() != nil: // the calls to backends were cancelled too
			return pasarela.TaskEnd{}
		case end.Dead != "":
			if !isAnswered {
				a.giveUp(ctx, &q)
			}
			return end
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return pasarela.TaskEnd{}
		}
	}
}

// endUnless gives a call up whose last attempt met that, unless it is retried at that time.
func (q *queuedCall) endUnless(at *stage.Stage, next time.Time, met obstacle) pasarela.TaskEnd {
	if !met.away {
		q.failed++
	}
	if why := q.reasonToGiveUp(at, next, met.why); !why.IsZero() {
		return dead(why)
	}
	return pasarela.TaskEnd{}
}

// reasonToGiveUp says why a call, whose last attempt met that, is not retried at that time; an
// empty message: it is.
func (q *queuedCall) reasonToGiveUp(at *stage.Stage, next time.Time, met language.Message) language.Message {
	last := language.DeadLast.Because(met)
	deadline := pasarela.DefaultStageSettings().AsyncDeadline
	if d := at.Deployed(); d != nil {
		deadline = d.Settings.AsyncDeadline
	}
	switch {
	case q.failed >= maxAsyncAttempts:
		return language.DeadFailed.Because(last, strconv.Itoa(q.failed))
	case next.Sub(q.Queued) > deadline:
		return language.DeadDeadline.Because(last, strconv.Itoa(int(deadline.Seconds())))
	}
	return language.Message{}
}

// giveUp closes the client of a $connect that its backend never accepted.
func (a *AsyncCalls) giveUp(ctx context.Context, q *queuedCall) {
	if q.Event.EventType == event.Connect {
		a.closeRefused(ctx, q, closeFailed, "The backend does not take $connect")
	}
}

// Codes with which a client is closed whose $connect was refused, or given up, after its
// 101 (A-GATEWAY-58; RFC 6455 §7.4.1).
const (
	closeRefused = 1008
	closeFailed  = 1011
)

// obstacle is what an attempt met whose call is to be retried. away says that the backend
// accepts no calls now: then the calls behind it lose nothing by the wait.
type obstacle struct {
	away bool
	why  language.Message
}

// attempt makes one attempt; the next would be made after wait. isAnswered says that the client was
// told how the call has ended.
func (a *AsyncCalls) attempt(ctx context.Context, at *stage.Stage, q *queuedCall, attempt int, wait time.Duration) (end pasarela.TaskEnd, isAnswered bool) {
	d := at.Deployed()
	if d == nil { // the next deployment takes it
		return q.endUnless(at, a.g.options.Now().Add(wait), obstacle{true, language.DeadUndeployed.Of()}), false
	}
	x := a.g.acquire(a.g.options.Now())
	defer a.g.release(x)
	x.Event, x.record.RequestID = q.Event, q.Event.RequestID
	x.Event.StageVariables = d.Variables
	x.HasBody, x.Caller = q.HasMessage, q.Caller
	a.g.trace(x, q.Traceparent, q.Parent)
	if q.HasMessage {
		x.Payload.Reset(string(q.Message))
	}
	route, err := routeQueued(d, x)
	if route != nil {
		x.Event.RouteKey, x.TwoWay = route.Key, route.TwoWay || q.Event.EventType == event.Connect
		x.record.Traced, x.record.Data = route.Trace && route.Level != pasarela.LoggingOff, route.Trace
		x.record.Note(execution.StepRoute, route.Key)
	}
	x.record.NoteMessage(execution.StepNote, language.StepFromQueue.Of(strconv.Itoa(attempt), q.Queued.UTC().Format(time.TimeOnly+" MST")))
	if err == nil && route != nil {
		err = a.g.invoke(route, x)
	}
	var met obstacle
	end, met = endOf(x, err)
	if isAnswered = end.Done || end.Dead != ""; isAnswered {
		a.answer(q, route, x, err)
	} else {
		end = q.endUnless(at, a.g.options.Now().Add(wait), met)
	}
	if end.Dead != "" && ctx.Err() == nil {
		noteDead(x, err, readReason(end.Dead))
	}
	a.g.finish(d, route, x, err)
	return end, isAnswered
}

// noteDead notes that the call becomes a dead letter. The execution has failed, also where the
// backend responded.
func noteDead(x *eventRun, err *execution.GatewayError, why language.Message) {
	if err == nil {
		x.record.Fail(execution.Refused(execution.IntegrationFailure, x.Reply.Status, "", "", "", why))
	}
	x.record.NoteMessage(execution.StepNote, language.StepDeadLetter.Because(why))
}

// routeQueued is the route of a call; nil if the deployment has none for the event any
// more.
func routeQueued(d *stage.Deployed, x *eventRun) (*stage.Route, *execution.GatewayError) {
	switch x.Event.EventType {
	case event.Connect:
		return d.Connect, nil
	case event.Disconnect:
		return d.Disconnect, nil
	}
	return d.Select(x.Message())
}

// endOf is the result of an attempt: done, dead, or to be retried (both empty). Where the
// backend responded, its status decides, also if that response could not be mapped: what it
// has done is not asked of it again.
func endOf(x *eventRun, err *execution.GatewayError) (pasarela.TaskEnd, obstacle) {
	status := x.Reply.Status
	why := language.DeadAnswered.Of(statusText(status))
	if err != nil {
		why = reasonOf(err)
	}
	switch {
	case mayRetry(x, err):
		return pasarela.TaskEnd{}, obstacle{true, why}
	case err != nil && err.Status < 500:
		return dead(why), obstacle{}
	case err != nil && status == 0 || status >= 500:
		return pasarela.TaskEnd{}, obstacle{false, why}
	case status >= 400 && x.Event.EventType != event.Connect:
		return dead(language.DeadAnswered.Of(statusText(status))), obstacle{}
	}
	return pasarela.TaskEnd{Done: true}, obstacle{}
}

// answer sends the client the result of the call: the response of a two-way route,
// the error of a message that cannot be run, or the close of a $connect that was refused.
func (a *AsyncCalls) answer(q *queuedCall, route *stage.Route, x *eventRun, err *execution.GatewayError) {
	ctx, cancel := context.WithTimeout(context.Background(), queueTimeout)
	defer cancel()
	var frame []byte
	switch {
	case q.Event.EventType == event.Disconnect:
		return
	case q.Event.EventType == event.Connect:
		switch accepted := x.Reply.Status/100 == 2; {
		case err != nil && accepted:
			a.closeRefused(ctx, q, closeFailed, "The response of the backend could not be mapped")
		case err != nil || route != nil && !accepted:
			a.closeRefused(ctx, q, closeRefused, "Refused by the backend: "+strconv.Itoa(x.Reply.Status))
		}
		return
	case err != nil && !(err.Silent && route != nil && !route.TwoWay):
		x.scratch = err.AppendFrame(x.scratch[:0], q.Event.ConnectionID, q.Event.RequestID)
		frame = x.scratch
	case err == nil && route != nil && route.TwoWay && x.Reply.Present:
		frame = x.Reply.Body
	}
	if frame == nil {
		return
	}
	x.record.NoteBytes(execution.StepReply, frame)
	if lost := a.g.deliver(ctx, q.Event.APIID, q.Event.ConnectionID, frame); lost != nil {
		x.record.NoteMessage(execution.StepNote, language.StepReplyLost.Because(networkerror.Explain(lost)))
	}
}

// closeRefused closes the connection of a $connect that its backend did not accept.
func (a *AsyncCalls) closeRefused(ctx context.Context, q *queuedCall, code uint16, reason string) {
	err := a.g.disconnect(ctx, q.Event.APIID, q.Event.ConnectionID, code, reason)
	if err != nil && pasarela.CodeOf(err) != pasarela.CodeGone {
		a.g.options.Log.Warn("a client whose $connect was refused from the queue could not be closed", "connection", q.Event.ConnectionID, "error", err)
	}
}

// stageOfPartition reads "api.stage.number".
func stageOfPartition(partition string) (apiID, rest string, ok bool) {
	apiID, rest, ok = strings.Cut(partition, ".")
	if !ok {
		return "", "", false
	}
	rest, _, ok = strings.Cut(rest, ".")
	return apiID, rest, ok
}
