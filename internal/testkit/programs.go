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
// Where PASARELA_BIN names a folder, the programs have been built there, as make does for
// all packages of tests at once.
func WithPrograms(m *testing.M, root string, programs map[string]*string) int {
	dir := os.Getenv("PASARELA_BIN")
	if dir == "" {
		made, err := os.MkdirTemp("", "pasarela-programs")
		if err == nil {
			defer func() { _ = os.RemoveAll(made) }() // what stays is the system's to remove
			err = build(made, root, programs)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		dir = made
	}
	for name, path := range programs {
		*path = filepath.Join(dir, filepath.Base(name))
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
