package printable

import (
	"io"
	"unicode/utf8"
)

// Writer passes lines on with every character made visible but line ends and tabs.
// A character may be cut anywhere between two writes: an unfinished one waits for
// the next write, or for Flush. It is not safe for concurrent use.
type Writer struct {
	out  io.Writer
	buf  []byte
	rest []byte // at most 3 bytes: the beginning of a character
}

// NewWriter makes a writer in front of out.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// Write takes all of p or returns the error of out.
func (w *Writer) Write(p []byte) (int, error) {
	data := p
	if len(w.rest) > 0 {
		data = append(w.rest, p...)
	}
	whole := len(data) - unfinished(data)
	w.buf = Append(w.buf[:0], data[:whole], Text)
	w.rest = append([]byte(nil), data[whole:]...)
	if len(w.buf) == 0 {
		return len(p), nil
	}
	if _, err := w.out.Write(w.buf); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what waits for the rest of its character.
func (w *Writer) Flush() error {
	if len(w.rest) == 0 {
		return nil
	}
	rest := Append(nil, w.rest, Text)
	w.rest = nil
	_, err := w.out.Write(rest)
	return err
}

// unfinished is the number of bytes at the end of data that are an incomplete
// character.
func unfinished(data []byte) int {
	for n := 1; n <= min(utf8.UTFMax-1, len(data)); n++ {
		tail := data[len(data)-n:]
		if !utf8.RuneStart(tail[0]) {
			continue
		}
		if utf8.FullRune(tail) {
			return 0
		}
		return n
	}
	return 0
}
