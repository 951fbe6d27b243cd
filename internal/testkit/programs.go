package testkit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// WithPrograms builds commands of the module, runs the tests and returns the exit status,
// for TestMain. The commands are paths below the module's root, each with where its
// program's path goes; root is the way to the module from the test's folder.
//
// Where PASARELA_BIN names a folder, what has been built there is taken, as make builds the
// commands for all packages of tests at once; the rest is built here.
func WithPrograms(m *testing.M, root string, programs map[string]*string) int {
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
			defer func() { _ = os.RemoveAll(made) }() // what stays is the system's to remove
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
