package extension

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
)

// Live is what a node knows of its clients.
type Live interface {
	// Connections lists at most limit open connections of a stage on this node.
	Connections(apiID, stageName string, limit int) []gateway.Live
	// Explain returns what is remembered of a connection or request, oldest first.
	Explain(ctx context.Context, id string) ([]execution.Entry, error)
	// Recent returns the last n executions on this node that match, newest first.
	Recent(n int, match func(*execution.Entry) bool) []execution.Entry
}

// maxConnections bounds one answer: a console pages through so many, and no person more.
const maxConnections = 10_000

type stageInput struct {
	APIID string `uri:"apiId"`
	Stage string `uri:"stageName"`
}

type connection struct {
	ConnectionID string    `json:"connectionId"`
	ConnectedAt  time.Time `json:"connectedAt"`
	LastActiveAt time.Time `json:"lastActiveAt"`
	SourceIP     string    `json:"sourceIp"`
	UserAgent    string    `json:"userAgent,omitempty"`
}

type connectionsOutput struct {
	Connections []connection `json:"connections"`
}

func (s Services) connections(_ context.Context, in stageInput) (connectionsOutput, error) {
	out := connectionsOutput{Connections: []connection{}}
	for _, c := range s.Live.Connections(in.APIID, in.Stage, maxConnections) {
		out.Connections = append(out.Connections, connection{c.ConnectionID, c.ConnectedAt, c.LastActiveAt, c.SourceIP, c.UserAgent})
	}
	return out, nil
}

type explainInput struct {
	ID string `uri:"id"` // of a connection or of a request
	languageInput
}

// explanation is the timeline of an id, in parts and as the command line prints it.
type explanation struct {
	timeline
	Text string `json:"text"`
}

// timeline is what happened to one connection, or to one refused handshake.
type timeline struct {
	ConnectionID string `json:"connectionId,omitempty"`
	RequestID    string `json:"requestId"`
	Verdict      string `json:"verdict"` // the cause of the last failure and the field to change, or what went well
	Failed       bool   `json:"failed"`
	Steps        []step `json:"steps"`
}

type step struct {
	At          time.Time `json:"at"`
	AfterMillis float64   `json:"afterMillis"` // since its execution began
	RequestID   string    `json:"requestId"`
	Name        string    `json:"name"` // CONNECT $connect
	Text        string    `json:"text"`
	Level       string    `json:"level"` // info or error
}

func (s Services) explain(ctx context.Context, in explainInput) (explanation, error) {
	entries, err := s.Live.Explain(ctx, in.ID)
	if err != nil {
		return explanation{}, err
	}
	if len(entries) == 0 {
		return explanation{}, pasarela.Errorf(pasarela.CodeNotFound,
			"Nothing is remembered of %s: no such connection or request was here since the last start, or newer events took its place.", in.ID)
	}
	return explanation{timelineOf(entries, in.say), execution.Explain(entries)}, nil
}

// timelineOf joins executions, oldest first, into one timeline; say puts its
// sentences into the caller's language.
func timelineOf(entries []execution.Entry, say func(string) string) timeline {
	last := entries[len(entries)-1]
	t := timeline{ConnectionID: last.ConnectionID, RequestID: last.RequestID, Verdict: say("Every execution went well."), Steps: []step{}}
	for i := range entries {
		e := &entries[i]
		if e.Failed() {
			t.Verdict, t.Failed = say(e.Cause()), true
		}
		for _, note := range e.Notes {
			level := "info"
			if note.Step == execution.StepFailure {
				level = "error"
			}
			t.Steps = append(t.Steps, step{
				At: e.At.Add(note.After), AfterMillis: float64(note.After.Microseconds()) / 1000,
				RequestID: e.RequestID, Name: e.EventType + " " + e.RouteKey, Text: say(e.Tell(note)), Level: level,
			})
		}
	}
	return t
}

type timelinesInput struct {
	stageInput
	Since int64 `query:"since"` // milliseconds since 1970; 0: all
	languageInput
}

type timelinesOutput struct {
	Now       int64      `json:"now"` // the server's clock, for the next since
	Timelines []timeline `json:"timelines"`
}

// maxTimelines bounds one answer.
const maxTimelines = 50

// timelines lists handshakes since a moment, newest first, the refused ones too:
// a browser tells a page neither the id of its connection nor why it was refused.
func (s Services) timelines(ctx context.Context, in timelinesInput) (timelinesOutput, error) {
	out := timelinesOutput{Now: time.Now().UnixMilli(), Timelines: []timeline{}}
	found := s.Live.Recent(maxTimelines, func(e *execution.Entry) bool {
		return e.EventType == execution.EventConnect && e.APIID == in.APIID && e.Stage == in.Stage && e.At.UnixMilli() >= in.Since
	})
	for i := range found {
		out.Timelines = append(out.Timelines, timelineOf(found[i:i+1], in.say))
	}
	return out, nil
}

type samplesInput struct {
	APIID string `uri:"apiId"`
}

// message is a message that a client really sent.
type message struct {
	RouteKey string    `json:"routeKey"`
	Body     string    `json:"body"`
	At       time.Time `json:"at"`
}

type samplesOutput struct {
	Messages []message `json:"messages"`
}

// maxSamples bounds one answer: enough to choose from.
const maxSamples = 20

// samples are the last messages that reached an API on this node, newest first, to
// try templates with. What a handshake carried is not remembered.
func (s Services) samples(_ context.Context, in samplesInput) (samplesOutput, error) {
	out := samplesOutput{Messages: []message{}}
	found := s.Live.Recent(maxSamples, func(e *execution.Entry) bool {
		return e.EventType == execution.EventMessage && e.APIID == in.APIID
	})
	for i := range found {
		for _, note := range found[i].Notes {
			if note.Step == execution.StepMessage {
				out.Messages = append(out.Messages, message{found[i].RouteKey, note.Text, found[i].At})
			}
		}
	}
	return out, nil
}
