package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

// A repaired store takes the place of the damaged one in several renames. It lies in a folder
// of the one in which the damaged store is kept, damaged-<time>/repaired. That folder says that the
// renames are to be made or finished: while it is there no node starts, since a directory with neither
// store nor checkpoint would be taken for that of a first start.
const (
	asidePrefix    = "damaged-"
	repairedFolder = "repaired"
)

// interruptedRepair is the folder of the damaged store whose place a repaired one is still to
// take; empty: there is none.
func interruptedRepair(dir string) (aside string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	for _, entry := range entries {
		aside = filepath.Join(dir, entry.Name())
		if strings.HasPrefix(entry.Name(), asidePrefix) && exists(filepath.Join(aside, repairedFolder)) {
			return aside, nil
		}
	}
	return "", nil
}

// checkRepair is an error for a directory whose repair was interrupted.
func checkRepair(dir string) error {
	aside, err := interruptedRepair(dir)
	if err != nil || aside == "" {
		return err
	}
	return fmt.Errorf("a repair of the store was interrupted; \"pasarela store repair --data %s\" finishes it (the damaged store is in %s)", dir, aside)
}

// replaceStore moves the damaged store of a directory aside and the repaired one into its
// place, or goes on where an interruption left it.
func replaceStore(dir, aside string, rename func(from, to string) error) error {
	repaired := filepath.Join(aside, repairedFolder)
	for _, part := range storeParts {
		from, at, kept := filepath.Join(repaired, part), filepath.Join(dir, part), filepath.Join(aside, part)
		if !exists(from) {
			continue // it is in its place already
		}
		if exists(at) && !exists(kept) {
			if err := rename(at, kept); err != nil {
				return fmt.Errorf("move the damaged store aside: %w", err)
			}
		}
		if err := rename(from, at); err != nil {
			return fmt.Errorf("move the repaired store to its place; the damaged one is in %s: %w", aside, err)
		}
	}
	if err := errors.Join(atomicfile.SyncFolder(dir), atomicfile.SyncFolder(aside)); err != nil {
		return err
	}
	return os.RemoveAll(repaired)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
