package console

import (
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed dist
var dist embed.FS

// file is one built file: packed as committed, with the tag that lets a browser
// keep it until the program changes. It is not copied from the program's
// read-only data: copies of all files on the heap would be a tenth of an idle
// node's memory.
type file struct {
	name        string // in dist
	contentType string
	tag         string
}

// files serves the build by name; "" is the page itself.
type files map[string]file

func loadFiles() (files, error) {
	found := files{}
	err := fs.WalkDir(dist, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".gz") {
			return err
		}
		tag, err := tagOf(name)
		if err != nil {
			return err
		}
		plain := strings.TrimSuffix(path.Base(name), ".gz")
		kind, known := contentTypes[path.Ext(plain)]
		if !known {
			return fmt.Errorf("console: no content type is known for %s", plain)
		}
		found[plain] = file{name, kind, tag}
		return nil
	})
	if err != nil {
		return nil, err
	}
	page, ok := found["index.html"]
	if !ok {
		return nil, fmt.Errorf("console: dist holds no index.html; run `npm run build` in internal/console/web")
	}
	found[""] = page
	return found, nil
}

func tagOf(name string) (string, error) {
	packed, err := dist.Open(name)
	if err != nil {
		return "", err
	}
	defer packed.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, packed); err != nil {
		return "", err
	}
	return `"` + hex.EncodeToString(sum.Sum(nil)[:8]) + `"`, nil
}

// contentTypes are those of what the build makes. The machine's own table may
// differ.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

func (f files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := f[strings.TrimPrefix(r.URL.Path, Path)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", found.contentType)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", found.tag)
	if r.Header.Get("If-None-Match") == found.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if err := found.send(w, strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")); err != nil {
		http.Error(w, "the embedded file is damaged", http.StatusInternalServerError)
	}
}

// send writes the file, unpacked for clients without gzip. It returns only errors from
// before the first byte: after it the status is sent, and a failed write means that the
// client is gone.
func (f file) send(w http.ResponseWriter, packed bool) error {
	data, err := dist.Open(f.name)
	if err != nil {
		return err
	}
	defer data.Close()
	if packed {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.Copy(w, data)
		return nil
	}
	plain, err := gzip.NewReader(data)
	if err != nil {
		return err
	}
	_, _ = io.Copy(w, plain)
	return nil
}
