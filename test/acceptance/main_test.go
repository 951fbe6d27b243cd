// Package acceptance drives the real programs with real clients: the AWS CLI, the
// SDKs, and WebSocket clients that know nothing of pasarela. A client that is not
// installed is skipped, and the test says which.
package acceptance

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
	dir, err := os.MkdirTemp("", "pasarela-acceptance")
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
	return m.Run()
}

// root is the checkout, seen from this package.
const root = "../.."
