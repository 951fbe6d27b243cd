package report_test

import (
	"os"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/browser"
)

func TestMain(m *testing.M) {
	testkit.DependsOnInputs()
	status := m.Run()
	browser.Stop()
	os.Exit(status)
}
