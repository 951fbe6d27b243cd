package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// sample is what one platform's build gives, with a shell script for each program.
func sample(t *testing.T) built {
	t.Helper()
	folder := t.TempDir()
	b := built{version: "v1.2.3", date: time.Date(2026, 11, 29, 2, 0, 0, 0, time.UTC)}
	for _, name := range []string{"pasarela", "reports"} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\necho "+name+" \"$@\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		info := &debug.BuildInfo{
			GoVersion: "go1.26.8", Main: debug.Module{Path: "github.com/pasarela-ws/pasarela", Version: b.version},
			Deps: []*debug.Module{{Path: "example.com/shared", Version: "v1.0.0+incompatible"}, {Path: "example.com/" + name, Version: "v0.1.0"}},
		}
		b.programs = append(b.programs, program{name, path, info})
	}
	return b
}

// made is a release of the sample for every platform, without packages.
func made(t *testing.T) *release {
	t.Helper()
	b := sample(t)
	t.Chdir("../..") // where LICENSE and other files of a release are
	r := &release{out: t.TempDir(), version: b.version}
	for platform := range strings.SplitSeq(targets, ",") {
		system, arch, _ := strings.Cut(platform, "/")
		if err := r.archive(target{system, arch}, b); err != nil {
			t.Fatal(err)
		}
		if err := r.sbom(target{system, arch}, b); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{r.fillTemplates("install.sh", 0o755), r.fillTemplates("pasarela.rb", 0o644), r.checksums()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestChecksumsAreOfEveryFile(t *testing.T) {
	r := made(t)
	text := read(t, r, "checksums.txt")
	entries, err := os.ReadDir(r.out)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(text, "\n"); lines != len(entries)-1 || lines != 14 {
		t.Errorf("%d lines for %d files", lines, len(entries)-1)
	}
	for _, entry := range entries {
		sum := sha256.Sum256([]byte(read(t, r, entry.Name())))
		if line := hex.EncodeToString(sum[:]) + "  " + entry.Name() + "\n"; entry.Name() != "checksums.txt" && !strings.Contains(text, line) {
			t.Errorf("no line %q", line)
		}
	}
}

func TestArchivesHoldTheProgramsAndTheirLicences(t *testing.T) {
	r := made(t)
	want := []string{"CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "pasarela", "reports"}
	packed, err := gzip.NewReader(strings.NewReader(read(t, r, "pasarela_1.2.3_linux_arm64.tar.gz")))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for files := tar.NewReader(packed); ; {
		head, err := files.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, head.Name)
		if program := head.Name == "pasarela" || head.Name == "reports"; program != (head.Mode == 0o755) {
			t.Errorf("%s has mode %o", head.Name, head.Mode)
		}
	}
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("tar.gz: %v", names)
	}
	text := []byte(read(t, r, "pasarela_1.2.3_windows_amd64.zip"))
	files, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	names = nil
	for _, f := range files.File {
		names = append(names, f.Name)
	}
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("zip: %v", names)
	}
}

// TestTwoRunsGiveTheSameBytes: a rebuild of the tag has the same checksums.
func TestTwoRunsGiveTheSameBytes(t *testing.T) {
	r := made(t)
	first := read(t, r, "checksums.txt")
	again := &release{out: t.TempDir(), version: r.version}
	b := built{version: r.version, date: time.Date(2026, 11, 29, 2, 0, 0, 0, time.UTC)}
	for _, name := range []string{"pasarela", "reports"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\necho "+name+" \"$@\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		b.programs = append(b.programs, program{name: name, path: path})
	}
	if err := again.archive(target{"linux", "amd64"}, b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(first, again.files[0].sum) {
		t.Errorf("%s has another checksum", again.files[0].name)
	}
}

func TestTheBillNamesEveryModuleOnce(t *testing.T) {
	var list sbom
	if err := json.Unmarshal([]byte(read(t, made(t), "pasarela_1.2.3_darwin_arm64.cdx.json")), &list); err != nil {
		t.Fatal(err)
	}
	var purls []string
	for _, c := range list.Components {
		purls = append(purls, c.PURL)
	}
	want := []string{"pkg:golang/example.com/pasarela@v0.1.0", "pkg:golang/example.com/reports@v0.1.0", "pkg:golang/example.com/shared@v1.0.0%2Bincompatible", "pkg:golang/std@1.26.8"}
	if !slices.Equal(purls, want) || list.Format != "CycloneDX" || list.Metadata.Component.PURL != "pkg:golang/github.com/pasarela-ws/pasarela@v1.2.3" {
		t.Errorf("%+v", list)
	}
}

// TestTheInstallScript installs from a server here, and installs nothing where the
// archive is another.
func TestTheInstallScript(t *testing.T) {
	for _, name := range []string{"sh", "curl", "tar", "uname"} {
		if _, err := exec.LookPath(name); err != nil {
			testkit.MissingClient(t, name)
		}
	}
	r := made(t)
	server := httptest.NewServer(http.FileServer(http.Dir(r.out)))
	defer server.Close()
	install := func(folder string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "sh", filepath.Join(r.out, "install.sh"))
		cmd.Env = append(os.Environ(), "PASARELA_INSTALL_URL="+server.URL, "PASARELA_INSTALL_DIR="+folder)
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	folder := filepath.Join(t.TempDir(), "bin")
	if said, err := install(folder); err != nil || !strings.Contains(said, "pasarela version") {
		t.Fatalf("%v: %s", err, said)
	}
	if said, err := exec.Command(filepath.Join(folder, "pasarela-reports"), "check").CombinedOutput(); err != nil || string(said) != "reports check\n" {
		t.Errorf("%v: %s", err, said)
	}
	archives, err := filepath.Glob(filepath.Join(r.out, "*.tar.gz"))
	if err != nil || len(archives) != 4 {
		t.Fatal(archives, err)
	}
	for _, archive := range archives {
		if err := os.WriteFile(archive, []byte("another"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	empty := filepath.Join(t.TempDir(), "bin")
	if said, err := install(empty); err == nil || !strings.Contains(said, "nothing was installed") {
		t.Errorf("%v: %s", err, said)
	}
	if _, err := os.Stat(empty); err == nil {
		t.Error("something was installed from a wrong archive")
	}
}

// TestTheFormulaHasEveryChecksum also fails where a pattern names no file.
func TestTheFormulaHasEveryChecksum(t *testing.T) {
	r := made(t)
	for _, name := range []string{"pasarela.rb", "install.sh"} {
		text := read(t, r, name)
		for _, f := range r.files {
			if strings.HasSuffix(f.name, ".tar.gz") && !strings.Contains(text, f.sum) {
				t.Errorf("%s lacks the checksum of %s", name, f.name)
			}
		}
	}
}

func TestTooLargeAProgramIsNotReleased(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pasarela")
	if err := os.WriteFile(path, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for size, ok := range map[int64]bool{maxSize: true, maxSize + 1: false} {
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		if err := within(path); (err == nil) != ok {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestAReleaseIsNotMixedWithAnother(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "checksums.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (&release{out: folder}).make(); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Error(err)
	}
}

func TestAReleaseIsOfTheVersionThatItSays(t *testing.T) {
	cases := []struct {
		says, wanted string
		ok           bool
	}{
		{"v1.2.3", "v1.2.3", true},
		{"v1.2.3", "", true},
		{"v1.2.4-0.20261129020304-ace4bad01234", "", true},
		{"v1.2.4-0.20261129020304-ace4bad01234", "v1.2.3", false},
		{"v1.2.3+dirty", "v1.2.3", false},
		{"(devel)", "", false},
	}
	for _, c := range cases {
		r := release{wanted: c.wanted}
		if err := r.named(c.says); (err == nil) != c.ok || c.ok && r.version != c.says {
			t.Errorf("%s for %q: %v", c.says, c.wanted, err)
		}
	}
}

func read(t *testing.T, r *release, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.out, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A package brings the service, which runs the program that it brings, and is killed only
// when a stop may have ended by itself.
func TestThePackagesServiceRunsTheirProgram(t *testing.T) {
	files := contents(sample(t))
	t.Chdir("../..") // where the unit's path begins
	text, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	started := regexp.MustCompile(`(?m)^ExecStart=(\S+) serve --data /var/lib/(\S+)$`).FindStringSubmatch(string(text))
	stopTimeout := regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+)$`).FindStringSubmatch(string(text))
	if started == nil || stopTimeout == nil {
		t.Fatalf("the unit is\n%s", text)
	}
	has := func(destination string) bool {
		return slices.ContainsFunc(files, func(c content) bool { return c.Destination == destination })
	}
	if !has(started[1]) || !has("/lib/systemd/system/pasarela.service") {
		t.Errorf("the package has %v, the unit starts %s", files, started[1])
	}
	if !strings.Contains(string(text), "\nStateDirectory="+started[2]+"\n") {
		t.Errorf("the data directory is not the unit's own: %s", started[2])
	}
	if seconds, err := strconv.Atoi(stopTimeout[1]); err != nil || time.Duration(seconds)*time.Second <= node.DefaultStopPatience {
		t.Errorf("it is killed after %s s, and a stop may take %s", stopTimeout[1], node.DefaultStopPatience)
	}
}
