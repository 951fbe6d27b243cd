package extension

import (
	"bytes"
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Logs are the logs of stages as they lie on this node.
type Logs interface {
	// Tail reads whole lines of a stage's log of that kind from an offset on, at
	// most limit bytes; next is where to go on. A negative offset asks for the
	// newest lines. A log that was never written is empty.
	Tail(ctx context.Context, apiID, stageName, kind string, offset, limit int64) (lines []byte, next int64, err error)
}

// Kinds of logs.
const (
	LogExecution = "execution"
	LogAccess    = "access"
)

const (
	maxLogBytes = 256 << 10
	maxLogWait  = 25 * time.Second
	logPoll     = 200 * time.Millisecond
)

type logsInput struct {
	stageInput
	Kind  string `query:"kind"`
	After int64  `query:"after"`
	Wait  int    `query:"wait"` // seconds to wait for a line, at most 25
}

type logLine struct {
	Sequence int64  `json:"sequence"` // its place in the log
	Text     string `json:"text"`
}

type logsOutput struct {
	Lines []logLine `json:"lines"`
	Next  int64     `json:"next"`
}

// logs answers as soon as there is a line after the place asked for, or when the
// wait is over.
func (s Services) logs(ctx context.Context, in logsInput) (logsOutput, error) {
	if in.Kind != LogExecution && in.Kind != LogAccess {
		return logsOutput{}, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter 'kind': %q is none of [execution, access].", in.Kind)
	}
	ctx, cancel := context.WithTimeout(ctx, min(max(time.Duration(in.Wait)*time.Second, 0), maxLogWait))
	defer cancel()
	for {
		text, next, err := s.Logs.Tail(context.WithoutCancel(ctx), in.APIID, in.Stage, in.Kind, in.After, maxLogBytes)
		if err != nil {
			return logsOutput{}, err
		}
		if len(text) > 0 || ctx.Err() != nil {
			return logsOutput{Lines: splitLines(text, next), Next: next}, nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(logPoll):
		}
		in.After = next
	}
}

func splitLines(text []byte, next int64) []logLine {
	lines := []logLine{}
	at := next - int64(len(text))
	for line := range bytes.Lines(text) {
		lines = append(lines, logLine{at, string(bytes.TrimRight(line, "\n"))})
		at += int64(len(line))
	}
	return lines
}
