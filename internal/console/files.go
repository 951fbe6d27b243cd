package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed dist
var dist embed.FS

// file is one built file: packed as committed, with the tag that lets a browser
// keep it until the program changes.
type file struct {
	packed      []byte
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
		packed, err := dist.ReadFile(name)
		if err != nil {
			return err
		}
		name = strings.TrimSuffix(path.Base(name), ".gz")
		sum := sha256.Sum256(packed)
		found[name] = file{packed, contentType(name), `"` + hex.EncodeToString(sum[:8]) + `"`}
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

func contentType(name string) string {
	if strings.HasSuffix(name, ".js") {
		return "text/javascript; charset=utf-8"
	}
	if known := mime.TypeByExtension(path.Ext(name)); known != "" {
		return known
	}
	return "application/octet-stream"
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
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		serve(w, r, found.packed, found.tag)
		return
	}
	plain, err := unpack(found.packed)
	if err != nil {
		http.Error(w, "the embedded file is damaged", http.StatusInternalServerError)
		return
	}
	serve(w, r, plain, found.tag)
}

func serve(w http.ResponseWriter, r *http.Request, body []byte, tag string) {
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body)
}

func unpack(packed []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
