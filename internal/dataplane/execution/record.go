package execution

import (
	"encoding/binary"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// maxText bounds the text of one step: a line of AWS's log is no longer.
const maxText = 1024

// Record collects the steps of one execution. It is reused: [Record.Begin] starts the
// next execution. It is not safe for concurrent use.
type Record struct {
	EventType    string
	RequestID    string
	ConnectionID string
	APIID        string
	Stage        string
	RouteKey     string
	Began        time.Time
	Status       int
	Err          *GatewayError
	// Traced records headers too, which cost time to format.
	Traced bool
	// Data lets the history keep bodies, headers and query strings (dataTraceEnabled of
	// the stage or route): without it the history keeps that there was
	// a text, not the text (A-LOG-4).
	Data bool
	// Spanned says that the trace of this execution is sent somewhere, so that its parts
	// are worth their times.
	Spanned bool

	clock time.Time
	steps []byte
	spans []Span
}

// Begin clears the last execution.
func (r *Record) Begin(now time.Time) {
	*r = Record{Began: now, clock: now, steps: r.steps[:0], spans: r.spans[:0]}
}

// Touch sets the time of the next steps.
func (r *Record) Touch(now time.Time) { r.clock = now }

// Note adds a step.
func (r *Record) Note(step Step, text string) {
	cut := r.open(step, len(text))
	r.steps = append(r.steps, text[:cut]...)
}

// NoteBytes is [Record.Note] of text that the caller may change afterwards.
func (r *Record) NoteBytes(step Step, text []byte) {
	cut := r.open(step, len(text))
	r.steps = append(r.steps, text[:cut]...)
}

// NoteMessage adds a step with a message of pasarela's own. It is put into words only when it is
// read.
func (r *Record) NoteMessage(step Step, m language.Message) {
	r.head(step|markMessage, messageSize(m))
	r.steps = appendMessage(r.steps, m, true)
}

// NoteReceived adds [StepReceived].
func (r *Record) NoteReceived(status int, latency time.Duration) {
	var text [48]byte
	r.NoteBytes(StepReceived, Received(text[:0], status, latency.Milliseconds()))
}

// Fail records why the execution failed; the first error stays.
func (r *Record) Fail(err *GatewayError) {
	if r.Err != nil {
		return
	}
	r.Err, r.Status = err, err.Status
	if err.LogLine != "" {
		r.Note(StepFailure, err.LogLine)
	}
}

// open writes a step's head and returns how much of its text follows.
func (r *Record) open(step Step, length int) int {
	cut := min(length, maxText)
	r.head(step, cut)
	return cut
}

func (r *Record) head(step Step, length int) {
	r.steps = append(r.steps, byte(step))
	r.steps = binary.AppendUvarint(r.steps, uint64(max(0, r.clock.Sub(r.Began).Microseconds())))
	r.steps = binary.AppendUvarint(r.steps, uint64(length))
}

// LoggedStep is a step as it was noted.
type LoggedStep struct {
	Step     Step
	After    time.Duration // since the execution began
	Text     string
	Words    language.Message `json:",omitzero"` // in place of Text, of steps that AWS has no line for
	Withheld bool             // there was a text, and data trace is off
}

// Entry is a record that is over, as the [History] keeps it.
type Entry struct {
	EventType    string
	RequestID    string
	ConnectionID string
	APIID        string
	Stage        string
	RouteKey     string
	At           time.Time
	Status       int
	ResponseType ResponseType // of the failure; empty when there was none
	Message      string
	Failure      language.Message `json:",omitzero"` // why: what went wrong and the field to change
	Notes        []LoggedStep
	Node         string `json:",omitempty"` // that it ran on; set when entries of several nodes are merged
}

// Failed says whether the execution ended with a [GatewayError].
func (e *Entry) Failed() bool { return e.ResponseType != "" }

// append writes the record in the form that [decodeEntry] reads; without data,
// bodies, headers and query strings stay out.
func (r *Record) append(dst []byte, data bool) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.Began.UnixMicro()))
	dst = binary.BigEndian.AppendUint16(dst, uint16(r.Status))
	var kind, message string
	var cause language.Message
	if r.Err != nil {
		kind, message, cause = string(r.Err.ResponseType), r.Err.Message, r.Err.Cause
	}
	for _, text := range [...]string{r.ConnectionID, r.RequestID, r.EventType, r.APIID, r.Stage, r.RouteKey, kind, message} {
		if text = text[:min(len(text), maxText)]; !data {
			text = withoutQueries(text)
		}
		dst = binary.AppendUvarint(dst, uint64(len(text)))
		dst = append(dst, text...)
	}
	dst = appendMessage(dst, cause, data)
	if data {
		return append(dst, r.steps...)
	}
	return appendRedacted(dst, r.steps)
}

// entryOf is the record as an entry, without going through the history.
func (r *Record) entryOf() Entry {
	e, _ := decodeEntry(r.append(nil, true)) // what append writes decodes
	return e
}

// decodeEntry reads what [Record.append] wrote; ok is false when data ends early.
func decodeEntry(data []byte) (Entry, bool) {
	if len(data) < 10 {
		return Entry{}, false
	}
	e := Entry{At: time.UnixMicro(int64(binary.BigEndian.Uint64(data))).UTC(), Status: int(binary.BigEndian.Uint16(data[8:]))}
	rest := data[10:]
	var kind string
	for _, field := range [...]*string{&e.ConnectionID, &e.RequestID, &e.EventType, &e.APIID, &e.Stage, &e.RouteKey, &kind, &e.Message} {
		var ok bool
		if *field, rest, ok = cutText(rest); !ok {
			return Entry{}, false
		}
	}
	e.ResponseType = ResponseType(kind)
	var whole bool
	if e.Failure, rest, whole = cutMessage(rest); !whole {
		return Entry{}, false
	}
	target := ""
	for len(rest) > 0 {
		step, held, says := Step(rest[0])&^(markWithheld|markMessage), rest[0]&markWithheld != 0, rest[0]&markMessage != 0
		micros, n := binary.Uvarint(rest[1:])
		if n <= 0 {
			return Entry{}, false
		}
		text, left, ok := cutText(rest[1+n:])
		if !ok {
			return Entry{}, false
		}
		rest = left
		var words language.Message
		if says {
			if words, _, ok = cutMessage([]byte(text)); !ok {
				return Entry{}, false
			}
			text = ""
		}
		switch step {
		case StepRequestURI:
			target = text
			held = false
		case StepSending:
			text = target // stored once
		}
		e.Notes = append(e.Notes, LoggedStep{Step: step, After: time.Duration(micros) * time.Microsecond, Text: text, Words: words, Withheld: held})
	}
	return e, true
}

func cutText(data []byte) (text string, rest []byte, ok bool) {
	length, n := binary.Uvarint(data)
	if n <= 0 || length > uint64(len(data)-n) {
		return "", nil, false
	}
	return string(data[n : n+int(length)]), data[n+int(length):], true
}
