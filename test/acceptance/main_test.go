// Package acceptance drives the real programs with real clients: the AWS CLI, the
// SDKs, and WebSocket clients that know nothing of pasarela. A client that is not
// installed is skipped, and the test says which.
package acceptance

import (
	"os"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Programs under test, built once.
var pasarelaProgram, reportsProgram string

func TestMain(m *testing.M) {
	_ = os.Setenv("LC_ALL", "C") // the tests read English, whatever the developer does
	os.Exit(testkit.WithPrograms(m, root, map[string]*string{"./cmd/pasarela": &pasarelaProgram, "./cmd/reports": &reportsProgram}))
}

// root is the checkout, seen from this package.
const root = "../.."
