package language_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/language"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// braces are no placeholders: the help speaks of names with them.
var braces = []string{"{api}", "{region}"}

func placeholders(text string) []string {
	var names []string
	for _, name := range placeholder.FindAllString(text, -1) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Singular and plural follow the number, in both languages; other text stays as
// it is.
func TestWordsFollowTheirNumber(t *testing.T) {
	for _, c := range []struct {
		id               language.ID
		n                any
		english, spanish string
	}{
		{"apply.done", 1, "1 change made", "1 cambio hecho"},
		{"apply.done", 0, "0 changes made", "0 cambios hechos"},
		{"apply.done", 21, "21 changes made", "21 cambios hechos"},
		{"lint.problems", int64(1), "1 problem", "1 problema"},
		{"connections.total", 1, "1 open ({nodes})", "1 abierta ({nodes})"},
	} {
		if got := language.English.Say(c.id, "n", c.n); got != c.english {
			t.Errorf("%s: %s", c.id, got)
		}
		if got := language.Spanish.Say(c.id, "n", c.n); got != c.spanish {
			t.Errorf("%s: %s", c.id, got)
		}
	}
	for n, want := range map[string]string{"1": "1 message that was accepted", "2": "2 messages that were accepted"} {
		if got := language.StepUnsent.Of(n).In(language.English); !strings.HasPrefix(got, want) {
			t.Error(got)
		}
	}
}

var numberedNoun = regexp.MustCompile(`\{(n|count|rows)\} [a-zé]+s\b`)

// A number is not followed by a plural that stays one where the number is 1.
func TestNoPluralStandsBehindANumber(t *testing.T) {
	for id, text := range language.All {
		for _, said := range []string{text.English, text.Spanish} {
			if numberedNoun.MatchString(said) {
				t.Errorf("%s: %q: write {n|one|many}", id, said)
			}
		}
	}
	for _, c := range language.Causes() {
		for _, said := range []string{c.Text().English, c.Text().Spanish} {
			if numberedNoun.MatchString(said) {
				t.Errorf("%s: %q: write {n|one|many}", c.ID(), said)
			}
		}
	}
}

func TestEveryMessageHasBothLanguagesWithTheSamePlaceholders(t *testing.T) {
	for id, text := range language.All {
		if text.English == "" || text.Spanish == "" {
			t.Errorf("%s: %+v", id, text)
		}
		if english, spanish := placeholders(text.English), placeholders(text.Spanish); !slices.Equal(english, spanish) {
			t.Errorf("%s: English has %v, Spanish %v", id, english, spanish)
		}
		if strings.Count(text.English, "\n\n") != strings.Count(text.Spanish, "\n\n") {
			t.Errorf("%s: the languages have different paragraphs", id)
		}
	}
}

// Every message that the program uses is in the catalogue and gets the arguments of
// its text; messages that are never used are not in it.
func TestTheProgramAndTheCatalogueFit(t *testing.T) {
	used := map[language.ID]bool{}
	for _, call := range calls(t, "../..") {
		for _, id := range call.ids {
			used[id] = true
			text, ok := language.All[id]
			if !ok {
				t.Errorf("%s: no message %q", call.place, id)
				continue
			}
			want := placeholders(text.English)
			for _, known := range braces {
				if !slices.Contains(call.names, known) {
					want = slices.DeleteFunc(want, func(name string) bool { return name == known })
				}
			}
			if call.names != nil && !slices.Equal(want, call.names) {
				t.Errorf("%s: %s has %v and gets %v", call.place, id, want, call.names)
			}
		}
	}
	for id := range language.All {
		if !used[id] {
			t.Errorf("nobody says %s", id)
		}
	}
	if len(used) < 100 {
		t.Errorf("only %d messages were found in the program", len(used))
	}
}

// call is a use of messages; names are nil where an id stands without arguments.
type call struct {
	place string
	ids   []language.ID
	names []string
}

var idForm = regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)

// calls finds the ids in every file of the program that knows this package.
func calls(t *testing.T, root string) (found []call) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || path == filepath.Join(root, "internal/language")) {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool {
			return strings.HasSuffix(i.Path.Value, `/internal/language"`)
		}) {
			return nil
		}
		seen := map[token.Pos]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if c, ok := said(n, seen); ok {
					c.place = files.Position(n.Pos()).String()
					found = append(found, c)
				}
			case *ast.BasicLit:
				if id := literal(n); idForm.MatchString(id) && !seen[n.Pos()] && language.All[language.ID(id)] != (language.Text{}) {
					found = append(found, call{files.Position(n.Pos()).String(), []language.ID{language.ID(id)}, nil})
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// said reads l.Say("id", "name", value ...) and language.Errorf of the same form.
func said(c *ast.CallExpr, seen map[token.Pos]bool) (call, bool) {
	selector, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "Say" && selector.Sel.Name != "Errorf" || len(c.Args) == 0 {
		return call{}, false
	}
	if of, ok := selector.X.(*ast.Ident); selector.Sel.Name == "Errorf" && (!ok || of.Name != "language") {
		return call{}, false
	}
	first, ok := c.Args[0].(*ast.BasicLit)
	if !ok {
		return call{}, false
	}
	seen[first.Pos()] = true
	names := []string{}
	for i := 1; i < len(c.Args); i += 2 {
		names = append(names, "{"+literal(c.Args[i])+"}")
	}
	slices.Sort(names)
	return call{ids: []language.ID{language.ID(literal(first))}, names: names}, true
}

func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	text, _ := strconv.Unquote(lit.Value)
	return text
}

func TestTheLocaleChoosesTheLanguage(t *testing.T) {
	for _, c := range []struct {
		environment map[string]string
		want        language.Language
	}{
		{nil, language.English},
		{map[string]string{"LANG": "es_ES.UTF-8"}, language.Spanish},
		{map[string]string{"LANG": "es"}, language.Spanish},
		{map[string]string{"LANG": "es_MX@euro"}, language.Spanish},
		{map[string]string{"LANG": "en_US.UTF-8"}, language.English},
		{map[string]string{"LANG": "C.UTF-8"}, language.English},
		{map[string]string{"LANG": "de_DE.UTF-8"}, language.English},
		{map[string]string{"LANG": "est_EE"}, language.English},
		{map[string]string{"LC_ALL": "C", "LANG": "es_ES"}, language.English},
		{map[string]string{"LC_ALL": "", "LC_MESSAGES": "es_AR", "LANG": "en_US"}, language.Spanish},
		{map[string]string{"LC_ALL": "es_ES", "LANG": "en_US"}, language.Spanish},
	} {
		if got := language.Locale(func(name string) string { return c.environment[name] }); got != c.want {
			t.Errorf("%v: %s", c.environment, got)
		}
	}
	if _, ok := language.Parse("de"); ok {
		t.Error("de is spoken")
	}
}

func TestErrorsAreWordedByWhoPrintsThem(t *testing.T) {
	cause := errors.New("file is gone")
	inner := language.Errorf("node.no_credentials", "dir", "d{dir}", "error", cause)
	for _, c := range []struct {
		err              error
		english, spanish string
	}{
		{inner, "no credentials in d{dir}: start pasarela with --data d{dir} once (file is gone)", "no hay credenciales en d{dir}: arranca pasarela con --data d{dir} una vez (file is gone)"},
		{fmt.Errorf("x: %w: %w", cause, language.Errorf("apply.nothing")), "x: file is gone: nothing was changed", "x: file is gone: no se cambió nada"},
		{fmt.Errorf("x: %w", language.Errorf("apply.nothing")), "x: nothing was changed", "x: no se cambió nada"},
		{errors.Join(language.Errorf("apply.nothing"), cause), "nothing was changed\nfile is gone", "no se cambió nada\nfile is gone"},
		{language.Errorf("reports.failed", "error", language.Errorf("apply.nothing")), "the report backend: nothing was changed", "el servidor de informes: no se cambió nada"},
		{language.Errorf("node.not_form", "setting", "--region", "value", "x", "form", language.ID("node.form_account")), "--region: x is not 12 digits", "--region: x no es 12 cifras"},
		{cause, "file is gone", "file is gone"},
	} {
		if got := language.English.Of(c.err); got != c.english || c.err.Error() != c.english {
			t.Errorf("English: %q, %q", got, c.err)
		}
		if got := language.Spanish.Of(c.err); got != c.spanish {
			t.Errorf("Spanish: %q", got)
		}
	}
	if !errors.Is(inner, cause) {
		t.Error("the cause is lost")
	}
}
