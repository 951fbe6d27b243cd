package console_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/console"
	"github.com/pasarela-ws/pasarela/internal/engine/mapping"
)

// TestExamplesInFieldsSayThatTheyAreExamples fails where an input shows a literal in the
// place of its value: it looks like one that was entered. useExample puts "e.g." before it.
func TestExamplesInFieldsSayThatTheyAreExamples(t *testing.T) {
	literal := regexp.MustCompile("placeholder=(\"|'|\\{ *['\"`])")
	sources, read := os.DirFS("web/src"), 0
	err := fs.WalkDir(sources, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".tsx") {
			return err
		}
		text, err := fs.ReadFile(sources, path)
		if err != nil {
			return err
		}
		read++
		for number, line := range strings.Split(string(text), "\n") {
			if literal.MatchString(line) {
				t.Errorf("%s:%d shows an example as it would show a value: %s", path, number+1, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil || read == 0 {
		t.Fatalf("%d sources read; %v", read, err)
	}
}

// TestEveryStageSettingHasItsWords: the console's table of what settings do has a row for
// each that the server knows, and no other.
func TestEveryStageSettingHasItsWords(t *testing.T) {
	source, err := os.ReadFile("web/src/pages/apis/stageSettings.ts")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^  (\w+): \{\n    label: `).FindAllStringSubmatch(string(source), -1) {
		told[row[1]] = true
	}
	for _, setting := range pasarela.KnownStageSettings() {
		if !told[setting.Name] {
			t.Errorf("the console does not say what %s does", setting.Name)
		}
		delete(told, setting.Name)
	}
	for name := range told {
		t.Errorf("the console has words for %s, which is no setting", name)
	}
}

// TestFactsNameTheStageSettings: the console gets the table of settings where there are any.
func TestFactsNameTheStageSettings(t *testing.T) {
	for _, settings := range [][]pasarela.StageSetting{pasarela.KnownStageSettings(), nil} {
		c, err := console.New(console.Options{Facts: console.Facts{StageSettings: settings}, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		response := httptest.NewRecorder()
		c.ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/console/facts.json", nil))
		if has := strings.Contains(response.Body.String(), `{"name":"resumeSeconds","unit":"seconds","most":86400,"default":"0"}`); has != (settings != nil) {
			t.Errorf("with %d settings the facts are %s", len(settings), response.Body)
		}
	}
}

// TestOfferedVariablesExist: what the template editor offers is what the engine has.
func TestOfferedVariablesExist(t *testing.T) {
	source, err := os.ReadFile("web/src/elements/templateVariables.ts")
	if err != nil {
		t.Fatal(err)
	}
	offered := regexp.MustCompile(`\$(context|input|util)\.([\w.]+\(?)`).FindAllStringSubmatch(string(source), -1)
	if len(offered) < 20 {
		t.Fatalf("only %d variables are offered", len(offered))
	}
	for _, one := range offered {
		root, name := one[1], strings.TrimSuffix(strings.Replace(one[2], "(", "()", 1), ".")
		known := slices.Contains(mapping.Members(root), name)
		if root == "context" {
			known = mapping.KnownContext(strings.Split(name, "."))
		}
		if !known {
			t.Errorf("there is no $%s.%s", root, name)
		}
	}
}
