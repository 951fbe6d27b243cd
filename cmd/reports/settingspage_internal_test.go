package main

import (
	"flag"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

var update = flag.Bool("update", false, "write docs/settings.md")

// TestTheSettingsPageHasEveryFlag: docs/settings.md lists the flags as cobra has them.
func TestTheSettingsPageHasEveryFlag(t *testing.T) {
	t.Setenv("AWS_REGION", "") // the default of --region
	testkit.PageSection(t, "../../docs/settings.md", "reports", testkit.FlagTable(program(language.English), ""), *update)
}
