package execution

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/printable"
)

// maxLine is where AWS cuts a line of an execution log (aws-dataplane §10.5).
const maxLine = 1024

const truncated = "[TRUNCATED]"

// AppendLog writes the record as AWS's execution log: one line a step, each with
// the time and "(requestId) " before it. Without trace, headers and bodies stay
// out.
func (r *Record) AppendLog(dst []byte, trace bool) []byte {
	e := r.entryOf()
	if e.EventType != event.ConnectionAPI {
		dst = appendLine(dst, &e, e.At, "Extended Request Id: %r", "")
	}
	started := false
	for _, note := range e.Notes {
		at := e.At.Add(note.After)
		if !started && note.Step >= StepRoute {
			dst = appendLine(dst, &e, at, "Starting execution for request: %r", "")
			started = true
		}
		pattern := stepNames[note.Step]
		if pattern == "" || note.Step.traced() && !trace {
			continue
		}
		if note.Step == StepMessage && !trace {
			note.Text = ""
		}
		if !note.Words.IsZero() {
			note.Text = note.Words.Error()
		}
		dst = appendLine(dst, &e, at, pattern, note.Text)
	}
	return dst
}

func appendLine(dst []byte, e *Entry, at time.Time, pattern, text string) []byte {
	dst = at.AppendFormat(dst, "2006-01-02T15:04:05.000Z ")
	start := len(dst)
	dst = append(append(append(dst, '('), e.RequestID...), ") "...)
	dst = appendStepName(dst, pattern, text, e)
	for i := start; i < len(dst); i++ {
		if dst[i] == '\n' { // templates and JSON have line ends; a log line has one
			dst[i] = ' '
			if i > start && dst[i-1] == '\r' {
				dst[i-1] = ' '
			}
		}
	}
	dst = printable.InPlace(dst, start, printable.Line) // clients choose some of it (A-LOG-3)
	if len(dst)-start > maxLine {
		dst = append(cutAt(dst, start+maxLine-len(truncated)), truncated...)
	}
	return append(dst, '\n')
}

// cutAt cuts line before the character that reaches over end.
func cutAt(line []byte, end int) []byte {
	for end > 0 && !utf8.RuneStart(line[end]) {
		end--
	}
	return line[:end]
}

// Redacted stands for text that was left out because data trace was off.
var Redacted = language.StepWithheld.Of()

// moment is a time in a sentence, which may be read on another machine than this one.
func moment(at time.Time) string { return at.UTC().Format(time.DateTime + " MST") }

// Summary summarizes entries, oldest first and at least one: the cause of the last
// failure and the field to change, or what succeeded. Attempts at one call are one execution.
func Summary(entries []Entry) (m language.Message, failed bool) {
	for i := len(entries) - 1; i >= 0; i-- {
		if e := &entries[i]; e.Failed() {
			if dead := e.note(language.StepDeadLetter); dead != nil {
				return *dead, true
			}
			return e.Cause(), true
		}
	}
	requests := map[string]bool{}
	for i := range entries {
		requests[entries[i].RequestID] = true
	}
	last := &entries[len(entries)-1]
	return language.TimelineWell.Of(strconv.Itoa(len(requests)), last.EventType+" "+last.RouteKey, moment(last.At)), false
}

// Attempt is the outcome of an attempt to connect: its executions, oldest first and at least one,
// of which those after the first are calls of its integration from the queue.
func Attempt(entries []Entry) (outcome language.Message, failed bool) {
	last := &entries[len(entries)-1]
	switch {
	case entries[0].Failed():
		return entries[0].Cause(), true
	case last.Failed():
		return language.AttemptQueueFailed.Because(last.Cause()), true
	case last.note(language.StepQueued) != nil:
		return language.AttemptQueued.Of(), false
	}
	return language.AttemptConnected.Of(), false
}

// note is the entry's step with a message of that cause, nil if it has none.
func (e *Entry) note(said language.Cause) *language.Message {
	for i := range e.Notes {
		if e.Notes[i].Words.ID() == said.ID() {
			return &e.Notes[i].Words
		}
	}
	return nil
}

// Line is a message in one line, with every character made visible.
func Line(m language.Message, l language.Language) string {
	return printable.String(strings.ReplaceAll(m.In(l), "\n", " "), printable.Line)
}

// FirstLine is [Summary] in words. For an open connection it says first that it is open, and
// for one that ended that it did, and how: a push that failed some time ago says little about
// its present state, and that all went well is no sign of it.
func FirstLine(entries []Entry, open bool, l language.Language) string {
	summary, failed := Summary(entries)
	line := Line(summary, l)
	saysEnd := summary.ID() == language.PushEnded.ID()
	state := language.TimelineOpen.Of()
	if !open {
		ended := false
		if state, ended = stateOfEnded(entries); !ended {
			return line
		}
	}
	for i := len(entries) - 1; failed && i >= 0; i-- {
		if e := &entries[i]; e.Failed() {
			line = Line(language.TimelineNewest.Of(e.EventType+" "+e.RouteKey, moment(e.At)), l) + " " + line
			break
		}
	}
	if saysEnd {
		return line
	}
	return Line(state, l) + " " + line
}

// End is how the connection of these entries, oldest first, ended, as far as those of the API
// tell.
func End(entries []Entry, apiID string) (at time.Time, why language.Message, ended bool) {
	for i := range entries {
		for _, note := range entries[i].Notes {
			if note.Step == StepEnded && entries[i].APIID == apiID {
				return entries[i].At, note.Words, true
			}
		}
	}
	return at, why, false
}

// stateOfEnded is a sentence about a connection that is not open; false where there was none,
// as of a refused handshake.
func stateOfEnded(entries []Entry) (language.Message, bool) {
	if at, why, ended := End(entries, entries[len(entries)-1].APIID); ended {
		return language.TimelineEnded.Because(why, moment(at)), true
	}
	over := false
	for i := range entries {
		over = over || entries[i].EventType == event.Disconnect
	}
	return language.TimelineOver.Of(), over
}

// Ended replaces the cause of a call to @connections that found no connection by how the
// connection ended.
func (e *Entry) Ended(at time.Time, why language.Message) {
	e.Failure = language.PushEnded.Because(why, moment(at))
}

// ConnectionMissing says that the execution is a call to @connections whose connection did not exist.
func (e *Entry) ConnectionMissing() bool {
	return e.ConnectionID != "" && e.Failure.ID() == language.PushGone.ID()
}

// Explain writes what happened to a connection, open or not, or to a request, for people:
// [FirstLine], a line for each of besides, then one block for each execution.
func Explain(entries []Entry, open bool, l language.Language, besides ...language.Message) string {
	var out strings.Builder
	out.WriteString(FirstLine(entries, open, l) + "\n")
	for _, m := range besides {
		out.WriteString(Line(m, l) + "\n")
	}
	out.WriteByte('\n')
	for i := range entries {
		entries[i].write(&out, l)
	}
	return out.String()
}

// Cause is the failure: what went wrong and what to change.
func (e *Entry) Cause() language.Message {
	if !e.Failure.IsZero() {
		return e.Failure
	}
	for _, note := range e.Notes {
		if note.Step == StepFailure {
			return language.Verbatim.Of(note.Text)
		}
	}
	return language.Verbatim.Of(string(e.ResponseType) + ": " + e.Message)
}

func (e *Entry) write(out *strings.Builder, l language.Language) {
	out.WriteString(e.At.UTC().Format("2006-01-02 15:04:05.000 MST") + "  " + printable.String(e.EventType+" "+e.RouteKey, printable.Line))
	if e.Stage != "" {
		out.WriteString("  " + e.APIID + "/" + e.Stage)
	}
	if e.ConnectionID != "" {
		out.WriteString("  " + Line(language.TimelineConnection.Of(e.ConnectionID), l))
	}
	if e.RequestID != "" {
		out.WriteString("  " + Line(language.TimelineRequest.Of(e.RequestID), l))
	}
	if e.Node != "" {
		out.WriteString("  " + Line(language.TimelineNode.Of(e.Node), l))
	}
	out.WriteByte('\n')
	for _, note := range e.Notes {
		out.WriteString("  +" + note.After.String() + "  " + strings.ReplaceAll(e.Text(note, l), "\n", "\n      ") + "\n")
	}
}

// Text is one of the entry's steps in words, with every character made visible. In English those
// that AWS's log has are as AWS has them.
func (e *Entry) Text(note LoggedStep, l language.Language) string {
	if note.Withheld {
		note.Text = Redacted.In(l)
	}
	text := note.Text
	switch own := stepTexts[note.Step]; {
	case !note.Words.IsZero():
		text = note.Words.In(l)
	case own != 0:
		text = e.said(own, note.Text).In(l)
	}
	return printable.String(text, printable.Text)
}
