package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A file is one file of a release.
type file struct{ name, sum string }

// base begins the names of a platform's files. Versions in names have no v.
func (r *release) base(t target) string {
	return "pasarela_" + strings.TrimPrefix(r.version, "v") + "_" + t.String()
}

// write adds a file and notes its checksum.
func (r *release) write(name string, content []byte, mode os.FileMode) error {
	sum := sha256.Sum256(content)
	r.files = append(r.files, file{name, hex.EncodeToString(sum[:])})
	return os.WriteFile(filepath.Join(r.out, name), content, mode)
}

// checksums writes what sha256sum --check reads.
func (r *release) checksums() error {
	slices.SortFunc(r.files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	for _, f := range r.files {
		b.WriteString(f.sum + "  " + f.name + "\n")
	}
	return os.WriteFile(filepath.Join(r.out, "checksums.txt"), []byte(b.String()), 0o644)
}

// archive packs the programs with the texts that their licences require: for Windows
// a zip, else a tar.gz.
func (r *release) archive(t target, b built) error {
	var packed bytes.Buffer
	name, pack := r.base(t)+".tar.gz", packer(newTarball(&packed, b.date))
	if t.system == "windows" {
		name, pack = r.base(t)+".zip", &zipped{zip.NewWriter(&packed), b.date}
	}
	for _, p := range b.programs {
		if err := addFile(pack, p.path, 0o755); err != nil {
			return err
		}
	}
	for _, text := range []string{"LICENSE", "NOTICE", "README.md", "CHANGELOG.md"} {
		if err := addFile(pack, text, 0o644); err != nil {
			return err
		}
	}
	if err := pack.Close(); err != nil {
		return err
	}
	return r.write(name, packed.Bytes(), 0o644)
}

type packer interface {
	add(name string, mode int64, content []byte) error
	Close() error
}

func addFile(to packer, path string, mode int64) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return to.add(filepath.Base(path), mode, content)
}

type tarball struct {
	packed *gzip.Writer
	tar    *tar.Writer
	date   time.Time
}

func newTarball(to io.Writer, date time.Time) *tarball {
	packed := gzip.NewWriter(to)
	return &tarball{packed, tar.NewWriter(packed), date}
}

func (t *tarball) add(name string, mode int64, content []byte) error {
	head := &tar.Header{Name: name, Mode: mode, Size: int64(len(content)), ModTime: t.date, Typeflag: tar.TypeReg}
	if err := t.tar.WriteHeader(head); err != nil {
		return err
	}
	_, err := t.tar.Write(content)
	return err
}

func (t *tarball) Close() error { return errors.Join(t.tar.Close(), t.packed.Close()) }

type zipped struct {
	*zip.Writer
	date time.Time
}

func (z *zipped) add(name string, mode int64, content []byte) error {
	head := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.date}
	head.SetMode(os.FileMode(mode))
	w, err := z.CreateHeader(head)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}
