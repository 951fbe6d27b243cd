package main

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"

	"github.com/pasarela-ws/pasarela/internal/printable"
)

// terminal is where a command prints. Text written to it is for people, and every control
// character in it is made visible, since much of it comes from clients and servers;
// styles are the only control sequences.
type terminal struct {
	out      io.Writer
	visible  *printable.Writer
	terminal bool
}

// newTerminal makes the terminal of a command's output.
func newTerminal(out io.Writer) *terminal {
	return &terminal{out: out, visible: printable.NewWriter(out), terminal: isTerminal(out)}
}

// isTerminal says whether a person reads what is written there.
func isTerminal(out io.Writer) bool {
	if file, ok := out.(*os.File); ok {
		return isatty.IsTerminal(file.Fd())
	}
	terminal, ok := out.(interface{ IsTerminal() bool })
	return ok && terminal.IsTerminal()
}

// Write prints text for people.
func (s *terminal) Write(text []byte) (int, error) { return s.visible.Write(text) }

// payload is the writer for what other programs read, such as an export: it is not
// changed, unless it goes to a terminal.
func (s *terminal) payload() io.Writer {
	if s.terminal {
		return s.visible
	}
	return s.out
}

// Styles of a terminal.
const (
	bold  = "\x1b[1m"
	faint = "\x1b[2m"
	cyan  = "\x1b[36m"
	green = "\x1b[32m"
	plain = "\x1b[0m"
	redo  = "\x1b[1A\x1b[2K" // takes the line back that was typed
)

// style begins or ends a style, on a terminal.
func (s *terminal) style(style string) {
	if s.terminal {
		_, _ = io.WriteString(s.out, style) // the text after it tells of a broken terminal
	}
}
