package execution

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/engine/event"
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

// Verdict is what entries, oldest first and at least one, come to in one line: the
// cause of the last failure and the field to change, or what went well.
func Verdict(entries []Entry) (sentence string, failed bool) {
	for i := len(entries) - 1; i >= 0; i-- {
		if e := &entries[i]; e.Failed() {
			return e.Cause(), true
		}
	}
	last := &entries[len(entries)-1]
	about := fmt.Sprintf("%d remembered, the last was %s %s at %s", len(entries), last.EventType, last.RouteKey, last.At.Format(time.DateTime))
	return "Every execution went well: " + printable.String(about, printable.Line) + ".", false
}

// Explain writes what happened to a connection or request so that a person
// understands it: [Verdict] first, then one block an execution. say puts sentences
// into the reader's language; nil leaves them English.
func Explain(entries []Entry, say func(string) string) string {
	if say == nil {
		say = func(sentence string) string { return sentence }
	}
	var out strings.Builder
	verdict, _ := Verdict(entries)
	out.WriteString(say(verdict) + "\n\n")
	for i := range entries {
		entries[i].write(&out, say)
	}
	return out.String()
}

// Cause is the failure in one line: what went wrong and what to change.
func (e *Entry) Cause() string {
	return printable.String(strings.ReplaceAll(e.cause(), "\n", " "), printable.Line)
}

func (e *Entry) cause() string {
	if e.Fix != "" {
		return e.Fix
	}
	for _, note := range e.Notes {
		if note.Step == StepFailure {
			return note.Text
		}
	}
	return string(e.ResponseType) + ": " + e.Message
}

func (e *Entry) write(out *strings.Builder, say func(string) string) {
	out.WriteString(e.At.Format("2006-01-02 15:04:05.000") + "  " + printable.String(e.EventType+" "+e.RouteKey, printable.Line))
	if e.Stage != "" {
		out.WriteString("  " + e.APIID + "/" + e.Stage)
	}
	if e.ConnectionID != "" {
		out.WriteString("  connection " + printable.String(e.ConnectionID, printable.Line))
	}
	if e.RequestID != "" {
		out.WriteString("  request " + e.RequestID)
	}
	out.WriteByte('\n')
	for _, note := range e.Notes {
		out.WriteString("  +" + note.After.String() + "  " + strings.ReplaceAll(say(e.Tell(note)), "\n", "\n      ") + "\n")
	}
}

// Withheld stands for what was said while data trace was off.
const Withheld = "(not kept: dataTraceEnabled is off)"

// Tell is one of the entry's steps in words, with every character made visible.
func (e *Entry) Tell(note LoggedStep) string {
	pattern := stepNames[note.Step]
	if own, ok := stepTexts[note.Step]; ok {
		pattern = own
	}
	if note.Withheld {
		note.Text = Withheld
	}
	return string(printable.InPlace(appendStepName(nil, pattern, note.Text, e), 0, printable.Text))
}
