package blobstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// freeCheck is the number of bytes that a draft grows between two checks of the
// disk's free space.
const freeCheck = 8 << 20

// A Draft is the file of a report that is being written. It is used by one goroutine.
type Draft struct {
	store      *Store
	file       *os.File
	id         string
	written    int64
	checked    int64
	kept       bool
	checkpoint *checkpointFile // the last checkpoint
}

// Draft begins a report's file, or opens the parked one, which ends at its checkpoint;
// Keep, Park or Discard ends it. The error is ErrFull when there is no room.
func (s *Store) Draft(id string) (*Draft, error) {
	if err := s.Room(); err != nil {
		return nil, err
	}
	d := &Draft{store: s, id: id}
	known := s.take(id)
	var err error
	if known == nil {
		d.file, err = os.Create(s.draftPath(id))
	} else {
		d.checkpoint, d.written = known, known.Bytes
		d.file, err = os.OpenFile(s.draftPath(id), os.O_RDWR|os.O_APPEND, 0o600)
	}
	if err != nil {
		s.drafts.leave(id)
		return nil, noRoom(err)
	}
	return d, nil
}

// Write adds to the draft. The error is ErrFull when a limit or the disk's end
// is reached.
func (d *Draft) Write(p []byte) (int, error) {
	if limit := d.store.limits.Total; limit > 0 && d.store.used.Load()+int64(len(p)) > limit {
		return 0, fmt.Errorf("%w: the limit of %d bytes is reached", ErrFull, limit)
	}
	if d.written-d.checked >= freeCheck {
		d.checked = d.written
		if err := d.store.Room(); err != nil {
			return 0, err
		}
	}
	n, err := d.file.Write(p)
	d.written += int64(n)
	d.store.used.Add(int64(n))
	return n, noRoom(err)
}

// Keep makes the report and its preview available: the preview first, so that every
// report that can be found has one.
func (d *Draft) Keep(ctx context.Context, format string, preview []byte) error {
	if err := d.finish(); err != nil {
		return noRoom(err)
	}
	if err := d.keepPreview(ctx, preview); err != nil {
		return noRoom(err)
	}
	// A report that is made again, after a crash or a replay, replaces the earlier file.
	freed, err := d.store.backend.remove(ctx, reportKey(d.id, format))
	if err != nil {
		return err
	}
	d.store.used.Add(-freed)
	if err := d.store.backend.put(ctx, reportKey(d.id, format), d.file.Name(), ContentType(format)); err != nil {
		return noRoom(err)
	}
	d.kept = true
	d.store.learn(d.written)
	return nil
}

// Discard deletes the draft unless it is kept.
func (d *Draft) Discard() {
	defer d.store.drafts.leave(d.id)
	_ = d.file.Close()                              // it is deleted
	_ = os.Remove(d.file.Name())                    // gone already when kept
	_ = os.Remove(d.file.Name() + checkpointSuffix) // there may be none
	if !d.kept || d.store.remote {
		d.store.used.Add(-d.written)
	}
}

func (d *Draft) finish() error {
	if err := d.file.Sync(); err != nil {
		return err
	}
	return d.file.Close()
}

func (d *Draft) keepPreview(ctx context.Context, preview []byte) error {
	path := d.file.Name() + ".json"
	if err := os.WriteFile(path, preview, 0o600); err != nil {
		return err
	}
	freed, err := d.store.backend.remove(ctx, previewKey(d.id))
	if err != nil {
		return err
	}
	if !d.store.remote {
		d.store.used.Add(int64(len(preview)) - freed)
	}
	return d.store.backend.put(ctx, previewKey(d.id), path, "application/json")
}

// noRoom makes ErrFull of ENOSPC, EDQUOT (the user's quota) and EFBIG.
func noRoom(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
