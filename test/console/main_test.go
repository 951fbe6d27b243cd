// Package console drives the console as a person does: the real programs, a real
// browser, clicks on what the page calls things, and nothing else. The selectors
// are accessible names, so a control that a screen reader could not name fails here.
package console

import (
	"fmt"
	"os"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
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
	programs, err := testkit.Build(dir, root, "./cmd/pasarela", "./cmd/reports")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	pasarelaProgram, reportsProgram = programs[0], programs[1]
	defer chromium.stop()
	return m.Run()
}

// root is the checkout, seen from this package.
const root = "../.."
