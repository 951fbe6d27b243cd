package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// imagesOf are the files of images of a release for both processors.
func imagesOf(t *testing.T) *release {
	t.Helper()
	b := sample(t)
	r := &release{out: t.TempDir(), version: b.version}
	for _, arch := range []string{"amd64", "arm64"} {
		r.linux = append(r.linux, platformBuild{target{"linux", arch}, b})
	}
	if err := r.images(); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestARegistryTakesTheImages pushes the images by an independent program to a registry of
// its own, which checks every digest, and reads them back.
func TestARegistryTakesTheImages(t *testing.T) {
	r := imagesOf(t)
	crane := craneProgram(t)
	registry := testkit.Start(t, nil, crane, "registry", "serve", "--address", "127.0.0.1:0")
	address := "127.0.0.1:" + registry.WaitFor(t, `serving on port (\d+)`)
	run := func(arguments ...string) string {
		t.Helper()
		said, err := exec.CommandContext(t.Context(), crane, arguments...).CombinedOutput()
		if err != nil {
			t.Fatalf("crane %v: %v\n%s", arguments, err, said)
		}
		return string(said)
	}
	for _, i := range images {
		layout := t.TempDir()
		unpack(t, read(t, r, i.name+"_1.2.3_image.oci.tar"), layout)
		at := address + "/" + i.name + ":1.2.3"
		run("push", "--insecure", "--index", layout, at)
		run("validate", "--insecure", "--remote", at)
		run("validate", "--tarball", filepath.Join(r.out, i.name+"_1.2.3_linux_arm64_image.tar"))
		var got configuration
		if err := json.Unmarshal([]byte(run("config", "--insecure", "--platform", "linux/arm64", at)), &got); err != nil {
			t.Fatal(err)
		}
		c := got.Config
		if got.Architecture != "arm64" || c.User != "65532:65532" || c.StopSignal != "SIGTERM" || c.Entrypoint[0] != "/"+i.name || c.Cmd[0] != "serve" {
			t.Errorf("%s: %+v", i.name, got)
		}
		if _, kept := c.Volumes["/data"]; !kept || c.Healthcheck == nil || strings.Join(c.Healthcheck.Test, " ") != "CMD /"+i.name+" healthcheck" {
			t.Errorf("%s: volumes %v, health check %v", i.name, c.Volumes, c.Healthcheck)
		}
	}
}

// TestTarReadsTheImages: the workflow of a release unpacks an image by tar, which is stricter
// than Go about the end of an archive.
func TestTarReadsTheImages(t *testing.T) {
	r := imagesOf(t)
	files, err := filepath.Glob(filepath.Join(r.out, "*_image*.tar"))
	if err != nil || len(files) != 6 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		if said, err := exec.CommandContext(t.Context(), "tar", "-xf", file, "-C", t.TempDir()).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", filepath.Base(file), err, said)
		}
	}
}

// craneProgram builds crane, which tools/go.mod pins.
func craneProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "crane")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-modfile=../../tools/go.mod", "-o", path, "github.com/google/go-containerregistry/cmd/crane").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return path
}

// unpack writes the files of a tar, with their owners where this process may.
func unpack(t *testing.T, content, folder string) {
	t.Helper()
	for files := tar.NewReader(strings.NewReader(content)); ; {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, filepath.FromSlash(head.Name))
		if head.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o755)
		} else {
			var content []byte
			if content, err = io.ReadAll(files); err == nil {
				err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, content, 0o600))
			}
		}
		mode := os.FileMode(head.Mode) & os.ModePerm
		if head.Mode&0o1000 != 0 {
			mode |= os.ModeSticky
		}
		if err == nil && os.Geteuid() == 0 {
			err = os.Chown(path, head.Uid, head.Gid)
		}
		if err = errors.Join(err, os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
	}
}

// tree unpacks an image's layers, of the file that `docker load` takes, into a folder.
func tree(t *testing.T, image, folder string) configuration {
	t.Helper()
	layout := t.TempDir()
	unpack(t, image, layout)
	var list []struct {
		Config   string
		RepoTags []string
		Layers   []string
	}
	decode(t, filepath.Join(layout, "manifest.json"), &list)
	if len(list) != 1 || !slices.Equal(list[0].RepoTags, []string{"pasarela:1.2.3"}) {
		t.Fatalf("docker load finds %+v", list)
	}
	var c configuration
	decode(t, filepath.Join(layout, list[0].Config), &c)
	for i, name := range list[0].Layers {
		packed, err := os.ReadFile(filepath.Join(layout, name))
		if err != nil {
			t.Fatal(err)
		}
		zipped, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(zipped)
		if err != nil || digest(plain) != c.RootFS.DiffIDs[i] {
			t.Fatalf("layer %s: %v", name, err)
		}
		unpack(t, string(plain), folder)
	}
	return c
}

func decode(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheImageRuns runs a process with the image's files as its root, read-only except for
// the volume and a temporary folder, as the image's user: it serves, its health check
// passes, and the stop signal ends it with status 0. No container runtime is needed.
func TestTheImageRuns(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 || exec.Command("unshare", "-m", "true").Run() != nil {
		t.Skip("not tested: chroot and mount namespaces need root on Linux")
	}
	b := built{version: "v1.2.3", date: time.Date(2026, 11, 29, 2, 0, 0, 0, time.UTC), programs: []program{{"pasarela", stripped(t), nil}}}
	r := &release{version: b.version}
	made, err := r.imageOf(images[0], platformBuild{target{"linux", runtime.GOARCH}, b})
	if err != nil {
		t.Fatal(err)
	}
	image, err := imageArchive("pasarela:1.2.3", b.date, made)
	if err != nil {
		t.Fatal(err)
	}
	root, data := t.TempDir(), t.TempDir()
	c := tree(t, string(image), root).Config
	if err := errors.Join(os.Chmod(root, 0o755), os.Chown(data, user, user)); err != nil {
		t.Fatal(err)
	}
	// The folders above are this process's alone.
	for folder := filepath.Dir(root); folder != os.TempDir() && folder != "/"; folder = filepath.Dir(folder) {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	environment := append(slices.Clone(c.Env), "PASARELA_LISTEN="+testkit.FreeAddress(t))
	const enter = `mount --bind "$1" "$1" && mount --bind "$2" "$1/data" && mount -t tmpfs none "$1/tmp" && mount -o remount,bind,ro "$1" || exit 9
root=$1; shift 2; exec env -i "$@"`
	inside := func(command ...string) []string {
		all := append([]string{"-m", "sh", "-c", enter, "sh", root, data}, environment...)
		return append(append(all, "PATH="+os.Getenv("PATH"), "chroot", "--userspec="+c.User, root), command...)
	}
	server := testkit.Start(t, nil, "unshare", inside(append(slices.Clone(c.Entrypoint), c.Cmd...)...)...)
	server.WaitFor(t, `http://`)
	if said, err := exec.CommandContext(t.Context(), "unshare", inside(c.Healthcheck.Test[1:]...)...).CombinedOutput(); err != nil {
		t.Errorf("the health check: %v\n%s\n%s", err, said, server.Output())
	}
	if entries, err := os.ReadDir(data); err != nil || len(entries) == 0 {
		t.Errorf("nothing is in the volume: %v", err)
	}
	server.Terminate(t)
}

// TestTooLargeAnImageIsNotMade, whatever the program's own bound is.
func TestTooLargeAnImageIsNotMade(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pasarela")
	if err := os.WriteFile(path, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, maxImage); err != nil {
		t.Fatal(err)
	}
	if _, err := images[0].layers(path, time.Unix(0, 0)); err == nil || !strings.Contains(err.Error(), "50000000") {
		t.Errorf("an image of a program of %d bytes: %v", maxImage, err)
	}
}
