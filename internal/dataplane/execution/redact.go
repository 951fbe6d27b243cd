package execution

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Marks in the byte of a step: its text was left out, or is a message.
const (
	markWithheld = 0x80
	markMessage  = 0x40
)

// carriesData says which steps contain what clients and backends send each other.
func (s Step) carriesData() bool {
	return s.traced() || s == StepMessage || s == StepReply
}

// appendRedacted copies encoded steps without the texts that carry data, and URLs
// without their query strings.
func appendRedacted(dst, steps []byte) []byte {
	for len(steps) > 0 {
		_, n := binary.Uvarint(steps[1:])
		length, m := binary.Uvarint(steps[1+n:])
		head, from := 1+n, 1+n+m
		text := steps[from : from+int(length)]
		step := Step(steps[0]) &^ markMessage
		switch {
		case steps[0]&markMessage != 0 && bytes.Contains(text, urlMark):
			said, _, _ := cutMessage(text)
			cut := appendMessage(nil, said, false)
			dst = append(dst, steps[:head]...)
			dst = append(binary.AppendUvarint(dst, uint64(len(cut))), cut...)
		case step.carriesData() && length > 0:
			dst = append(append(dst, steps[0]|markWithheld), steps[1:head]...)
			dst = append(dst, 0)
		case step == StepRequestURI || step == StepAuthorizerCall || step == StepFailure || step == StepNote:
			cut := withoutQueries(string(text))
			dst = append(dst, steps[:head]...)
			dst = append(binary.AppendUvarint(dst, uint64(len(cut))), cut...)
		default:
			dst = append(dst, steps[:from+int(length)]...)
		}
		steps = steps[from+int(length):]
	}
	return dst
}

var urlMark = []byte("://")

// withoutQueries removes the query strings from URLs in text: query parameters of clients
// often appear in a backend's URL.
func withoutQueries(text string) string {
	at := strings.Index(text, "://")
	if at < 0 || strings.IndexByte(text[at:], '?') < 0 {
		return text
	}
	var out strings.Builder
	for {
		at := strings.Index(text, "://")
		if at < 0 {
			out.WriteString(text)
			return out.String()
		}
		end := at + strings.IndexAny(text[at:]+" ", " \"'<>,\n")
		url := text[:end]
		if query := strings.IndexByte(url[at:], '?'); query >= 0 {
			out.WriteString(url[:at+query] + "?...")
		} else {
			out.WriteString(url)
		}
		text = text[end:]
	}
}
