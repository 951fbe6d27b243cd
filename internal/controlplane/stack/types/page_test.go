package types_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/types"
)

var update = flag.Bool("update", false, "write the types into docs/cloudformation.md")

// TestThePageHasEveryType: docs/cloudformation.md lists the types as the registry has them.
func TestThePageHasEveryType(t *testing.T) {
	const page, begin, end = "../../../../docs/cloudformation.md", "<!-- types:begin -->\n", "<!-- types:end -->"
	var table strings.Builder
	table.WriteString("| type | Fn::GetAtt |\n|---|---|\n")
	for _, name := range types.All().Names() {
		kind, _ := types.All().Type(name)
		fmt.Fprintf(&table, "| `%s` | %s |\n", name, strings.Join(kind.Attributes, ", "))
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), begin)
	_, after, found := strings.Cut(rest, end)
	if !found {
		t.Fatalf("%s has no place for the types", page)
	}
	want := before + begin + table.String() + end + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, string(text)); d != "" {
		t.Errorf("run go test ./internal/controlplane/stack/types -update\n%s", d)
	}
}
