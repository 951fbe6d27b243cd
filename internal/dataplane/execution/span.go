package execution

import "time"

// Span is a part of an execution that a trace shows by itself. It has a W3C trace context
// of its own where something below it goes on in it, such as a backend; else "".
type Span struct {
	Name         string
	Traceparent  string
	Began, Ended time.Time
	Failure      string // what went wrong; empty when nothing did
}

// AddSpan adds a part of the execution that is over. It does nothing unless the record is
// [Record.Spanned].
func (r *Record) AddSpan(s Span) {
	if r.Spanned {
		r.spans = append(r.spans, s)
	}
}

// Spans are the parts that were added. They are valid until the record is used again.
func (r *Record) Spans() []Span { return r.spans }
