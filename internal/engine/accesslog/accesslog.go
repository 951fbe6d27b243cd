// Package accesslog writes access-log rows in the formats that stages give
// (aws-dataplane §10.4): a line of text in which $context.name and
// ${context.name} stand for values. It is no template language; everything else
// in the line stands for itself.
//
//	format, err := accesslog.Compile(stage.AccessLogSettings.Format)
//	row = format.Append(row[:0], event) // no line end, no allocation
package accesslog

import (
	"strings"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/printable"
)

// MaxFormat bounds a format in bytes (aws-dataplane §10.4 [D]: 3 KB).
const MaxFormat = 3 << 10

// Context is where values come from: the event that is logged.
type Context interface {
	// AppendContext appends the value of $context.name as text; ok is false for
	// a variable that is unknown or not set.
	AppendContext(dst []byte, name string) (out []byte, ok bool)
}

// Format is a compiled format, safe for concurrent use.
type Format struct {
	text  string
	parts []part
}

// part is static text and the variable that follows it, if any.
type part struct {
	text string
	name string
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
	f := &Format{text: format, parts: scan(format)}
	for _, p := range f.parts {
		if p.name == "requestId" || p.name == "extendedRequestId" {
			return f, nil
		}
	}
	return nil, pasarela.Errorf(pasarela.CodeBadRequest, "Access Log format must include either $context.requestId or $context.extendedRequestId")
}

// String is the format as it was written.
func (f *Format) String() string { return f.text }

// Names are the variables of the format in order, without "context.".
func (f *Format) Names() (names []string) {
	for _, p := range f.parts {
		if p.name != "" {
			names = append(names, p.name)
		}
	}
	return names
}

const prefix = "context."

func scan(format string) (parts []part) {
	start := 0
	for at := 0; at < len(format); {
		name, width := variable(format[at:])
		if width == 0 {
			at++
			continue
		}
		parts = append(parts, part{format[start:at], name})
		at += width
		start = at
	}
	if start < len(format) {
		parts = append(parts, part{text: format[start:]})
	}
	return parts
}

// variable is the name at the start of s and how far it reaches, 0 when there is
// none.
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

// nameLength ends a name where something follows that no name has; a '.' belongs
// to it only if a name goes on behind.
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

// Append appends the row for an event, without a line end. What is not set is
// '-'.
func (f *Format) Append(dst []byte, event Context) []byte {
	for i := range f.parts {
		p := &f.parts[i]
		dst = append(dst, p.text...)
		if p.name == "" {
			continue
		}
		start := len(dst)
		value, ok := event.AppendContext(dst, p.name)
		switch {
		case !ok || len(value) == start:
			dst = append(value[:start], '-')
		case p.name == "error.messageString": // comes with quotes
			dst = printable.InPlace(value, start, printable.Line)
		default: // clients choose some of it: user agents, close reasons (A-LOG-1)
			dst = printable.InPlace(value, start, printable.Quoted)
		}
	}
	return dst
}
