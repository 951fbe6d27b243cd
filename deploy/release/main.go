// Command release makes the files of a release: for each platform an archive of the
// programs and a list of what is in them (CycloneDX), packages for Debian and Red Hat,
// container images, checksums, an install script, a Homebrew formula, and what has changed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// targets are the platforms of a release.
const targets = "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64"

func main() {
	var r release
	var platforms string
	flag.StringVar(&r.out, "out", "dist", "folder for the files, which must be empty or absent")
	flag.StringVar(&platforms, "targets", targets, "platforms, by commas")
	flag.StringVar(&r.wanted, "version", "", "what the programs must say they are, such as v1.2.3; without, any commit will do")
	flag.BoolVar(&r.packages, "packages", true, "make .deb and .rpm as well, by nfpm, which Go fetches")
	flag.Parse()
	for platform := range strings.SplitSeq(platforms, ",") {
		system, arch, _ := strings.Cut(platform, "/")
		r.targets = append(r.targets, target{system, arch})
	}
	if err := r.make(); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// A release is one run of this command.
type release struct {
	out, wanted string
	packages    bool
	targets     []target
	linux       []platformBuild // what images are made of
	version     string          // of the programs, as Go noted it
	files       []file
}

type target struct{ system, arch string }

type platformBuild struct {
	target
	built
}

func (t target) String() string { return t.system + "_" + t.arch }

func (r *release) make() error {
	if found, err := os.ReadDir(r.out); err == nil && len(found) > 0 {
		return fmt.Errorf("%s is not empty", r.out)
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	stage, err := os.MkdirTemp("", "pasarela-release-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(stage) }() // if removing fails, files stay in the system's temporary folder
	for _, t := range r.targets {
		if err := r.target(t, filepath.Join(stage, t.String())); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	if err := r.images(); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	return errors.Join(r.notes(), r.fillTemplates("install.sh", 0o755), r.fillTemplates("pasarela.rb", 0o644), r.checksums())
}

// target makes all files of a platform. folder is for intermediate files.
func (r *release) target(t target, folder string) error {
	b, err := build(t, folder)
	if err != nil {
		return err
	}
	if err := r.named(b.version); err != nil {
		return err
	}
	if err := r.archive(t, b); err != nil {
		return err
	}
	if err := r.sbom(t, b); err != nil {
		return err
	}
	if t.system != "linux" {
		return nil
	}
	r.linux = append(r.linux, platformBuild{t, b})
	if r.packages {
		return r.systemPackages(t, b, folder)
	}
	return nil
}

// named takes the version from the programs' build information and checks that it is the
// wanted one. Go notes none in an archive, and none in a further work tree of git, whose
// .git is a file.
func (r *release) named(version string) error {
	switch {
	case version == "" || version == "(devel)":
		return errors.New("no commit is noted in the programs; a release is built in a clone with its history")
	case r.wanted != "" && version != r.wanted:
		return fmt.Errorf("the programs say they are %s, not %s; a release is built from a clean checkout of its tag", version, r.wanted)
	}
	r.version = version
	return nil
}
