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

const markSuffix = ".checkpoint"

// A mark is a checkpoint of a draft, and how long the draft was then.
type mark struct {
	Bytes      int64           `json:"bytes"`
	Checkpoint json.RawMessage `json:"checkpoint"`
}

// drafts are those of the store that are not whole: being written, or parked until they are
// gone on with.
type drafts struct {
	mu     sync.Mutex
	open   map[string]bool
	parked map[string]mark
}

func (d *drafts) leave(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, id)
}

func (s *Store) draftPath(id string) string {
	return filepath.Join(s.dir, draftFolder, filepath.Base(id))
}

// take opens a draft; the mark is that of a parked one.
func (s *Store) take(id string) *mark {
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
	if d.mark == nil {
		return nil
	}
	return d.mark.Checkpoint
}

// KeepCheckpoint syncs what was written so far, and keeps JSON by which it can be gone on
// with.
func (d *Draft) KeepCheckpoint(checkpoint []byte) error {
	if err := d.file.Sync(); err != nil {
		return noRoom(err)
	}
	next := mark{d.written, checkpoint}
	content, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(d.file.Name()+markSuffix, content, 0o600); err != nil {
		return noRoom(err)
	}
	d.mark = &next
	return nil
}

// Restart empties the draft and forgets its checkpoint.
func (d *Draft) Restart() error {
	if d.mark == nil && d.written == 0 {
		return nil
	}
	d.mark = nil
	if err := os.Remove(d.file.Name() + markSuffix); err != nil && !os.IsNotExist(err) {
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

// Park ends the draft for now: cut to its checkpoint it stays until it is gone on with or
// dropped. One without a checkpoint is discarded.
func (d *Draft) Park() {
	if d.mark == nil || d.file.Truncate(d.mark.Bytes) != nil {
		d.Discard()
		return
	}
	_ = d.file.Close() // what counts was synced with the checkpoint
	d.store.used.Add(d.mark.Bytes - d.written)
	d.store.drafts.mu.Lock()
	defer d.store.drafts.mu.Unlock()
	delete(d.store.drafts.open, d.id)
	d.store.drafts.parked[d.id] = *d.mark
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
		_ = os.Remove(s.draftPath(id))              // the next start deletes it at the latest
		_ = os.Remove(s.draftPath(id) + markSuffix) // likewise
		s.used.Add(-known.Bytes)
	}
}

// findParked keeps the drafts of an earlier process that have a checkpoint, cut to it, and
// deletes all others.
func (s *Store) findParked() error {
	folder := filepath.Join(s.dir, draftFolder)
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("files: list drafts: %w", err)
	}
	for _, entry := range entries {
		if id, is := strings.CutSuffix(entry.Name(), markSuffix); is {
			if known, ok := readMark(filepath.Join(folder, entry.Name()), filepath.Join(folder, id)); ok {
				s.drafts.parked[id] = known
				s.used.Add(known.Bytes)
			}
		}
	}
	for _, entry := range entries {
		id, _ := strings.CutSuffix(entry.Name(), markSuffix)
		if _, keep := s.drafts.parked[id]; keep {
			continue
		}
		if err := os.RemoveAll(filepath.Join(folder, entry.Name())); err != nil {
			return fmt.Errorf("files: delete old drafts: %w", err)
		}
	}
	return nil
}

func readMark(markFile, draft string) (known mark, ok bool) {
	content, err := os.ReadFile(markFile)
	if err != nil || json.Unmarshal(content, &known) != nil || known.Bytes <= 0 {
		return mark{}, false
	}
	info, err := os.Stat(draft)
	if err != nil || info.Mode()&fs.ModeType != 0 || info.Size() < known.Bytes {
		return mark{}, false
	}
	return known, os.Truncate(draft, known.Bytes) == nil
}
