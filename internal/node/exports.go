package node

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
)

const (
	exportFolder = "exports" // in the data directory
	exportForm   = "20060102T150405Z"
	exportPrefix = "export-"
	exportSuffix = ".yaml"

	keptExports     = 48
	keptExportBytes = 1 << 30 // of all files together; the newest stays

	exportTimeout = time.Minute
	exportRetry   = time.Minute // after one that failed
	minExport     = time.Minute // between two
)

// exports writes everything that is configured, secrets included, into a file beside the
// data from time to time, so that "pasarela apply" can restore a store that is lost. It
// writes a file when something has changed since the newest one, unless there is nothing
// left: then the store was lost, or all was deleted.
type exports struct {
	dir    string
	every  time.Duration
	keep   int   // files; older ones are removed
	most   int64 // bytes of all files together
	export func(ctx context.Context, secrets bool) ([]byte, error)
	// nothing says of an export that it has nothing in it but what a first start makes.
	nothing func(text []byte) bool
	log     *slog.Logger
}

func (n *Node) exports() *exports {
	return &exports{
		dir: filepath.Join(n.options.DataDir, exportFolder), every: n.options.ExportEvery, keep: keptExports, most: keptExportBytes,
		export: n.backup().Export, nothing: backup.Nothing, log: n.options.Log,
	}
}

// run exports until ctx ends.
func (e *exports) run(ctx context.Context) error {
	failing := false
	for {
		err := e.once(ctx)
		if ctx.Err() != nil {
			return nil
		}
		wait := e.every
		if err != nil {
			wait = min(wait, exportRetry)
			if !failing {
				e.log.Error("the configuration cannot be exported beside the data; trying again every minute", "dir", e.dir, "error", err)
			}
		} else if failing {
			e.log.Info("the configuration is exported beside the data again", "dir", e.dir)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// once writes a file where something has changed, and removes those that are too many.
func (e *exports) once(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, exportTimeout)
	defer cancel()
	text, err := e.export(ctx, true)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(e.dir, 0o700); err != nil {
		return err
	}
	files, err := e.files()
	if err != nil {
		return err
	}
	if len(files) > 0 {
		newest, err := os.ReadFile(files[len(files)-1])
		if err == nil && bytes.Equal(newest, text) {
			return nil
		}
		if err == nil && e.nothing(text) && !e.nothing(newest) {
			// The newest file is what brings a lost store back.
			e.log.Warn("the store has nothing in it and the newest export has; no other is written until something is configured",
				"to_bring_it_back", "pasarela apply "+files[len(files)-1])
			return nil
		}
	}
	path := filepath.Join(e.dir, exportPrefix+time.Now().UTC().Format(exportForm)+exportSuffix)
	if err := atomicfile.Write(path, text, 0o600); err != nil {
		return err
	}
	if omitted, err := backup.OmittedOf(text); err == nil && len(omitted) > 0 {
		e.log.Warn("code and objects that are too long for the export beside the data are not in it", "names", omitted)
	}
	if !slices.Contains(files, path) {
		files = append(files, path)
	}
	return e.removeOld(files)
}

// removeOld removes the oldest files until those that are left are few and small enough.
func (e *exports) removeOld(files []string) (failed error) {
	total, first := int64(0), len(files)
	for first > 0 && len(files)-first < e.keep {
		about, err := os.Stat(files[first-1])
		if err != nil {
			failed = errors.Join(failed, err)
		} else if total += about.Size(); total > e.most && first < len(files) {
			break
		}
		first--
	}
	for _, path := range files[:first] {
		failed = errors.Join(failed, os.Remove(path))
	}
	return failed
}

// files are the exports that are there, oldest first.
func (e *exports) files() (paths []string, err error) {
	entries, err := os.ReadDir(e.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, entry := range entries { // sorted by name, and so by time
		at, ours := strings.CutPrefix(entry.Name(), exportPrefix)
		at, named := strings.CutSuffix(at, exportSuffix)
		if _, wrong := time.Parse(exportForm, at); ours && named && wrong == nil {
			paths = append(paths, filepath.Join(e.dir, entry.Name()))
		}
	}
	return paths, err
}
