package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// shared is a folder for what several tests build once.
var shared string

func TestMain(m *testing.M) {
	testkit.DependsOnInputs()
	var err error
	if shared, err = os.MkdirTemp("", "pasarela-release-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(shared) // if removing fails, files stay in the temporary folder
	os.Exit(code)
}

// linked is the program as a release has it, but without the commit: on every machine, in
// every folder and at every commit the same code gives the same bytes. Its packages are
// those that `make build` has compiled.
var linked = sync.OnceValues(func() (string, error) {
	path := filepath.Join(shared, "pasarela")
	arguments := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", path}, sizeFlags(target{runtime.GOOS, runtime.GOARCH})...)
	cmd := exec.Command("go", append(arguments, "./cmd/pasarela")...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Dir = filepath.Join("..", "..")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, said)
	}
	return path, nil
})

func stripped(t *testing.T) string {
	t.Helper()
	path, err := linked()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheProgramIsWithinItsBound(t *testing.T) {
	if err := within(stripped(t)); err != nil {
		t.Errorf("%v; docs/performance.md, \"Size of the program\", says where the bytes go", err)
	}
}
