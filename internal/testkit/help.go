package testkit

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// HelpInTwoLanguages fails for a command or flag whose text is missing or the same in both
// languages; same are flags whose text needs no translation.
func HelpInTwoLanguages(t testing.TB, english, spanish *cobra.Command, same ...string) {
	t.Helper()
	if english.Short == "" || english.Short == spanish.Short || english.Long != "" && english.Long == spanish.Long {
		t.Errorf("%s: %q and %q", english.CommandPath(), english.Short, spanish.Short)
	}
	english.LocalFlags().VisitAll(func(flag *pflag.Flag) {
		other := spanish.Flag(flag.Name)
		if other == nil || flag.Usage == "" || flag.Usage == other.Usage && !slices.Contains(same, flag.Name) {
			t.Errorf("%s --%s: %q", english.CommandPath(), flag.Name, flag.Usage)
		}
	})
	for i, child := range english.Commands() {
		HelpInTwoLanguages(t, child, spanish.Commands()[i], same...)
	}
}

// HelpWithoutEnglish runs command lines that print help in Spanish, and fails when it has
// English texts of cobra or does not start with begin.
func HelpWithoutEnglish(t testing.TB, begin string, run func(args ...string) (printed string, status int), lines ...[]string) {
	t.Helper()
	for _, args := range lines {
		printed, status := run(args...)
		if status != 0 || !strings.Contains(printed, begin) {
			t.Errorf("%v: status %d\n%s", args, status, printed)
		}
		for _, english := range []string{"Usage:", "Flags:", "Available", "[flags]", "[command]", "help for", "information"} {
			if strings.Contains(printed, english) {
				t.Errorf("%v says %q:\n%s", args, english, printed)
			}
		}
	}
}
