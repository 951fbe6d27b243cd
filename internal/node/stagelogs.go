package node

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/accesslog"
)

// Bounds of one log.
const (
	logBacklog = 4 << 20                // bytes that may wait for a slow disk
	logEvery   = 200 * time.Millisecond // lines are seen at most so late
	logSize    = 64 << 20               // bytes of a file before it becomes NAME.old
)

// stageLogs keeps the logs of stages, a file each under the data directory, named
// like AWS's log groups; lines are also written to the feed, whose followers read them live.
type stageLogs struct {
	dir  string
	feed io.Writer
	log  *slog.Logger

	mu   sync.Mutex
	open map[string]*execution.Sink
}

func newStageLogs(dir string, feed io.Writer, log *slog.Logger) *stageLogs {
	return &stageLogs{dir: dir, feed: feed, log: log, open: map[string]*execution.Sink{}}
}

// execution opens the execution log of a stage.
func (b *stageLogs) execution(apiID, stageName string) stage.Lines {
	return b.lines(executionLog(apiID, stageName))
}

// executionLog is what AWS calls the log group of a WebSocket stage (aws-dataplane
// §10.5); REST stages have another name.
func executionLog(apiID, stageName string) string {
	return executionLogs + apiID + "/" + stageName
}

// access opens what the destination of an access log stands for: a log group or
// a delivery stream of AWS is a file here (A-NODE-2).
func (b *stageLogs) access(destinationARN string) (stage.Lines, error) {
	name, err := accessLog(destinationARN)
	if err != nil {
		return nil, err
	}
	return b.lines(name), nil
}

// accessLog is the name of the log that an access log's destination stands for.
// The execution log of a stage is no valid destination: a caller who may set the access
// log of one API could write lines into the execution log of another.
func accessLog(destinationARN string) (string, error) {
	name, err := accesslog.Destination(destinationARN)
	if err != nil {
		return "", fmt.Errorf("accessLogSettings.destinationArn: %w", err)
	}
	name = strings.TrimPrefix(name, "/")
	if strings.HasPrefix(name, strings.TrimPrefix(executionLogs, "/")) || strings.HasPrefix(name, strings.TrimPrefix(functionLogs, "/")) {
		return name + accessSuffix, nil
	}
	return name, nil
}

const (
	executionLogs = "/aws/apigateway/"
	functionLogs  = "/aws/lambda/"
	accessSuffix  = "#access" // no API or stage has it in its name
)

// path is the file of the log of that name: its parts become folders, and none
// of them can lead out of the folder of logs.
func (b *stageLogs) path(name string) string {
	path := b.dir
	for part := range strings.SplitSeq(name, "/") {
		escaped := pasarela.EscapeKey(part)
		if strings.Trim(part, ".") != "" {
			escaped = strings.ReplaceAll(escaped, "=2E", ".")
		}
		path = filepath.Join(path, escaped)
	}
	if path == b.dir {
		path = filepath.Join(b.dir, "unnamed")
	}
	return path + ".log"
}

// lines opens the log of that name, once: two sinks on one file would mix their lines.
func (b *stageLogs) lines(name string) stage.Lines {
	b.mu.Lock()
	defer b.mu.Unlock()
	if found, ok := b.open[name]; ok {
		return found
	}
	file := &logFile{path: b.path(name), log: b.log}
	feed := b.feed
	if !strings.HasPrefix(name, functionLogs) { // whose lines name the function
		feed = labelled{feed, strings.TrimPrefix(name, executionLogs)}
	}
	sink := execution.NewSink(io.MultiWriter(file, feed), logBacklog, logEvery)
	b.open[name] = sink
	return sink
}

// labelled writes lines with a label and " | " before each: "API/STAGE" of an execution log, the
// name of an access log.
type labelled struct {
	to    io.Writer
	label string
}

func (l labelled) Write(lines []byte) (int, error) {
	var out bytes.Buffer
	for line := range bytes.Lines(lines) {
		out.WriteString(l.label + " | ")
		out.Write(line)
	}
	_, err := l.to.Write(out.Bytes())
	return len(lines), err
}

// dropped is how many bytes of log were lost because the buffer was full.
func (b *stageLogs) dropped() (bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, sink := range b.open {
		bytes += sink.Dropped.Load()
	}
	return bytes
}

// close writes what is buffered.
func (b *stageLogs) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, sink := range b.open {
		sink.Close()
	}
	b.open = map[string]*execution.Sink{}
}

// logFile is a file that is renamed when it is long (log rotation). It is open only while
// lines are written, a few times a second at most, so that an inactive log holds no
// descriptor and its file may be moved. A failed write is logged once.
type logFile struct {
	path   string
	log    *slog.Logger
	failed bool
}

// Write never fails: followers of the feed get the lines even when the disk takes none.
func (f *logFile) Write(lines []byte) (int, error) {
	if err := f.write(lines); err != nil && !f.failed {
		f.failed = true
		f.log.Warn("a log cannot be written", "file", f.path, "error", err)
	} else if err == nil {
		f.failed = false
	}
	return len(lines), nil
}

// write appends lines. It first renames a file that is longer than [logSize].
func (f *logFile) write(lines []byte) error {
	if info, err := os.Stat(f.path); err == nil && info.Size() > logSize {
		if err := os.Rename(f.path, f.path+".old"); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(lines)
	return errors.Join(err, file.Close())
}
