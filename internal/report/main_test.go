package report_test

import (
	"os"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit/browser"
)

func TestMain(m *testing.M) {
	status := m.Run()
	browser.Stop()
	os.Exit(status)
}
