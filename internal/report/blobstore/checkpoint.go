package blobstore

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

const checkpointSuffix = ".checkpoint"

// A checkpointFile is a checkpoint of a draft, and how long the draft was then.
type checkpointFile struct {
	Bytes      int64           `json:"bytes"`
	Checkpoint json.RawMessage `json:"checkpoint"`
}

// drafts are the files of the store that are not complete: being written, or parked until
// they are continued.
type drafts struct {
	mu     sync.Mutex
	open   map[string]bool
	parked map[string]checkpointFile
}

func (d *drafts) leave(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, id)
}

func (s *Store) draftPath(id string) string {
	return filepath.Join(s.dir, draftFolder, filepath.Base(id))
}

// take opens a draft; checkpoint is that of a parked one.
func (s *Store) take(id string) *checkpointFile {
	s.drafts.mu.Lock()
	defer s.drafts.mu.Unlock()
	s.drafts.open[id] = true
	known, ok := s.drafts.parked[id]
	if !ok {
		return nil
	}
	delete(s.drafts.parked, id)
	return &known
}

// Checkpoint is what was kept last of the draft; nil without.
func (d *Draft) Checkpoint() []byte {
	if d.checkpoint == nil {
		return nil
	}
	return d.checkpoint.Checkpoint
}

// KeepCheckpoint syncs what was written so far, and keeps JSON from which it can be
// continued.
func (d *Draft) KeepCheckpoint(checkpoint []byte) error {
	if err := d.file.Sync(); err != nil {
		return noRoom(err)
	}
	next := checkpointFile{d.written, checkpoint}
	content, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(d.file.Name()+checkpointSuffix, content, 0o600); err != nil {
		return noRoom(err)
	}
	d.checkpoint = &next
	return nil
}

// Restart empties the draft and forgets its checkpoint.
func (d *Draft) Restart() error {
	if d.checkpoint == nil && d.written == 0 {
		return nil
	}
	d.checkpoint = nil
	if err := os.Remove(d.file.Name() + checkpointSuffix); err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := d.file.Truncate(0); err != nil {
		return err
	}
	_, err := d.file.Seek(0, 0)
	d.store.used.Add(-d.written)
	d.written, d.checked = 0, 0
	return err
}

// Park ends the draft for now: truncated to its checkpoint, it stays until it is
// continued or dropped. One without a checkpoint is discarded.
func (d *Draft) Park() {
	if d.checkpoint == nil || d.file.Truncate(d.checkpoint.Bytes) != nil {
		d.Discard()
		return
	}
	_ = d.file.Close() // what counts was synced with the checkpoint
	d.store.used.Add(d.checkpoint.Bytes - d.written)
	d.store.drafts.mu.Lock()
	defer d.store.drafts.mu.Unlock()
	delete(d.store.drafts.open, d.id)
	d.store.drafts.parked[d.id] = *d.checkpoint
}

// DropParked deletes the parked drafts of reports that are not wanted: no job goes on with them.
func (s *Store) DropParked(wanted func(id string) bool) {
	s.drafts.mu.Lock()
	defer s.drafts.mu.Unlock()
	for id, known := range s.drafts.parked {
		if wanted(id) {
			continue
		}
		delete(s.drafts.parked, id)
		_ = os.Remove(s.draftPath(id))                    // the next start deletes it at the latest
		_ = os.Remove(s.draftPath(id) + checkpointSuffix) // likewise
		s.used.Add(-known.Bytes)
	}
}

// findParked keeps the drafts of an earlier process that have a checkpoint, truncated to
// it, and deletes all others.
func (s *Store) findParked() error {
	folder := filepath.Join(s.dir, draftFolder)
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("files: list drafts: %w", err)
	}
	for _, entry := range entries {
		if id, is := strings.CutSuffix(entry.Name(), checkpointSuffix); is {
			if known, ok := readCheckpoint(filepath.Join(folder, entry.Name()), filepath.Join(folder, id)); ok {
				s.drafts.parked[id] = known
				s.used.Add(known.Bytes)
			}
		}
	}
	for _, entry := range entries {
		id, _ := strings.CutSuffix(entry.Name(), checkpointSuffix)
		if _, keep := s.drafts.parked[id]; keep {
			continue
		}
		if err := os.RemoveAll(filepath.Join(folder, entry.Name())); err != nil {
			return fmt.Errorf("files: delete old drafts: %w", err)
		}
	}
	return nil
}

func readCheckpoint(markFile, draft string) (known checkpointFile, ok bool) {
	content, err := os.ReadFile(markFile)
	if err != nil || json.Unmarshal(content, &known) != nil || known.Bytes <= 0 {
		return checkpointFile{}, false
	}
	info, err := os.Stat(draft)
	if err != nil || info.Mode()&fs.ModeType != 0 || info.Size() < known.Bytes {
		return checkpointFile{}, false
	}
	return known, os.Truncate(draft, known.Bytes) == nil
}
