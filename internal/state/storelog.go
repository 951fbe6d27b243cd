package state

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

// storeLogFile has a line for every acknowledged write of the embedded store: its key,
// its revision, the checksum of its value, and a checksum of the line. JetStream goes on
// with what it can read and does not report lost writes; this file names them. A line is
// written before the write is acknowledged, and synced within storeLogSync: a power cut may
// lose the last lines, never a write that has a line.
const (
	storeLogFile  = "store.log"
	storeLogSync  = time.Second
	storeLogSpare = 1 << 20 // bytes of outdated notes from which on the file is rewritten
	gone          = "-"     // the checksum of a removal
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// noted is the last write of a key.
type noted struct {
	revision uint64
	sum      string // of the value, or gone
}

func sumOf(value []byte) string {
	return strconv.FormatUint(uint64(crc32.Checksum(value, castagnoli)), 16)
}

// storeLog appends the lines.
type storeLog struct {
	path string
	log  *slog.Logger
	work sync.WaitGroup
	stop chan struct{}

	mu      sync.Mutex
	file    *os.File
	known   map[string]noted
	size    int64 // of the file
	least   int64 // of the file when it was last rewritten
	dirty   bool
	failing bool // the last write failed, and that was logged
}

// readStoreLog reads the lines of earlier runs. It stops at the first line that cannot be
// read; bad is the offset of that line in bytes, -1 when there is none.
func readStoreLog(dir string) (known map[string]noted, bad int64, err error) {
	data, err := os.ReadFile(filepath.Join(dir, storeLogFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, -1, nil
	}
	if err != nil {
		return nil, -1, err
	}
	known = map[string]noted{}
	for at := 0; at < len(data); {
		end := bytes.IndexByte(data[at:], '\n')
		if end < 0 {
			return known, int64(at), nil
		}
		key, n, ok := parseNote(string(data[at : at+end]))
		if !ok {
			return known, int64(at), nil
		}
		known[key] = n
		at += end + 1
	}
	return known, -1, nil
}

func appendNote(line []byte, key string, n noted) []byte {
	body := fmt.Sprintf("%d %s %s", n.revision, n.sum, key)
	return append(line, sumOf([]byte(body))+" "+body+"\n"...)
}

func parseNote(line string) (key string, n noted, ok bool) {
	sum, body, ok := strings.Cut(line, " ")
	if !ok || sum != sumOf([]byte(body)) {
		return "", n, false
	}
	parts := strings.SplitN(body, " ", 3)
	if len(parts) != 3 {
		return "", n, false
	}
	revision, err := strconv.ParseUint(parts[0], 10, 64)
	return parts[2], noted{revision, parts[1]}, err == nil
}

// compareNotes returns an error that names what the log has and the store does not.
func compareNotes(known, have map[string]noted) error {
	lost := lostOf(known, have)
	if len(lost) == 0 {
		return nil
	}
	return fmt.Errorf("acknowledged writes are lost: %s%s; to go on without them, remove %s", listed(lost), repair, storeLogFile)
}

// lostOf names what is noted and not there, sorted.
func lostOf(known, have map[string]noted) (lost []string) {
	for key, n := range known {
		h, there := have[key]
		switch {
		case n.sum == gone && there && h.sum != gone && h.revision < n.revision:
			lost = append(lost, fmt.Sprintf("%s (its removal at revision %d)", key, n.revision))
		case n.sum == gone:
		case !there || h.revision < n.revision:
			lost = append(lost, fmt.Sprintf("%s (revision %d)", key, n.revision))
		case h.revision == n.revision && h.sum != n.sum:
			lost = append(lost, fmt.Sprintf("%s (revision %d reads otherwise than it was written)", key, n.revision))
		}
	}
	slices.Sort(lost)
	return lost
}

// listed is a list for an error, which has an end.
func listed(names []string) string {
	const shown = 20
	more := ""
	if len(names) > shown {
		more, names = fmt.Sprintf(" and %d more", len(names)-shown), names[:shown]
	}
	return strings.Join(names, ", ") + more
}

// startStoreLog rewrites the file from the content of the store.
func startStoreLog(dir string, have map[string]noted, log *slog.Logger) (*storeLog, error) {
	g := &storeLog{path: filepath.Join(dir, storeLogFile), log: log, known: have, stop: make(chan struct{})}
	if err := g.renew(); err != nil {
		return nil, err
	}
	g.work.Go(g.keepSynced)
	return g, nil
}

// renew replaces the file by one without notes that are out of date. g.mu is held.
func (l *storeLog) renew() error {
	var text []byte
	for key, n := range l.known {
		text = appendNote(text, key, n)
	}
	if l.file != nil {
		_ = l.file.Close() // Windows replaces no file that is open
	}
	err := atomicfile.Write(l.path, text, 0o600)
	if err == nil {
		l.size, l.least, l.dirty = int64(len(text)), int64(len(text)), false
	}
	file, openErr := os.OpenFile(l.path, os.O_APPEND|os.O_WRONLY, 0o600)
	if openErr == nil {
		l.file = file
	}
	return errors.Join(err, openErr)
}

// note writes a line. A failure is logged and fails no write, since the store has synced
// it already.
func (l *storeLog) note(w written) {
	n := noted{w.revision, gone}
	if w.value != nil {
		n.sum = sumOf(w.value)
	}
	line := appendNote(nil, w.key, n)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known[w.key].revision > w.revision {
		return // two writers, acknowledged in the other order
	}
	l.known[w.key] = n
	_, err := l.file.Write(line)
	l.size += int64(len(line))
	l.dirty = true
	if err == nil && l.size > 2*l.least+storeLogSpare {
		err = l.renew()
	}
	if err != nil && !l.failing {
		l.log.Warn("acknowledged writes cannot be noted beside the store; a loss of them would not be noticed", "file", l.path, "error", err)
	}
	l.failing = err != nil
}

func (l *storeLog) keepSynced() {
	tick := time.NewTicker(storeLogSync)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			l.sync()
		}
	}
}

func (l *storeLog) sync() {
	l.mu.Lock()
	file, dirty := l.file, l.dirty
	l.dirty = false
	l.mu.Unlock()
	if dirty {
		_ = file.Sync() // closed: it was replaced by one that is synced
	}
}

func (l *storeLog) close() {
	close(l.stop)
	l.work.Wait()
	l.sync()
	_ = l.file.Close() // synced
}
