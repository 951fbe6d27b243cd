package testkit

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// FlagTable is a Markdown table of all flags of a program, by command. prefix begins
// the environment variables that stand for the flags of the commands in fromEnv.
func FlagTable(root *cobra.Command, prefix string, fromEnv ...string) string {
	var table strings.Builder
	table.WriteString("| command | flag | default | what it sets |\n|---|---|---|---|\n")
	row := func(command string, env bool, flag *pflag.Flag) {
		if flag.Hidden || flag.Name == "help" || flag.Name == "version" {
			return
		}
		name := "`--" + flag.Name + "`"
		if flag.Shorthand != "" {
			name += ", `-" + flag.Shorthand + "`"
		}
		if env {
			name += "; `" + prefix + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_")) + "`"
		}
		usual := ""
		if flag.DefValue != "" && flag.DefValue != "[]" {
			usual = "`" + flag.DefValue + "`"
		}
		what := strings.NewReplacer("|", `\|`, "\n", " ", "`", "").Replace(flag.Usage)
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", command, name, usual, what)
	}
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		env := false
		for _, name := range fromEnv {
			env = env || name == c.Name()
		}
		c.LocalFlags().VisitAll(func(flag *pflag.Flag) { row(c.CommandPath(), env, flag) })
		for _, child := range c.Commands() {
			if child.IsAvailableCommand() && child.Name() != "help" && child.Name() != "completion" {
				visit(child)
			}
		}
	}
	visit(root)
	return table.String()
}

// PageSection checks that the text between "<!-- name:begin -->" and "<!-- name:end -->"
// of a page is want; with update it writes want there.
func PageSection(t testing.TB, file, name, want string, update bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
	before, rest, found := strings.Cut(string(text), begin)
	got, after, closed := strings.Cut(rest, end)
	switch {
	case !found || !closed:
		t.Fatalf("%s has no section %q", file, name)
	case got == want:
	case update:
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s: section %q is not what the program says; run go test with -update. It should be:\n%s", file, name, want)
	}
}
