// Package blobstore stores finished reports in a folder or in an S3-compatible bucket. A
// report is written as a draft and gets its name only when it is complete, so that no
// partial file can be served.
package blobstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
)

// Errors of the store.
var (
	ErrFull    = errors.New("the storage for reports is full")
	ErrMissing = errors.New("there is no such file")
)

// Limits bound what drafts and kept reports take on this node's disk.
type Limits struct {
	Total int64 // bytes of reports; 0: no limit
	Free  int64 // bytes that stay free on the disk; 0: 64 MiB
}

const (
	keptFolder  = "kept"
	draftFolder = "drafts"
	defaultFree = 64 << 20
)

// A backend keeps complete files by key.
type backend interface {
	// put moves the file at the path to the key, replacing what was there.
	put(ctx context.Context, key, path, contentType string) error
	// read returns a small file, or ErrMissing.
	read(ctx context.Context, key string) ([]byte, error)
	// open returns a file of any size, or ErrMissing.
	open(ctx context.Context, key string) (io.ReadCloser, error)
	// serve writes a download, ranges included; ErrMissing means that nothing
	// was answered yet.
	serve(w http.ResponseWriter, r *http.Request, key string, as Attachment) error
	// remove returns the bytes that were freed here; a missing key is no error.
	remove(ctx context.Context, key string) (int64, error)
}

// A Store keeps reports.
type Store struct {
	dir     string
	limits  Limits
	backend backend
	remote  bool // complete files take no space on this node
	used    atomic.Int64
	usual   atomic.Int64 // bytes of a report, smoothed; 0 until one is kept
	drafts  drafts
}

// Open opens the store in a folder, deletes the drafts of an earlier process that have no checkpoint, and counts what is kept. Address is "" for the folder itself or the
// URL of a bucket: s3://KEY:SECRET@host[:port]/bucket[/prefix]?region=R, with
// tls=false for plain HTTP.
func Open(dir, address string, limits Limits) (*Store, error) {
	if limits.Free == 0 {
		limits.Free = defaultFree
	}
	s := &Store{dir: dir, limits: limits, drafts: drafts{open: map[string]bool{}, parked: map[string]checkpointFile{}}}
	if err := s.findParked(); err != nil {
		return nil, err
	}
	for _, folder := range []string{keptFolder, draftFolder} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
	}
	if address != "" {
		bucket, err := openBucket(address)
		if err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
		s.backend, s.remote = bucket, true
		return s, nil
	}
	kept := folder(filepath.Join(dir, keptFolder))
	used, count, err := kept.size()
	if err != nil {
		return nil, fmt.Errorf("files: count what is kept: %w", err)
	}
	s.backend = kept
	s.used.Add(used)
	s.usual.Store(used / max(count, 1))
	return s, nil
}

// Room tells whether another report can be begun; the error is ErrFull.
func (s *Store) Room() error {
	if s.limits.Total > 0 && s.used.Load() >= s.limits.Total {
		return fmt.Errorf("%w: the limit of %d bytes is reached", ErrFull, s.limits.Total)
	}
	free, err := freeBytes(s.dir)
	if err == nil && free < s.limits.Free {
		return fmt.Errorf("%w: the disk of %s has %d bytes left and %d must stay free", ErrFull, s.dir, free, s.limits.Free)
	}
	return nil
}

// RoomFor tells whether another report can be accepted while pending ones are still to
// be written, each estimated at the smoothed size of recent reports: an accepted report
// should not fail because the disk is full (A-REPORT-5). The error is ErrFull.
func (s *Store) RoomFor(pending int) error {
	if err := s.Room(); err != nil || pending <= 0 {
		return err
	}
	expected := s.usual.Load() * int64(pending)
	if s.limits.Total > 0 && s.used.Load()+expected >= s.limits.Total {
		return fmt.Errorf("%w: the limit of %d bytes is reached when %d waiting reports are written", ErrFull, s.limits.Total, pending)
	}
	free, err := freeBytes(s.dir)
	if err == nil && free-expected < s.limits.Free {
		return fmt.Errorf("%w: the disk of %s has %d bytes left for %d waiting reports, and %d must stay free", ErrFull, s.dir, free, pending, s.limits.Free)
	}
	return nil
}

// learn updates the estimate of a report's size: an exponential moving average with
// weight 1/8.
func (s *Store) learn(size int64) {
	for {
		old := s.usual.Load()
		next := (7*old + size) / 8
		if old == 0 {
			next = size
		}
		if s.usual.CompareAndSwap(old, next) {
			return
		}
	}
}

// Used is how many bytes drafts and kept reports take on this node.
func (s *Store) Used() int64 { return s.used.Load() }

// Preview returns the preview that was kept with a report.
func (s *Store) Preview(ctx context.Context, id string) ([]byte, error) {
	return s.backend.read(ctx, previewKey(id))
}

// Open returns a report's file; the caller closes it. The error is ErrMissing if there
// is none.
func (s *Store) Open(ctx context.Context, id, format string) (io.ReadCloser, error) {
	return s.backend.open(ctx, reportKey(id, format))
}

// Serve writes a download of a report. The error is ErrMissing when nothing was
// answered yet.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, id, format string, as Attachment) error {
	return s.backend.serve(w, r, reportKey(id, format), as)
}

// Remove forgets a report; one that is not there is no error.
func (s *Store) Remove(ctx context.Context, id, format string) error {
	for _, key := range []string{reportKey(id, format), previewKey(id)} {
		freed, err := s.backend.remove(ctx, key)
		if err != nil {
			return fmt.Errorf("files: remove %s: %w", key, err)
		}
		s.used.Add(-freed)
	}
	return nil
}

func reportKey(id, format string) string { return id + "." + format }

const previewSuffix = ".json"

func previewKey(id string) string { return id + previewSuffix }

// folder is the backend on this node's disk.
type folder string

// size is how many bytes are kept, and how many reports.
func (f folder) size() (total, count int64, err error) {
	err = filepath.WalkDir(string(f), func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			total += info.Size()
			if filepath.Ext(entry.Name()) != previewSuffix {
				count++
			}
		}
		return err
	})
	return total, count, err
}
