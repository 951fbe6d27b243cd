// Package console drives the console as a person does: the real programs, a real
// browser, clicks on what the page calls things, and nothing else. The selectors
// are accessible names, so a control that a screen reader could not name fails here.
package console

import (
	"flag"
	"os"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Programs under test, built once.
var pasarelaProgram, reportsProgram string

func TestMain(m *testing.M) {
	_ = os.Setenv("LC_ALL", "C")       // the tests read English, whatever the developer does
	_ = flag.Set("test.parallel", "4") // a browser waits more than it computes; -parallel has the last word
	status := testkit.WithPrograms(m, root, map[string]*string{"./cmd/pasarela": &pasarelaProgram, "./cmd/reports": &reportsProgram})
	chromium.stop()
	os.Exit(status)
}

// root is the checkout, seen from this package.
const root = "../.."
