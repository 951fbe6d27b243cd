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
	table := testkit.FlagTable(newRoot(language.English), "PASARELA_", "serve", "dev", "credentials", "healthcheck")
	testkit.PageSection(t, "../../docs/settings.md", "pasarela", table, *update)
}
