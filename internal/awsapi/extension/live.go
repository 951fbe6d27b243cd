package extension

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// Live is what a node knows of its clients.
type Live interface {
	// Connections lists at most limit open connections of a stage on this node.
	Connections(apiID, stageName string, limit int) []gateway.Live
	// Explain returns what is remembered of a connection or request, oldest first.
	Explain(ctx context.Context, id string) ([]execution.Entry, error)
	// Forgot is the time of the oldest execution that this node remembers; false when
	// it remembers all there were.
	Forgot() (oldest time.Time, forgot bool)
	// Recent returns the last n executions on this node that match, newest first.
	Recent(n int, match func(*execution.Entry) bool) []execution.Entry
}

// maxConnections bounds one answer: a console pages through so many, and no person more.
const maxConnections = 10_000

type stageInput struct {
	APIID string `uri:"apiId"`
	Stage string `uri:"stageName"`
}

// Connection is an open connection.
type Connection struct {
	APIID        string    `json:"apiId"`
	Stage        string    `json:"stage"`
	ConnectionID string    `json:"connectionId"`
	ConnectedAt  time.Time `json:"connectedAt"`
	LastActiveAt time.Time `json:"lastActiveAt"`
	SourceIP     string    `json:"sourceIp"`
	UserAgent    string    `json:"userAgent,omitempty"`
}

type connectionsOutput struct {
	Connections []Connection `json:"connections"`
}

func (s Services) connections(_ context.Context, in stageInput) (connectionsOutput, error) {
	out := connectionsOutput{Connections: []Connection{}}
	for _, c := range s.Live.Connections(in.APIID, in.Stage, maxConnections) {
		out.Connections = append(out.Connections, connectionOf(c))
	}
	return out, nil
}

func connectionOf(c gateway.Live) Connection {
	return Connection{c.APIID, c.Stage, c.ConnectionID, c.ConnectedAt, c.LastActiveAt, c.SourceIP, c.UserAgent}
}

// allConnections lists the open connections of every stage whose connections the
// caller may list.
func (s Services) allConnections(ctx context.Context, _ struct{}) (connectionsOutput, error) {
	out := connectionsOutput{Connections: []Connection{}}
	may := s.permissions(ctx)
	for _, c := range s.Live.Connections("", "", maxConnections) {
		if may.read("/pasarela/apis/" + c.APIID + "/stages/" + c.Stage + "/connections") {
			out.Connections = append(out.Connections, connectionOf(c))
		}
	}
	return out, nil
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
		return e.EventType == event.Connect && e.APIID == in.APIID && e.Stage == in.Stage && e.At.UnixMilli() >= in.Since
	})
	for i := range found {
		out.Timelines = append(out.Timelines, timelineOf(found[i:i+1], in.in()))
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
// try templates with: those of routes with dataTraceEnabled (A-LOG-4). What a
// handshake carried is not remembered.
func (s Services) samples(_ context.Context, in samplesInput) (samplesOutput, error) {
	out := samplesOutput{Messages: []message{}}
	found := s.Live.Recent(maxSamples, func(e *execution.Entry) bool {
		return e.EventType == event.Message && e.APIID == in.APIID
	})
	for i := range found {
		for _, note := range found[i].Notes {
			if note.Step == execution.StepMessage && !note.Withheld {
				out.Messages = append(out.Messages, message{found[i].RouteKey, note.Text, found[i].At})
			}
		}
	}
	return out, nil
}
