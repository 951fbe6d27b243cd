package testkit

import (
	"strings"
	"sync"
)

// Log has what loggers and commands have written to it. Tests may read it meanwhile.
type Log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *Log) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(text)
}

// String is all that was written.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Take is what was written since the last Take.
func (l *Log) Take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

// Lines is a [Log] that stages and functions can write their lines to.
type Lines struct{ Log }

func (l *Lines) Write(lines []byte) { _, _ = l.Log.Write(lines) }
