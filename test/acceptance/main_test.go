// Package acceptance drives the real programs with real clients: the AWS CLI, the
// SDKs, and WebSocket clients that were not written for pasarela. A client that
// is not installed is skipped, and the test says which.
package acceptance

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Programs under test, built once.
var pasarelaProgram, reportsProgram string

func TestMain(m *testing.M) {
	_ = os.Setenv("LC_ALL", "C") // the tests read English, whatever the developer does
	// The tests wait for other programs half of their time.
	if flag.Parse(); runtime.GOMAXPROCS(0) < beside {
		_ = flag.Set("test.parallel", strconv.Itoa(beside)) // a number
	}
	status := testkit.WithPrograms(m, root, map[string]*string{"./cmd/pasarela": &pasarelaProgram, "./cmd/reports": &reportsProgram})
	endForked()
	os.Exit(status)
}

// beside is how many tests run in parallel, if there are fewer processors.
const beside = 3

// root is the checkout, seen from this package.
const root = "../.."
