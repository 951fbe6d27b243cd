package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/pasarela-ws/pasarela/internal/language"
)

func newVersion(l language.Language) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: l.Say("version.short"),
		Args:  none,
		Run:   func(cmd *cobra.Command, _ []string) { fmt.Fprintln(screenOn(cmd.OutOrStdout()), "pasarela", version()) },
	}
}

// version is what Go noted when it built this program: the module's version, or
// the revision of a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}
