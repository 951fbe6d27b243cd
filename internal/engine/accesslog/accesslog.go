// Package accesslog writes access-log rows in the formats that stages give
// (aws-dataplane §10.4): a line of text in which $context.name and
// ${context.name} stand for values. It is not a template language: everything
// else in the line is copied as it is.
//
//	format, err := accesslog.Compile(stage.AccessLogSettings.Format)
//	row = format.Append(row[:0], &event) // no line end, no allocation
package accesslog

import (
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/printable"
)

// MaxFormat is the largest length of a format, in bytes (aws-dataplane §10.4
// [D]: 3 KB).
const MaxFormat = 3 << 10

// Format is a compiled format, safe for concurrent use.
type Format struct {
	text  string
	parts []part
}

// part is static text and the variable that follows it, if any.
type part struct {
	text     string
	variable bool
	value    event.Reference // of the variable; always absent for one that AWS does not have
}

// Compile reads a format. The error is a [*pasarela.Error], BadRequestException
// with AWS's text where AWS's is known.
func Compile(format string) (*Format, error) {
	switch {
	case len(format) > MaxFormat:
		return nil, pasarela.Errorf(pasarela.CodeBadRequest, "Access Log format must be at most %d bytes, this one has %d", MaxFormat, len(format))
	case strings.ContainsAny(format, "\r\n"):
		return nil, pasarela.Errorf(pasarela.CodeBadRequest, "Access Log format must be single line")
	}
	parts, identified := scan(format)
	if identified {
		return &Format{text: format, parts: parts}, nil
	}
	return nil, pasarela.Errorf(pasarela.CodeBadRequest, "Access Log format must include either $context.requestId or $context.extendedRequestId")
}

// String is the format as it was written.
func (f *Format) String() string { return f.text }

const prefix = "context."

// scan cuts a format into parts and says whether it names a request id.
func scan(format string) (parts []part, identified bool) {
	start := 0
	for at := 0; at < len(format); {
		name, width := variable(format[at:])
		if width == 0 {
			at++
			continue
		}
		value, _ := event.Resolve(name, event.InAccessLog)
		parts = append(parts, part{format[start:at], true, value})
		identified = identified || name == "requestId" || name == "extendedRequestId"
		at += width
		start = at
	}
	if start < len(format) {
		parts = append(parts, part{text: format[start:]})
	}
	return parts, identified
}

// variable returns the name at the start of s and the length of the text that
// names it, 0 when there is none.
func variable(s string) (name string, width int) {
	if rest, is := strings.CutPrefix(s, "${"+prefix); is {
		end := strings.IndexByte(rest, '}')
		if end <= 0 {
			return "", 0
		}
		return rest[:end], len("${") + len(prefix) + end + 1
	}
	rest, is := strings.CutPrefix(s, "$"+prefix)
	if !is {
		return "", 0
	}
	end := nameLength(rest)
	if end == 0 {
		return "", 0
	}
	return rest[:end], len("$") + len(prefix) + end
}

// nameLength is the length of the name at the start of s. A '.' belongs to the
// name only if a character of a name follows it.
func nameLength(s string) int {
	i := 0
	for i < len(s) && (isName(s[i]) || s[i] == '.' && i > 0 && i+1 < len(s) && isName(s[i+1])) {
		i++
	}
	return i
}

func isName(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
}

// Append appends the row for an event, without a line end. What is absent or empty
// is '-'.
func (f *Format) Append(dst []byte, e *event.Event) []byte {
	for i := range f.parts {
		p := &f.parts[i]
		dst = append(dst, p.text...)
		if !p.variable {
			continue
		}
		start := len(dst)
		value, _ := p.value.Append(dst, e)
		switch {
		case len(value) == start:
			dst = append(value, '-')
		case p.value.Kind() == event.QuotedText:
			dst = printable.InPlace(value, start, printable.Line)
		default: // clients choose some values, such as user agents and close reasons, so they are escaped (A-LOG-1)
			dst = printable.InPlace(value, start, printable.Quoted)
		}
	}
	return dst
}
