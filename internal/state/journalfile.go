package state

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
)

const (
	journalFolder = "journal"
	journalSuffix = ".log"
	journalSync   = time.Second // after a write; a power cut takes what is not synced
)

// fileJournal is a [pasarela.Journal] in a file beside the embedded store.
type fileJournal struct {
	mu    sync.Mutex // the sync has a goroutine of its own
	path  string
	file  *os.File // nil until the first write
	size  int64
	timer *time.Timer // of the next sync; nil while all is synced
	syncs groupSync
}

func journalPath(dir string, run pasarela.Run) string {
	return filepath.Join(dir, journalFolder, run.ID+journalSuffix)
}

// Append writes behind the batches before. The batch survives the end of the process at
// once, and a power cut [journalSync] later. Half a batch that a full disk leaves is cut
// off again.
func (j *fileJournal) Append(_ context.Context, batch []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.open(); err != nil {
		return err
	}
	if _, err := j.file.WriteAt(batch, j.size); err != nil {
		return errors.Join(err, j.file.Truncate(j.size)) // half a batch would be read as damage
	}
	j.size += int64(len(batch))
	if j.timer == nil {
		j.timer = time.AfterFunc(journalSync, j.sync)
	}
	return nil
}

// open is called with j.mu held.
func (j *fileJournal) open() error {
	if j.file != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(j.path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(j.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	j.file, j.size = file, info.Size()
	return nil
}

// Sync makes what was appended survive a power cut. Callers that wait at the same time
// share a sync.
func (j *fileJournal) Sync() error { return j.syncs.do(j.syncFile) }

func (j *fileJournal) syncFile() error {
	j.mu.Lock()
	file := j.file
	j.mu.Unlock()
	if file == nil {
		return nil // nothing was appended, or it was replaced by what is synced
	}
	if err := file.Sync(); !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

func (j *fileJournal) sync() {
	j.mu.Lock()
	file := j.file
	j.timer = nil
	j.mu.Unlock()
	if file != nil {
		_ = file.Sync() // closed: it was replaced by one that is synced, or the journal has ended
	}
}

// Rewrite writes a second file, syncs it, and renames it over the first: a crash leaves
// the one or the other, whole.
func (j *fileJournal) Rewrite(_ context.Context, batches iter.Seq[[]byte]) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := os.MkdirAll(filepath.Dir(j.path), 0o700); err != nil {
		return err
	}
	path := j.path + ".new"
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	for batch := range batches {
		if _, err = file.Write(batch); err != nil {
			break
		}
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	if j.file != nil {
		_ = j.file.Close() // Windows replaces no file that is open
		j.file = nil
	}
	return os.Rename(path, j.path)
}

// Read calls each once with the whole file; a journal that is not there is empty.
func (j *fileJournal) Read(_ context.Context, each func([]byte)) error {
	j.mu.Lock()
	path := j.path
	j.mu.Unlock()
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		each(data)
	}
	return err
}

// Remove closes the file and removes it; one that is gone is no error.
func (j *fileJournal) Remove(context.Context) error {
	err := j.Close()
	j.mu.Lock()
	defer j.mu.Unlock()
	if removal := os.Remove(j.path); !errors.Is(removal, os.ErrNotExist) {
		err = errors.Join(err, removal)
	}
	return err
}

// Close syncs the file and closes it. The next Append opens it again.
func (j *fileJournal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.timer != nil {
		j.timer.Stop()
		j.timer = nil
	}
	if j.file == nil {
		return nil
	}
	file := j.file
	j.file = nil
	return errors.Join(file.Sync(), file.Close())
}

// journalFiles are the runs that left journals in dir.
func journalFiles(dir, node string) ([]pasarela.Run, error) {
	files, err := os.ReadDir(filepath.Join(dir, journalFolder))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var runs []pasarela.Run
	for _, file := range files {
		if id, ok := strings.CutSuffix(file.Name(), journalSuffix); ok {
			runs = append(runs, pasarela.Run{Node: node, ID: id})
		}
	}
	return runs, err
}
