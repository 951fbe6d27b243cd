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

// compactAt is the size from which a diary without open entries is begun anew.
const compactAt = 64 << 10

// A diary notes whom this process is telling and has told: a write without a
// sync just before a frame goes out and another as soon as the gateway has
// answered. A killed process leaves it whole, so the next one knows what the
// store, whose sync may take many milliseconds, does not know yet. Only a
// machine that stops can lose a line.
type outbox struct {
	mu   sync.Mutex
	file *os.File
	size int64
	open int // begun here and not yet settled in the store
}

// The marks of the diary's lines.
const (
	begun = '+'
	ended = '='
)

// openOutbox opens the diary of a folder and returns the last mark of each ending
// in it.
func openOutbox(dir string) (*outbox, map[string]byte, error) {
	name := filepath.Join(dir, "told")
	content, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("the diary of who was told: %w", err)
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("the diary of who was told: %w", err)
	}
	marks := map[string]byte{}
	for _, line := range strings.Fields(string(content)) {
		marks[line[1:]] = line[0]
	}
	return &outbox{file: file, size: int64(len(content))}, marks, nil
}

// sending notes that the frame with an ending goes out now.
func (d *outbox) sending(ending string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open++
	return d.write(begun, ending)
}

// sent notes that the gateway took the frame.
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

// settled says that the store knows as well, or that the telling is put off.
func (d *outbox) settled() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open--
	if d.open == 0 && d.size >= compactAt && d.file.Truncate(0) == nil {
		d.size = 0
	}
}

func (d *outbox) close() error { return d.file.Close() }
