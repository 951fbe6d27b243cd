// Package console drives the console as a person does: the real programs, a real
// browser, and clicks on accessible names only. The selectors are accessible names,
// so a control that a screen reader could not name fails here.
package console

import (
	"flag"
	"os"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/browser"
)

// Programs under test, built once.
var pasarelaProgram, reportsProgram string

func TestMain(m *testing.M) {
	_ = os.Setenv("LC_ALL", "C")       // the tests read English, whatever the developer does
	_ = flag.Set("test.parallel", "4") // tests mostly wait for the browser; -parallel overrides it
	status := testkit.WithPrograms(m, root, map[string]*string{"./cmd/pasarela": &pasarelaProgram, "./cmd/reports": &reportsProgram})
	browser.Stop()
	os.Exit(status)
}

// root is the checkout, seen from this package.
const root = "../.."
