package functions

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/printable"
)

// maxLine bounds one line of a function's output, in bytes; longer ones are cut in pieces.
const maxLine = 64 << 10

// output writes what a process prints to the function's log, with the platform's lines
// about each invocation in between. A platform line comes after everything that the
// process had printed when the line was made: the reader empties the pipe first.
type output struct {
	lines Lines
	name  string

	mu    sync.Mutex
	file  *os.File // nil before the process is started and after it has ended
	marks []mark
	// unwritten counts marks, and those that the reader has taken and not written yet.
	unwritten int
	partial   []byte
	current   *invocation
	closing   bool          // the process has ended
	done      chan struct{} // closed when read is over; nil before the process is started
}

// mark is a line of the platform; first begins an invocation and last ends it.
type mark struct {
	inv         *invocation
	text        string
	first, last bool
}

func newOutput(lines Lines, name string) *output { return &output{lines: lines, name: name} }

// line writes one line to the log.
func (o *output) line(text string) {
	at := time.Now().UTC()
	record := at.AppendFormat(nil, "2006-01-02T15:04:05.000Z ")
	record = append(record, LogName(o.name)...)
	record = append(record, ' ')
	record = append(record, printable.String(text, printable.Line)...)
	o.lines.Write(append(record, '\n'))
}

// begin writes the line that an invocation begins with, at once where no other line waits:
// what the process prints next belongs behind it, whenever the reader comes to read.
func (o *output) begin(inv *invocation) {
	m := mark{inv: inv, text: "START RequestId: " + inv.id + " Version: " + inv.version, first: true}
	o.mu.Lock()
	if o.unwritten == 0 {
		o.flushPartial()
		o.write(m)
		o.mu.Unlock()
		return
	}
	o.mu.Unlock()
	o.mark(m)
}

// note writes a line about an invocation.
func (o *output) note(inv *invocation, text string) { o.mark(mark{inv: inv, text: text}) }

// end writes the lines that an invocation ends with.
func (o *output) end(inv *invocation) {
	took := float64(time.Since(inv.started).Microseconds()) / 1000
	report := fmt.Sprintf("REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB", inv.id, took, int64(took)+1, inv.memory)
	if inv.cold > 0 {
		report += fmt.Sprintf("\tInit Duration: %.2f ms", float64(inv.cold.Microseconds())/1000)
	}
	o.mark(mark{inv: inv, text: "END RequestId: " + inv.id})
	o.mark(mark{inv: inv, text: report, last: true})
}

// mark writes a line after what the process has printed so far.
func (o *output) mark(m mark) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file == nil || o.file.SetReadDeadline(time.Unix(1, 0)) != nil {
		o.write(m) // no reader, or a system whose pipes cannot be interrupted
		return
	}
	o.marks = append(o.marks, m)
	o.unwritten++
}

// write writes a mark. o.mu is held.
func (o *output) write(m mark) {
	if m.first {
		o.current = m.inv
	}
	o.text(m.text)
	if m.last {
		if m.inv.tail != nil {
			m.inv.tail.close()
		}
		o.current = nil
	}
}

// text writes a line and keeps it for the invocation under way. o.mu is held.
func (o *output) text(text string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\r"), "\r") { // lines of one message
		if o.current != nil && o.current.tail != nil {
			o.current.tail.add(line)
		}
		o.line(line)
	}
}

// open takes the pipe that read will read.
func (o *output) open(file *os.File) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.file, o.done = file, make(chan struct{})
}

// read reads what the process prints until it has ended and the pipe is empty.
func (o *output) read(file *os.File) {
	defer close(o.done)
	buffer := make([]byte, 32<<10)
	for {
		n, err := file.Read(buffer)
		o.take(buffer[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = o.interrupted(file, buffer)
		}
		if err != nil {
			break
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.file = nil
	o.flushPartial()
	for _, m := range o.marks {
		o.write(m)
	}
	o.marks, o.unwritten = nil, 0
	_ = file.Close() // nothing was written
}

// interrupted reads what is in the pipe without waiting, and writes the marks.
func (o *output) interrupted(file *os.File, buffer []byte) error {
	o.mu.Lock()
	marks := o.marks
	o.marks = nil
	err := file.SetReadDeadline(time.Time{})
	o.mu.Unlock()
	if err != nil {
		return err
	}
	for {
		n := readAvailable(file, buffer)
		if n <= 0 {
			break
		}
		o.take(buffer[:n])
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flushPartial()
	for _, m := range marks {
		o.write(m)
	}
	o.unwritten -= len(marks)
	if o.closing {
		return io.EOF
	}
	return nil
}

// take writes the whole lines of what was read and keeps the rest.
func (o *output) take(piece []byte) {
	if len(piece) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.partial = append(o.partial, piece...)
	for {
		end := bytes.IndexByte(o.partial, '\n')
		if end < 0 && len(o.partial) < maxLine {
			return
		}
		if end < 0 || end > maxLine {
			end = maxLine
			o.text(string(o.partial[:end]))
			o.partial = o.partial[end:]
			continue
		}
		o.text(string(o.partial[:end]))
		o.partial = o.partial[end+1:]
	}
}

// flushPartial writes a line that the process has not ended. o.mu is held.
func (o *output) flushPartial() {
	if len(o.partial) > 0 {
		o.text(string(o.partial))
	}
	o.partial = nil
}

// ended returns when everything that the process printed is in the log, so that a caller
// that reads the log after a failure finds the reason there. A process that left its
// process group may hold the pipe open, so the wait has a limit; on a system whose pipes
// have no deadlines, later output is still written.
func (o *output) ended() {
	o.mu.Lock()
	if o.closing = true; o.file != nil {
		_ = o.file.SetReadDeadline(time.Now().Add(outputAfterEnd))
	}
	o.mu.Unlock()
	limit := time.NewTimer(2 * outputAfterEnd)
	defer limit.Stop()
	select {
	case <-o.done:
	case <-limit.C:
	}
}

// outputAfterEnd is how long output is read after the end of a process.
const outputAfterEnd = 200 * time.Millisecond

// maxTail is how much of its log a caller gets (aws-lambda §1).
const maxTail = 4 << 10

// tail collects the last lines of one invocation.
type tail struct {
	mu    sync.Mutex
	text  []byte
	whole chan struct{}
	once  sync.Once
}

func newTail() *tail { return &tail{whole: make(chan struct{})} }

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(append(t.text, line...), '\n')
	if over := len(t.text) - maxTail; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
}

func (t *tail) close() { t.once.Do(func() { close(t.whole) }) }

// take waits until the last line is there.
func (t *tail) take(ctx context.Context) []byte {
	select {
	case <-t.whole:
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.text)
}
