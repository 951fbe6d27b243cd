package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// TestTheProgramIsWithinItsBound links the program as a release does, but from packages that
// `make build` has compiled: with C and with paths, which is less than 100 KB more.
func TestTheProgramIsWithinItsBound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pasarela")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", path, "./cmd/pasarela")
	cmd.Dir = "../.."
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if err := within(path, target{runtime.GOOS, runtime.GOARCH}); err != nil {
		t.Errorf("%v; docs/performance.md, \"Size of the program\", says where the bytes go", err)
	}
}
