package pasarela_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/pasarela-ws/pasarela"
)

func settingsPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestTheSettingsPageHasEveryStageTag: a row for each tag that the parser knows, with
// the default and the bounds that act.
func TestTheSettingsPageHasEveryStageTag(t *testing.T) {
	_, err := pasarela.ParseStageSettings(map[string]string{pasarela.TagPrefix + "?": ""})
	if err == nil {
		t.Fatal("a setting that does not exist is taken")
	}
	_, list, _ := strings.Cut(err.Error(), "there are ")
	known := strings.Split(list, ", ")
	rows := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `pasarela:(\\w+)` \\| `(.*?)` \\| (.*) \\|$").FindAllStringSubmatch(settingsPage(t), -1) {
		rows[row[1]] = row[2:]
	}
	if len(rows) != len(known) {
		t.Errorf("docs/settings.md has %d tags, there are %d", len(rows), len(known))
	}
	bounds := regexp.MustCompile(`from (\d+) to (\d+)`)
	for _, name := range known {
		row, ok := rows[name]
		if !ok {
			t.Errorf("docs/settings.md has no row for %s%s", pasarela.TagPrefix, name)
			continue
		}
		usual, err := pasarela.ParseStageSettings(map[string]string{pasarela.TagPrefix + name: row[0]})
		if diff := cmp.Diff(pasarela.DefaultStageSettings(), usual, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %q is not the default (%v): %s", name, row[0], err, diff)
		}
		_, err = pasarela.ParseStageSettings(map[string]string{pasarela.TagPrefix + name: "x"})
		if err == nil {
			continue // any text will do
		}
		if found := bounds.FindStringSubmatch(err.Error()); found != nil && !strings.HasPrefix(row[1], found[1]+" to "+found[2]) {
			t.Errorf("%s: the page says %q, the program %q", name, row[1], err)
		}
	}
}

// TestTheSettingsPageHasEveryVariable: each environment variable that product code
// names is on the page.
func TestTheSettingsPageHasEveryVariable(t *testing.T) {
	page, literal := settingsPage(t), regexp.MustCompile(`"((?:AWS|OTEL|REPORTS|XDG|LC)_[A-Z0-9_]+|LANG|GOGC)"`)
	words := map[string]bool{"AWS_IAM": true, "AWS_PROXY": true} // words of the API
	found := 0
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") || !under(path, "cmd") && !under(path, "internal") || under(path, "internal/testkit") ||
			under(path, "internal/dataplane/functions") || under(path, "internal/controlplane/lambda") { // they name what functions get, and read none
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range literal.FindAllStringSubmatch(string(text), -1) {
			if words[name[1]] {
				continue
			}
			found++
			if !strings.Contains(page, "`"+name[1]) {
				t.Errorf("%s reads %s, which docs/settings.md does not name", path, name[1])
			}
		}
	}
	if found == 0 {
		t.Fatal("no variables found: this test looks at nothing")
	}
}
