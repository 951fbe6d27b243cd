package main

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"

	"github.com/pasarela-ws/pasarela/internal/printable"
)

// terminal is where a command prints. What is written to it is for people and goes out
// with every character made visible, since much of it comes from clients and servers;
// styles are the one thing that a terminal obeys.
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

// payload takes what is for another program, such as an export: it goes out as it is,
// unless to a terminal.
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
