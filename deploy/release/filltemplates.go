package main

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"strings"
	"text/template"
)

//go:embed install.sh pasarela.rb
var patterns embed.FS

// fillTemplates writes a file from the template of that name in this folder. {{sum
// "linux_amd64.tar.gz"}} is the checksum of the file with that suffix, empty for a file that the
// release does not have.
func (r *release) fillTemplates(name string, mode os.FileMode) error {
	text, err := patterns.ReadFile(name)
	if err != nil {
		return err
	}
	functions := template.FuncMap{"sum": func(end string) string { return r.sum(end) }}
	pattern, err := template.New(name).Funcs(functions).Parse(string(text))
	if err != nil {
		return err
	}
	var filled bytes.Buffer
	err = pattern.Execute(&filled, map[string]string{
		"Tag": r.version, "Version": strings.TrimPrefix(r.version, "v"),
		"URL": "https://github.com/pasarela-ws/pasarela/releases/download/" + r.version,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return r.write(name, filled.Bytes(), mode)
}

// sum is the SHA-256 checksum of the file with that suffix.
func (r *release) sum(end string) string {
	for _, f := range r.files {
		if strings.HasSuffix(f.name, end) {
			return f.sum
		}
	}
	return ""
}
