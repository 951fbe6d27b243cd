// Package atomicfile replaces files so that a power cut leaves the old content
// or the new one, never an empty or half-written file. It knows the standard
// library only, so that every program of the module can use it.
package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Suffix ends the name of the file that is written before it takes the place of
// the other. Such a file that is found was left by an interruption and can be
// removed.
const Suffix = ".next"

// Write puts data at path with that mode: it writes a file beside it, syncs it,
// renames it over path, and syncs the folder. A rename alone is not enough: file
// systems may write the new name to disk before the content (ext4 with
// noauto_da_alloc, and the first replacement of a new file on any ext4).
func Write(path string, data []byte, mode fs.FileMode) (err error) {
	next := path + Suffix
	if err := os.RemoveAll(next); err != nil { // it may have another mode
		return err
	}
	file, err := os.OpenFile(next, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", next, errors.Join(err, os.Remove(next)))
	}
	return Move(next, path)
}

// Move replaces a file by another of the same file system, which must be
// closed: it syncs its content, renames it, and syncs the folder.
func Move(from, to string) error {
	file, err := os.OpenFile(from, os.O_RDWR, 0) // Windows syncs writable files only
	if err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("sync %s: %w", from, err)
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(to))
}

// Blank says whether data is empty or zeros only: what a power failure leaves of
// a file whose content had not reached the disk.
func Blank(data []byte) bool { return len(bytes.Trim(data, "\x00")) == 0 }
