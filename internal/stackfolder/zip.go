package stackfolder

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxZip bounds what is zipped, in bytes of a zip file.
const maxZip = 250 << 20

// zipped is the result of zipping a folder.
type zipped struct {
	state string // result of state at that time
	data  []byte
	key   string
}

// skipped says whether a folder is not part of a function.
func skipped(name string) bool { return name == ".git" || name == ".aws-sam" || name == "cdk.out" }

// state is a text that changes when a file below path does: names, sizes and times.
func state(path string) (string, error) {
	sum := sha256.New()
	err := filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if at != path && skipped(entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(sum, "%s\x00%d\x00%d\n", at, info.Size(), info.ModTime().UnixNano())
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// State is a text that changes when a file of the stack does.
func (s *Source) State() string { return State(s.paths()...) }

// State is a text that changes when a file at or below the paths does.
func State(paths ...string) string {
	var all strings.Builder
	for _, path := range paths {
		one, err := state(path)
		if err != nil {
			one = err.Error() // also a change: the file is gone
		}
		all.WriteString(one + "\n")
	}
	return all.String()
}

// zip zips a folder, or takes a zip file as it is; equal files give equal bytes. The key
// is a hash of the content.
func (s *Source) zip(path string) (data []byte, key string, err error) {
	now, err := state(path)
	if err != nil {
		return nil, "", err
	}
	if known, ok := s.zips[path]; ok && known.state == now {
		return known.data, known.key, nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, "", err
	case info.IsDir():
		data, err = zipFolder(path)
	case strings.HasSuffix(path, ".zip") || strings.HasSuffix(path, ".jar"):
		data, err = os.ReadFile(path)
	default:
		data, err = zipFolder(filepath.Dir(path)) // code that names one file is its whole folder
	}
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(data)
	key = hex.EncodeToString(sum[:]) + ".zip"
	s.zips[path] = zipped{now, data, key}
	return data, key, nil
}

// zipFolder is the folder as an archive, in sorted order.
func zipFolder(folder string) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	err := filepath.WalkDir(folder, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && at != folder && skipped(entry.Name()):
			return filepath.SkipDir
		case entry.IsDir():
			return nil
		}
		return zipFile(archive, folder, at, &out)
	})
	if err != nil {
		return nil, err
	}
	err = archive.Close()
	return out.Bytes(), err
}

// zipFile adds one file to an archive. Its time is always the same, so that the same files
// make the same archive; what is no regular file is left out.
func zipFile(archive *zip.Writer, folder, path string, out *bytes.Buffer) error {
	info, err := os.Stat(path) // of the target of a link
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	name, err := filepath.Rel(folder, path)
	if err != nil {
		return err
	}
	header := &zip.FileHeader{Name: filepath.ToSlash(name), Method: zip.Deflate, Modified: time.Unix(0, 0).UTC()}
	header.SetMode(info.Mode().Perm())
	to, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if _, err := to.Write(data); err != nil {
		return err
	}
	if out.Len() > maxZip {
		return fmt.Errorf("the folder %s makes a zip file of more than %d MB", folder, maxZip>>20)
	}
	return nil
}
