package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
	"github.com/pasarela-ws/pasarela/internal/node"
)

// The nodes of a user that run on this machine are noted in the user's cache directory,
// one file each with the data directory in it, so that commands find a node's credentials
// from any folder. A note is no credential: the file that it leads to has mode 0600.

// noteRunning notes a node that has started; forget takes the note back. Where it cannot
// be written, commands find the node from its own folder, or by the address that they are given.
func noteRunning(n *node.Node, dataDir string) (forget func()) {
	where, err := runningDir()
	at, urlErr := url.Parse(n.Endpoint())
	absolute, absErr := filepath.Abs(dataDir)
	if err != nil || urlErr != nil || absErr != nil || os.MkdirAll(where, 0o700) != nil {
		return func() {}
	}
	file := filepath.Join(where, strings.NewReplacer(":", "_", "[", "", "]", "").Replace(at.Host))
	if atomicfile.Write(file, []byte(absolute+"\n"), 0o600) != nil {
		return func() {}
	}
	return func() { _ = os.Remove(file) } // one that stays is found to be stale
}

func runningDir() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "pasarela", "running"), err
}

// runningDirs are the data directories of nodes that were noted. Notes of nodes whose
// directory is gone are taken away.
func runningDirs() (dirs []string) {
	where, err := runningDir()
	if err != nil {
		return nil
	}
	notes, _ := os.ReadDir(where) // none: nothing ran here
	for _, note := range notes[:min(len(notes), maxDirs)] {
		file := filepath.Join(where, note.Name())
		text, err := os.ReadFile(file)
		dir := strings.TrimSpace(string(text))
		if err != nil || !filepath.IsAbs(dir) {
			continue
		}
		if _, err := os.Stat(node.CredentialsPath(dir)); err != nil {
			_ = os.Remove(file) // another command has done so
			continue
		}
		dirs = append(dirs, dir)
	}
	return dirs
}
