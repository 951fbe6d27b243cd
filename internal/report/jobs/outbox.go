package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// compactAt is the size in bytes from which an outbox without open entries is truncated.
const compactAt = 64 << 10

// An outbox is the log of last frames: one line without a sync just before a frame is
// sent, another as soon as the gateway has answered. A killed process leaves it intact,
// so the next one knows what the store, whose sync may take many milliseconds, does not
// have yet. Only a power cut can lose a line (A-REPORT-1).
type outbox struct {
	mu   sync.Mutex
	file *os.File
	size int64
	open int // frames being sent whose result is not in the store yet
}

// The first character of each line.
const (
	begun = '+'
	ended = '='
)

// openOutbox opens the outbox of a folder and returns the last mark of each ending in
// it. The file keeps the name that earlier versions gave it.
func openOutbox(dir string) (*outbox, map[string]byte, error) {
	name := filepath.Join(dir, "told")
	content, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("the outbox of last frames: %w", err)
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("the outbox of last frames: %w", err)
	}
	marks := map[string]byte{}
	for _, line := range strings.Fields(string(content)) {
		marks[line[1:]] = line[0]
	}
	return &outbox{file: file, size: int64(len(content))}, marks, nil
}

// sending logs that the last frame of a job is about to be sent.
func (d *outbox) sending(ending string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open++
	return d.write(begun, ending)
}

// sent logs that the gateway accepted the frame.
func (d *outbox) sent(ending string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.write(ended, ending)
}

func (d *outbox) write(mark byte, ending string) error {
	n, err := d.file.WriteString(string(mark) + ending + "\n")
	d.size += int64(n)
	return err
}

// settled says that the result is in the store, or that the frame is sent later.
func (d *outbox) settled() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open--
	if d.open == 0 && d.size >= compactAt && d.file.Truncate(0) == nil {
		d.size = 0
	}
}

func (d *outbox) close() error { return d.file.Close() }
