package state

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

const keptWarnings = 5

// serverLog writes the embedded server's log lines to the program's log, and keeps the
// last warnings and errors for the error of a failed start.
type serverLog struct {
	log    *slog.Logger
	failed context.CancelCauseFunc // called when the server says that it cannot write

	mu        sync.Mutex
	lastLines []string
}

func (l *serverLog) Noticef(format string, args ...any) { l.log.Debug(fmt.Sprintf(format, args...)) }

func (l *serverLog) Debugf(format string, args ...any) { l.log.Debug(fmt.Sprintf(format, args...)) }
func (l *serverLog) Tracef(string, ...any)             {}

func (l *serverLog) Warnf(format string, args ...any)  { l.write(slog.LevelWarn, format, args) }
func (l *serverLog) Errorf(format string, args ...any) { l.write(slog.LevelError, format, args) }

// Fatalf does not end the process: the caller that starts the server finds that it does
// not run, and returns the error.
func (l *serverLog) Fatalf(format string, args ...any) { l.write(slog.LevelError, format, args) }

// expected are warnings about settings that are intended.
var expected = []string{
	"Maximum payloads over", // documents are large, and the embedded server takes no connections from outside
}

// writeFailure is how the server words that its disk is full or gone
// (nats-server 2.15.2, filestore.go and stream.go); it then acknowledges no write.
const writeFailure = "ritical write error"

// write logs the embedded server's warnings, except expected ones. The last lines are
// kept for the error of a failed start; a line that says that the server cannot write
// makes serverRestarter restart it.
func (l *serverLog) write(level slog.Level, format string, args []any) {
	text := strings.TrimSpace(fmt.Sprintf(format, args...))
	for _, known := range expected {
		if strings.HasPrefix(text, known) {
			return
		}
	}
	if level == slog.LevelError && strings.Contains(text, writeFailure) {
		l.failed(fmt.Errorf("the store can write no more until the cause is removed: %s", text))
	}
	l.mu.Lock()
	l.lastLines = append(l.lastLines, text)
	l.lastLines = slices.Delete(l.lastLines, 0, max(0, len(l.lastLines)-keptWarnings))
	l.mu.Unlock()
	l.log.Log(context.Background(), level, text)
}

// lastWarnings is the last lines as the end of an error, "" when there are none.
func (l *serverLog) lastWarnings() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lastLines) == 0 {
		return ""
	}
	return " (the store said: " + strings.Join(l.lastLines, "; ") + ")"
}
