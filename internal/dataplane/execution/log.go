package execution

import (
	"strings"
	"time"
)

// maxLine is where AWS cuts a line of an execution log (aws-dataplane §10.5).
const maxLine = 1024

const truncated = "[TRUNCATED]"

// AppendLog writes the record as AWS's execution log: one line a step, each with
// the time and "(requestId) " before it. Without trace, headers and bodies stay
// out.
func (r *Record) AppendLog(dst []byte, trace bool) []byte {
	e := r.entryOf()
	if e.EventType != EventConnectionAPI {
		dst = appendLine(dst, &e, e.At, "Extended Request Id: %r", "")
	}
	started := false
	for _, note := range e.Notes {
		at := e.At.Add(note.After)
		if !started && note.Step >= StepRoute {
			dst = appendLine(dst, &e, at, "Starting execution for request: %r", "")
			started = true
		}
		pattern := spelled[note.Step]
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
	dst = appendSpelled(dst, pattern, text, e)
	if len(dst)-start > maxLine {
		dst = append(dst[:start+maxLine-len(truncated)], truncated...)
	}
	for i := start; i < len(dst); i++ {
		if dst[i] == '\n' || dst[i] == '\r' {
			dst[i] = ' '
		}
	}
	return append(dst, '\n')
}

// Explain writes what happened to a connection so that a person understands it:
// the cause of the last failure and the field to change first, then one block an
// execution.
func Explain(entries []Entry) string {
	var out strings.Builder
	for i := len(entries) - 1; i >= 0; i-- {
		if e := &entries[i]; e.Failed() {
			out.WriteString(e.Cause() + "\n\n")
			break
		}
	}
	for i := range entries {
		entries[i].write(&out)
	}
	return out.String()
}

// Cause is the failure in one line: what went wrong and what to change.
func (e *Entry) Cause() string {
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

func (e *Entry) write(out *strings.Builder) {
	out.WriteString(e.At.Format("2006-01-02 15:04:05.000") + "  " + e.EventType + " " + e.RouteKey)
	if e.RequestID != "" {
		out.WriteString("  request " + e.RequestID)
	}
	out.WriteByte('\n')
	for _, note := range e.Notes {
		out.WriteString("  +" + note.After.String() + "  " + strings.ReplaceAll(e.Tell(note), "\n", "\n      ") + "\n")
	}
}

// Tell is one of the entry's steps in words.
func (e *Entry) Tell(note Noted) string {
	pattern := spelled[note.Step]
	if own, ok := told[note.Step]; ok {
		pattern = own
	}
	return string(appendSpelled(nil, pattern, note.Text, e))
}
