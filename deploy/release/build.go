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

// linkerFlags leaves the symbols out. Programs of macOS and Windows have tables for their
// loaders that those of Linux do not need: on amd64 their functions begin at any byte and
// not at multiples of 32, which leaves out half a million bytes of padding.
func linkerFlags(t target) string {
	if t.arch == "amd64" && t.system != "linux" {
		return "-ldflags=-s -w -funcalign=1"
	}
	return "-ldflags=-s -w"
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
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=true", linkerFlags(t), "-o", path, "./cmd/"+name)
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
