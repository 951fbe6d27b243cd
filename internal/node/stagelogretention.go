package node

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

const (
	logsSize     = 1 << 30 // bytes of all logs together (A-NODE-11)
	logsEvery    = time.Minute
	removedEvery = 10 // looks for removed APIs, one in so many rounds
)

// keep removes the oldest logs beyond the size bound, and logs of removed APIs, until ctx
// ends.
func (b *stageLogs) keep(ctx context.Context, bucket pasarela.Bucket) error {
	tick := time.NewTicker(logsEvery)
	defer tick.Stop()
	missed := map[string]bool{}
	for round := 1; ; round++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := b.trim(logsSize)
		if round%removedEvery == 0 {
			missed, err = b.forgetRemoved(ctx, bucket, missed)
		}
		if err != nil && ctx.Err() == nil {
			b.log.Warn("old logs could not be removed; it is tried again later", "dir", b.dir, "error", err)
		}
	}
}

// logFileInfo is a file below the folder of logs.
type logFileInfo struct {
	path    string
	size    int64
	changed time.Time
	aside   bool // NAME.old
}

// trim removes logs, those set aside first and the oldest first, until all
// together are within bound.
func (b *stageLogs) trim(bound int64) error {
	logs, total, err := b.files()
	if err != nil {
		return err
	}
	sort.Slice(logs, func(i, j int) bool {
		if logs[i].aside != logs[j].aside {
			return logs[i].aside
		}
		return logs[i].changed.Before(logs[j].changed)
	})
	for _, l := range logs {
		if total <= bound {
			return nil
		}
		if err := os.Remove(l.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		total -= l.size
		b.log.Info("a log was removed because all logs together are over their bound", "file", l.path, "bound", bound)
	}
	return nil
}

// files are all logs and how many bytes they have together. What disappears during the walk
// is left out.
func (b *stageLogs) files() (logs []logFileInfo, total int64, err error) {
	err = filepath.WalkDir(b.dir, func(path string, entry fs.DirEntry, err error) error {
		aside := strings.HasSuffix(path, ".log.old")
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // no log yet, or one that went meanwhile
		case err != nil || entry.IsDir() || !aside && !strings.HasSuffix(path, ".log"):
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return nil // it went meanwhile
		}
		logs = append(logs, logFileInfo{path, info.Size(), info.ModTime(), aside})
		total += info.Size()
		return nil
	})
	return logs, total, err
}

// forgetRemoved removes the execution logs of APIs that were not in the store now and at
// the previous look: the last lines of an API are written after its removal.
func (b *stageLogs) forgetRemoved(ctx context.Context, bucket pasarela.Bucket, before map[string]bool) (missed map[string]bool, err error) {
	missed = map[string]bool{}
	folder := filepath.Dir(filepath.Dir(b.path(executionLog("api", "stage"))))
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return missed, nil
	}
	if err != nil {
		return before, err
	}
	for _, entry := range entries {
		apiID := entry.Name()
		_, err := bucket.Get(ctx, pasarela.APIDocumentKey(apiID))
		switch {
		case err == nil || !entry.IsDir():
		case !errors.Is(err, pasarela.ErrNotFound):
			return before, err
		case !before[apiID]:
			missed[apiID] = true
		default:
			if err := os.RemoveAll(filepath.Join(folder, apiID)); err != nil {
				return before, err
			}
			b.log.Info("the logs of an API that was removed are removed", "apiId", apiID)
		}
	}
	return missed, nil
}
