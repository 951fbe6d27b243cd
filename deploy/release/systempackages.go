package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// nfpm makes .deb and .rpm. It is run as a program and not linked, since it has 60 modules.
// Later versions need modules that not every module proxy serves.
const nfpm = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.42.0"

// unit is the service of systemd; a package installs it and does not start it.
const unit = "deploy/release/pasarela.service"

// A content is one file of a package.
type content struct {
	Source      string `json:"src"`
	Destination string `json:"dst"`
}

// contents are the files of a package.
func contents(b built) []content {
	files := []content{
		{"LICENSE", "/usr/share/doc/pasarela/copyright"},
		{"NOTICE", "/usr/share/doc/pasarela/NOTICE"},
		{"CHANGELOG.md", "/usr/share/doc/pasarela/CHANGELOG.md"},
		{unit, "/lib/systemd/system/pasarela.service"},
	}
	for _, p := range b.programs {
		name := p.name
		if name != "pasarela" {
			name = "pasarela-" + name // "reports" says too little among all programs of a machine
		}
		files = append(files, content{p.path, "/usr/bin/" + name})
	}
	return files
}

// systemPackages makes the packages of a platform. nfpm reads JSON too, which is YAML.
func (r *release) systemPackages(t target, b built, folder string) error {
	text, err := json.Marshal(map[string]any{
		"name": "pasarela", "arch": t.arch, "platform": t.system, "version": r.version, "version_schema": "semver",
		"maintainer": "pasarela <https://github.com/pasarela-ws/pasarela>", "homepage": "https://github.com/pasarela-ws/pasarela",
		"description": "AWS API Gateway's WebSocket API service as one program,\nand a report backend beside it.",
		"license":     "Apache-2.0", "section": "net", "contents": contents(b), "mtime": b.date,
	})
	if err != nil {
		return err
	}
	config := filepath.Join(folder, "nfpm.yaml")
	if err := os.WriteFile(config, text, 0o644); err != nil {
		return err
	}
	for _, kind := range []string{"deb", "rpm"} {
		path := filepath.Join(folder, r.base(t)+"."+kind)
		cmd := exec.Command("go", "run", nfpm, "package", "--config", config, "--packager", kind, "--target", path)
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("nfpm: %w", err)
		}
		made, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := r.write(filepath.Base(path), made, 0o644); err != nil {
			return err
		}
	}
	return nil
}
