// Package console drives the console as a person does: the real programs, a real
// browser, clicks on what the page calls things, and nothing else. The selectors
// are accessible names, so a control that a screen reader could not name fails here.
package console

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Programs under test, built once.
var pasarelaProgram, reportsProgram string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	_ = os.Setenv("LC_ALL", "C") // the tests read English, whatever the developer does
	dir, err := os.MkdirTemp("", "pasarela-console")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "./cmd/pasarela", "./cmd/reports")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	pasarelaProgram, reportsProgram = filepath.Join(dir, "pasarela"), filepath.Join(dir, "reports")
	return m.Run()
}

// root is the checkout, seen from this package.
const root = "../.."
