package web_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"flag"
	"io"
	"io/fs"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write page.zip")

// TestThePackHoldsThePage fails where page/ or openapi.json was changed and not packed.
func TestThePackHoldsThePage(t *testing.T) {
	sources := map[string]string{}
	for _, name := range sourcesOfThePack(t) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sources[name] = string(content)
	}
	if *update {
		if err := os.WriteFile("page.zip", packOf(t, sourcesOfThePack(t), sources), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile("page.zip")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	packed := map[string]string{}
	for _, file := range pack.File {
		content, err := fs.ReadFile(pack, file.Name)
		if err != nil {
			t.Fatal(err)
		}
		packed[file.Name] = string(content)
	}
	if diff := cmp.Diff(sources, packed); diff != "" {
		t.Errorf("page.zip is not what page/ and openapi.json are; `go test ./internal/report/web -update` packs them:\n%s", diff)
	}
}

func sourcesOfThePack(t *testing.T) []string {
	t.Helper()
	names, err := fs.Glob(os.DirFS("."), "page/*")
	if err != nil {
		t.Fatal(err)
	}
	return append(names, "openapi.json")
}

// packOf has no times in it: the same files are the same bytes.
func packOf(t *testing.T, names []string, sources map[string]string) []byte {
	t.Helper()
	var pack bytes.Buffer
	w := zip.NewWriter(&pack)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestCompression) })
	for _, name := range names {
		file, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(file, sources[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return pack.Bytes()
}
