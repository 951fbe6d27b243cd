// Package notify sends clients the progress and the end of their reports: JSON frames
// posted to a connection through API Gateway's @connections (aws-dataplane §7).
package notify

import "time"

// An Event is the kind of a frame.
type Event string

// The events, in the order a client may see them. The last three end a report.
const (
	Accepted  Event = "accepted"
	Queued    Event = "queued" // still waiting, sent every few minutes, and when an attempt has failed
	Progress  Event = "progress"
	Ready     Event = "ready"
	Failed    Event = "failed"
	Cancelled Event = "cancelled"
)

// A Frame is one message to a client. Which members it has depends on the event.
type Frame struct {
	Event    Event  `json:"event"`
	ReportID string `json:"reportId"`
	Type     string `json:"type"`
	Title    string `json:"title,omitempty"`
	// FrameID identifies the frame: it is the same when the frame is sent again, with
	// Repeated, because it is unknown whether it had arrived. Frames of progress, and of
	// waiting, share one, since each replaces the one before.
	FrameID  string `json:"frameId"`
	Repeated bool   `json:"repeated,omitempty"`

	Place      int               `json:"place,omitempty"`      // accepted, queued: 1 is next
	Parameters map[string]string `json:"parameters,omitempty"` // accepted: as understood, defaults filled in
	Access     string            `json:"access,omitempty"`     // accepted: capability that opens the client's reports

	UsualSeconds *int64 `json:"usualSeconds,omitempty"` // accepted: how long reports of the type took lately

	Rows        *int64   `json:"rows,omitempty"`        // progress, ready
	Percent     *float64 `json:"percent,omitempty"`     // progress, when the total is known
	Bytes       *int64   `json:"bytes,omitempty"`       // progress, ready: size of the file
	SecondsLeft *int64   `json:"secondsLeft,omitempty"` // progress, when it can be estimated

	Link    string     `json:"link,omitempty"` // ready
	Name    string     `json:"name,omitempty"`
	Expires *time.Time `json:"expires,omitempty"`

	Trace string `json:"-"` // W3C trace context that the frame is posted in; "" for none
	// Lifetime is how long it may wait for a client that is away (A-REPORT-26); 0: for as long
	// as the client may.
	Lifetime time.Duration `json:"-"`

	Reason  string `json:"reason,omitempty"`  // failed, and queued after a failed attempt: a code
	Message string `json:"message,omitempty"` // of the reason: a sentence in the report's language
}

// key is the Idempotency-Key by which pasarela recognizes a repeated frame; "" for
// progress and waiting, of which only the newest counts.
func (f *Frame) key() string {
	if f.Event == Progress || f.Event == Queued {
		return ""
	}
	return f.FrameID
}
