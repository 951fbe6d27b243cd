package main

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

// program is how to call this program again from where the user is, ready to paste.
func program() string {
	called := os.Args[0]
	if path, err := os.Executable(); err == nil && builtByGoRun(path) {
		return goRun()
	}
	if builtByGoRun(called) {
		return goRun()
	}
	return shellWord(called)
}

// cached is a program in Go's build cache, where "go run" of Go 1.24 and later starts
// it: ~/.cache/go-build/ab/ab12...-d/pasarela.
var cached = regexp.MustCompile(`[/\\][0-9a-f]{2}[/\\][0-9a-f]{64}-d[/\\][^/\\]+$`)

// builtByGoRun says whether "go run" made the program: a path in a build cache or
// temporary folder is no command to paste.
func builtByGoRun(path string) bool {
	if cached.MatchString(path) {
		return true
	}
	folder := filepath.Dir(path)
	return filepath.Base(folder) == "exe" && strings.Contains(path, "go-build")
}

// goRun names the package as "go run" finds it from the working directory.
func goRun() string {
	const folder = "cmd/pasarela"
	if info, err := os.Stat(folder); err == nil && info.IsDir() {
		return "go run ./" + folder
	}
	path, version := "github.com/pasarela-ws/pasarela/"+folder, ""
	if info, ok := debug.ReadBuildInfo(); ok && info.Path != "" {
		path = info.Path
		if v := info.Main.Version; v != "" && !strings.Contains(v, "devel") && !strings.Contains(v, "+dirty") && !inModule(info.Main.Path) {
			version = "@" + v
		}
	}
	return "go run " + path + version
}

// inModule says whether the working directory lies in that module.
func inModule(module string) bool {
	folder, err := os.Getwd()
	if err != nil {
		return false
	}
	for {
		if text, err := os.ReadFile(filepath.Join(folder, "go.mod")); err == nil {
			return strings.HasPrefix(string(text), "module "+module+"\n")
		}
		above := filepath.Dir(folder)
		if above == folder {
			return false
		}
		folder = above
	}
}

// plainWord needs no quotes in a shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellWord is text as one word of a POSIX shell.
func shellWord(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
