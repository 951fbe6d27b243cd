package main

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"time"
)

// maxSize bounds the program pasarela on every platform, in bytes. docs/performance.md says
// what they are used for.
const maxSize = 45_000_000

// sizeFlags make a program small: without symbols and, on amd64, with functions that begin
// at multiples of 16 bytes in place of 32. Programs of macOS and Windows have tables for their
// loaders besides: their functions begin at any byte, and what no message passes is compiled
// without copies of small functions in their callers. docs/performance.md has the sizes.
func sizeFlags(t target) []string {
	if t.arch != "amd64" {
		return []string{"-ldflags=-s -w"}
	}
	if t.system == "linux" {
		return []string{"-ldflags=-s -w -funcalign=16"}
	}
	flags := []string{"-ldflags=-s -w -funcalign=1"}
	for _, packages := range offTheMessagePath {
		flags = append(flags, "-gcflags="+packages+"=-l")
	}
	return flags
}

// offTheMessagePath are packages that serve the control plane, the start, metrics and traces.
var offTheMessagePath = []string{
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis",
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/...",
	"github.com/aws/...",
	"github.com/microsoft/...",
	"github.com/nats-io/jwt/...",
	"github.com/prometheus/...",
	"github.com/santhosh-tekuri/...",
	"github.com/spf13/...",
	"github.com/wneessen/...",
	"go.opentelemetry.io/...",
	"go.yaml.in/...",
	"google.golang.org/protobuf/...",
}

// A built is the programs of one platform.
type built struct {
	programs []program
	version  string    // v1.2.3, or the one that Go makes for a commit without a tag
	date     time.Time // of the commit
}

type program struct {
	name string // pasarela or reports
	path string
	info *debug.BuildInfo
}

// build compiles the programs without C, without symbols and without paths of this
// machine, so that the same commit and Go give the same bytes.
func build(t target, folder string) (built, error) {
	b := built{date: time.Unix(0, 0).UTC()}
	suffix := ""
	if t.system == "windows" {
		suffix = ".exe"
	}
	for _, name := range []string{"pasarela", "reports"} {
		path := filepath.Join(folder, name+suffix)
		arguments := append([]string{"build", "-trimpath", "-buildvcs=true", "-o", path}, sizeFlags(t)...)
		cmd := exec.Command("go", append(arguments, "./cmd/"+name)...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.system, "GOARCH="+t.arch)
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return b, fmt.Errorf("go build ./cmd/%s: %w", name, err)
		}
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return b, err
		}
		b.programs, b.version = append(b.programs, program{name, path, info}), info.Main.Version
		for _, s := range info.Settings {
			if s.Key != "vcs.time" {
				continue
			}
			if b.date, err = time.Parse(time.RFC3339, s.Value); err != nil {
				return b, err
			}
		}
	}
	return b, within(b.programs[0].path)
}

func within(path string) error {
	found, err := os.Stat(path)
	if err == nil && found.Size() > maxSize {
		err = fmt.Errorf("%s has %d bytes, more than the %d that pasarela may have (deploy/release/build.go)", filepath.Base(path), found.Size(), maxSize)
	}
	return err
}
