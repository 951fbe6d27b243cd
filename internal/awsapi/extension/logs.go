package extension

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
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
	maxLogBytes = 256 << 10 // of one node
	maxLogWait  = 25 * time.Second
	logPoll     = 200 * time.Millisecond
	newestLines = -1 // the place that asks for the newest lines
)

type logsInput struct {
	stageInput
	Kind  string `query:"kind"`
	After string `query:"after"` // what next said, or one number for all nodes; -1: the newest lines
	Wait  int    `query:"wait"`  // seconds to wait for a line, at most 25
	nodeInput
	languageInput
}

type logLine struct {
	Sequence int64  `json:"sequence"` // its place in the log of its node
	Text     string `json:"text"`
	Node     string `json:"node"` // that wrote it
}

type logsOutput struct {
	Lines   []logLine `json:"lines"`
	Next    string    `json:"next"` // a place in the log of each node
	Missing []Missing `json:"missing,omitempty"`
}

// tailOf is what is asked of a log, with the places of all nodes.
type tailOf struct {
	ofStage
	Kind   string
	Places map[string]int64
	Else   int64 // the place of a node that is not among them
}

type tail struct {
	Lines []byte
	First int64 // the place of Lines
	Next  int64
}

var askTail = question[tailOf, tail]{"tail", func(ctx context.Context, s *Services, in tailOf) (tail, error) {
	offset, known := int64(0), false
	if s.Nodes != nil {
		offset, known = in.Places[s.Nodes.Self()]
	}
	if !known {
		offset = in.Else
	}
	lines, next, err := s.Logs.Tail(ctx, in.APIID, in.Stage, in.Kind, offset, maxLogBytes)
	return tail{lines, next - int64(len(lines)), next}, err
}}

// logs returns as soon as there is a line after the place asked for, or when the
// wait is over.
func (s Services) logs(ctx context.Context, in logsInput) (logsOutput, error) {
	if in.Kind != LogExecution && in.Kind != LogAccess {
		return logsOutput{}, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter 'kind': %q is none of [execution, access].", in.Kind)
	}
	of := tailOf{ofStage: ofStage{in.APIID, in.Stage}, Kind: in.Kind}
	var err error
	if of.Places, of.Else, err = places(in.After); err != nil {
		return logsOutput{}, err
	}
	waiting, cancel := context.WithTimeout(ctx, min(max(time.Duration(in.Wait)*time.Second, 0), maxLogWait))
	defer cancel()
	pause := logPoll
	if s.clustered() {
		pause = followPause
	}
	for {
		parts, missing, err := askTail.ask(ctx, &s, in.Node, in.language(), of)
		if err != nil {
			return logsOutput{}, err
		}
		lines := linesOf(parts)
		for _, p := range parts {
			of.Places[p.node] = p.value.Next
		}
		if len(lines) > 0 || waiting.Err() != nil {
			return logsOutput{lines, placesText(of.Places), missing}, nil
		}
		select {
		case <-waiting.Done():
		case <-time.After(pause):
		}
	}
}

// linesOf joins what the nodes answered, in the order of the lines' times.
func linesOf(parts []part[tail]) []logLine {
	var all []stamped
	first := map[string]int64{}
	for _, p := range parts {
		first[p.node] = p.value.First
		all = appendStamped(all, p.node, p.value.Lines)
	}
	sortStamped(all)
	lines := make([]logLine, 0, len(all))
	for _, line := range all {
		lines = append(lines, logLine{first[line.node] + line.place, string(line.text), line.node})
	}
	return lines
}

// places reads what next said: NODE:PLACE by commas, or one number for all nodes. A
// node that came since begins with its newest lines.
func places(text string) (of map[string]int64, others int64, err error) {
	of = map[string]int64{}
	if text == "" {
		return of, 0, nil
	}
	if place, err := strconv.ParseInt(text, 10, 64); err == nil {
		return of, place, nil
	}
	for entry := range strings.SplitSeq(text, ",") {
		colon := strings.LastIndexByte(entry, ':')
		place, err := strconv.ParseInt(entry[colon+1:], 10, 64)
		if colon < 0 || err != nil {
			return nil, 0, pasarela.Errorf(pasarela.CodeBadRequest, "Invalid parameter 'after': expected what 'next' said, or a whole number, got %q.", text)
		}
		of[entry[:colon]] = place
	}
	return of, newestLines, nil
}

func placesText(of map[string]int64) string {
	var out bytes.Buffer
	for i, node := range slices.Sorted(maps.Keys(of)) {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(node + ":" + strconv.FormatInt(of[node], 10))
	}
	return out.String()
}
