package extension

import (
	"context"
	"iter"
	"sort"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// Live has the connections and the history of this node.
type Live interface {
	// Connections are the open connections of a stage, in no order; of all stages when both
	// names are empty.
	Connections(apiID, stageName string) iter.Seq[gateway.OpenConnection]
	// OpenConnections visits the stages with their number of open connections, those
	// still at $connect included.
	OpenConnections(visit func(apiID, stageName string, open int64))
	// Find returns the history of a connection or request, oldest first.
	Find(id string) []execution.Entry
	// IsOpen says whether this node has a connection of that id with a socket, or one that
	// waits for its client to come back.
	IsOpen(id string) bool
	// Forgot is when the oldest execution in the history began; false when none was
	// dropped.
	Forgot() (oldest time.Time, forgot bool)
	// Recent returns the last n executions that match, newest first.
	Recent(n int, match func(*execution.Entry) bool) []execution.Entry
}

type stageInput struct {
	APIID string `uri:"apiId"`
	Stage string `uri:"stageName"`
}

// recentOf is what a question about the last events of an API asks.
type recentOf struct {
	APIID, Stage string
	EventType    string
	Since        int64 // milliseconds since 1970
	Most         int
}

var askRecent = question[recentOf, []execution.Entry]{"recent", func(_ context.Context, s *Services, in recentOf) ([]execution.Entry, error) {
	return s.Live.Recent(min(in.Most, maxTimelines), func(e *execution.Entry) bool {
		return e.EventType == in.EventType && e.APIID == in.APIID && (in.Stage == "" || e.Stage == in.Stage) && e.At.UnixMilli() >= in.Since
	}), nil
}}

// recent are the last events of all nodes, newest first.
func (s *Services) recent(ctx context.Context, of recentOf, only nodeInput, l languageInput) ([]execution.Entry, []Missing, error) {
	parts, missing, err := askRecent.ask(ctx, s, only.Node, l.language(), of)
	var all []execution.Entry
	for _, p := range parts {
		for _, e := range p.value {
			e.Node = p.node
			all = append(all, e)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[j].At.Before(all[i].At) })
	return all[:min(len(all), of.Most)], missing, err
}

type timelinesInput struct {
	stageInput
	Since int64 `query:"since"` // milliseconds since 1970; 0: all
	nodeInput
	languageInput
}

type timelinesOutput struct {
	Now       int64      `json:"now"` // the server's clock, for the next since
	Timelines []timeline `json:"timelines"`
	Missing   []Missing  `json:"missing,omitempty"`
}

// maxTimelines bounds one answer.
const maxTimelines = 50

// timelines lists handshakes since a moment, newest first, the refused ones too:
// a browser tells a page neither the id of its connection nor why it was refused.
func (s Services) timelines(ctx context.Context, in timelinesInput) (timelinesOutput, error) {
	out := timelinesOutput{Now: time.Now().UnixMilli(), Timelines: []timeline{}}
	found, missing, err := s.recent(ctx, recentOf{in.APIID, in.Stage, event.Connect, in.Since, maxTimelines}, in.nodeInput, in.languageInput)
	for _, attempt := range byRequest(found) {
		one := timelineOf(attempt, false, in.language())
		outcome, failed := execution.Attempt(attempt)
		one.Summary, one.Cause, one.Failed = execution.Line(outcome, in.language()), outcome, failed
		out.Timelines = append(out.Timelines, one)
	}
	out.Missing = missing
	return out, err
}

// byRequest gathers the executions of each request, which are several where its integration is
// called from the queue: the requests as they come, the executions oldest first.
func byRequest(newestFirst []execution.Entry) (requests [][]execution.Entry) {
	place := map[string]int{}
	for i := range newestFirst {
		if id := newestFirst[i].RequestID; place[id] == 0 {
			requests = append(requests, nil)
			place[id] = len(requests)
		}
	}
	for i := len(newestFirst) - 1; i >= 0; i-- {
		at := place[newestFirst[i].RequestID] - 1
		requests[at] = append(requests[at], newestFirst[i])
	}
	return requests
}

type samplesInput struct {
	APIID string `uri:"apiId"`
	nodeInput
	languageInput
}

// message is a message that a client really sent.
type message struct {
	RouteKey string    `json:"routeKey"`
	Body     string    `json:"body"`
	At       time.Time `json:"at"`
	Node     string    `json:"node"` // that got it
}

type samplesOutput struct {
	Messages []message `json:"messages"`
	Missing  []Missing `json:"missing,omitempty"`
}

// maxSamples bounds one answer: enough to choose from.
const maxSamples = 20

// samples are the last messages that reached an API, newest first, to try templates
// with: those of routes with dataTraceEnabled (A-LOG-4). What a handshake carried is
// not remembered.
func (s Services) samples(ctx context.Context, in samplesInput) (samplesOutput, error) {
	out := samplesOutput{Messages: []message{}}
	found, missing, err := s.recent(ctx, recentOf{APIID: in.APIID, EventType: event.Message, Most: maxSamples}, in.nodeInput, in.languageInput)
	for i := range found {
		for _, note := range found[i].Notes {
			if note.Step == execution.StepMessage && !note.Withheld {
				out.Messages = append(out.Messages, message{found[i].RouteKey, note.Text, found[i].At, found[i].Node})
			}
		}
	}
	out.Missing = missing
	return out, err
}
