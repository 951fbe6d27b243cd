package vtl

import (
	"strings"

	"github.com/pasarela-ws/pasarela/vtl/internal/javatext"
)

func (r *Run) join(separator string, items []Value) Value {
	parts := make([]string, len(items))
	for i, item := range items {
		if item.kind != KindString && item.kind != KindNull {
			r.refuse("join", "join_item")
		}
		parts[i] = r.toString(item)
	}
	size := 0
	for _, part := range parts {
		size += len(part) + len(separator)
	}
	r.checkSize(size)
	return r.text(strings.Join(parts, separator))
}

// checkSize ends the rendering if a text that is about to be made would be too long.
func (r *Run) checkSize(size int) {
	if size > r.limits.MaxString {
		r.fail(ErrStringTooLong)
	}
}

func (r *Run) repeat(s string, count int) Value {
	if count < 0 {
		r.refuse("repeat", "negative_count")
	}
	if len(s) > 0 && count > r.limits.MaxString/len(s) {
		r.fail(ErrStringTooLong)
	}
	if s == "" {
		return String("")
	}
	return r.text(strings.Repeat(s, count))
}

func (r *Run) indent(s string, by int) Value {
	if s == "" {
		return String("")
	}
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), "\n"), "\n")
	if by > 0 {
		r.checkSize(len(s) + len(lines)*min(by, r.limits.MaxString))
	}
	for i, line := range lines {
		if by > 0 {
			line = strings.Repeat(" ", by) + line
		} else {
			blanks := len(line) - len(strings.TrimLeftFunc(line, javatext.IsSpace))
			line = line[min(blanks, -by):]
		}
		lines[i] = line
	}
	return r.text(strings.Join(lines, "\n") + "\n")
}
