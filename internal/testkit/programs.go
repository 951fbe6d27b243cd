package testkit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// WithPrograms builds commands of the module, runs the tests and returns the exit status,
// for TestMain. The keys are the commands' paths below the module's root, the values
// receive the paths of the programs; root is the relative path from the test's folder to
// the module's root.
//
// Programs in the folder that PASARELA_BIN names are used, since make builds them once for
// all packages; the others are built here.
func WithPrograms(m *testing.M, root string, programs map[string]*string) int {
	DependsOnInputs()
	missing := map[string]*string{}
	for name, path := range programs {
		*path = filepath.Join(os.Getenv("PASARELA_BIN"), filepath.Base(name))
		if _, err := os.Stat(*path); err != nil || os.Getenv("PASARELA_BIN") == "" {
			missing[name] = path
		}
	}
	if len(missing) > 0 {
		made, err := os.MkdirTemp("", "pasarela-programs")
		if err == nil {
			defer func() { _ = os.RemoveAll(made) }() // if removing fails, files stay in the temporary folder
			err = build(made, root, missing)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		for name, path := range missing {
			*path = filepath.Join(made, filepath.Base(name))
		}
	}
	return m.Run()
}

// DependsOnInputs has go test's cache run the tests of a package again when what they use has
// changed: the cache knows of files and variables that a test reads, and not of what the
// programs read that it starts. make puts a sum of all of that into PASARELA_INPUTS.
func DependsOnInputs() {
	for _, name := range []string{"PASARELA_INPUTS", "PASARELA_PLAIN_HTTP"} {
		_ = os.Getenv(name) // the cache notes that it was read
	}
}

func build(dir, root string, programs map[string]*string) error {
	arguments := []string{"build", "-o", dir + string(filepath.Separator)}
	for name := range programs {
		arguments = append(arguments, name)
	}
	command := exec.Command("go", arguments...)
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}
