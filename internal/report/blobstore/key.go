package blobstore

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

// KeySize is how many bytes a key has at least.
const KeySize = 32

// OpenKey returns the key that links and capabilities are signed with. It is kept
// in the folder, and made from crypto/rand if it is not there.
func OpenKey(dir string) ([]byte, error) {
	file := filepath.Join(dir, "link.key")
	secret, err := os.ReadFile(file)
	// A blank file is left by a power failure before its content was on disk: no link
	// was signed with its key.
	if errors.Is(err, fs.ErrNotExist) || err == nil && atomicfile.Blank(secret) {
		secret = make([]byte, KeySize)
		_, _ = rand.Read(secret) // never fails
		err = atomicfile.Write(file, secret, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("files: the key of the links: %w", err)
	}
	if len(secret) < KeySize {
		return nil, fmt.Errorf("files: the key of the links in %s is shorter than %d bytes: restore it from a backup, or delete it, which invalidates all links", file, KeySize)
	}
	return secret, nil
}
