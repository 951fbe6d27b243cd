package integration

import (
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
)

// Invocation is one event, its call and the response. The caller sets the first group of
// fields and reads the second. It is reused.
type Invocation struct {
	Event   event.Event
	Payload mapping.Payload // the message; empty on $connect and $disconnect
	HasBody bool            // the event is a message
	Record  *execution.Record
	// Traceparent is the W3C trace context of this execution; empty for none. Backends get
	// it, or that of the call to them where the record is spanned. Parent is what the
	// client sent.
	Traceparent, Parent string
	// Caller signed the handshake (AWS_IAM), for credentialsArn
	// "arn:aws:iam::*:user/*"; nil without AWS_IAM.
	Caller *pasarela.Principal
	// TwoWay says whether a client waits for the response: that of a two-way route, or of
	// $connect.
	TwoWay bool

	Reply Reply

	message     jsonvalue.Document // the message, read strictly
	messageErr  error
	messageRead bool
	request     mapping.Request
	response    mapping.Payload
	received    string // the backend's answer
	called      string // the trace context of the call to the backend, where it has one of its own
	backend     []event.Pair
	selected    selection.Input
	text        []byte // URIs and log texts
	body        []byte // what Reply.Body lies in
}

// Reply is an integration's response. Its slices are valid until the Invocation is used
// again.
type Reply struct {
	Status  int           // decides a $connect
	Body    []byte        // for the client of a two-way route, or of a refused $connect
	Present bool          // there is a body, if perhaps an empty one
	Header  []event.Pair  // of the answer, for a refused $connect and for the sub-protocol
	Latency time.Duration // of the backend; 0 for MOCK
}

// HeaderValue is the last value of a header of the reply; case does not count.
func (r *Reply) HeaderValue(name string) string {
	value, _ := event.LastFold(r.Header, name)
	return value
}

// Begin clears the last event, since its message was another client's.
func (x *Invocation) Begin() {
	x.Payload.Reset("")
	x.response.Reset("")
	x.Event, x.HasBody, x.Record = event.Event{AuthorizerLatency: -1}, false, nil
	x.Traceparent, x.Parent, x.called, x.Caller, x.TwoWay = "", "", "", nil, false
	x.Reply = Reply{Header: x.Reply.Header[:0]}
	x.messageErr, x.messageRead, x.received, x.backend = nil, false, "", x.backend[:0]
	x.selected = selection.Input{}
	if cap(x.text) > maxKept || cap(x.body) > maxKept {
		x.text, x.body = nil, nil // so that one long message does not occupy memory for ever
	}
}

const maxKept = 64 << 10
