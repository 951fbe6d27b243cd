package language_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// sampleArgs are arguments that no text has by itself.
func sampleArgs(c language.Cause) []string {
	var args []string
	for i := range c.Names() {
		args = append(args, fmt.Sprintf("%d%d%d", i, i, i))
	}
	return args
}

func takesWhy(c language.Cause) bool { return strings.Contains(c.Text().English, "{why}") }

// english are words that Spanish texts have only in names of AWS and in command lines.
var english = regexp.MustCompile(`(?i)\b(the|is|are|of|and|its|it|has|have|which|with|for|from|must|was|does|when|that|than|this|there|answered|missing|refused|route|stage|integration|authorizer)\b`)

// spelledByAWS are field names, commands and quoted messages, which have one language.
var spelledByAWS = regexp.MustCompile(`aws [a-z0-9]+ [a-z-]+|create-[a-z-]+ --[a-z-]+|--[a-z-]+|\$?[A-Za-z]+(\.[A-Za-z*]+)+|"[^"]*"|[a-z]+:[A-Za-z]+`)

// oneLanguage are texts without words of their own.
var oneLanguage = []language.ID{"text.verbatim", "text.around", "resource.api", "resource.other", "authorizer.result_policy", "authorizer.result_value", "jwt.unread", "kind.null"}

func TestEveryCauseIsWholeInBothLanguages(t *testing.T) {
	raw := regexp.MustCompile(`\{[a-z_]+\}`)
	for _, c := range language.Causes() {
		text := c.Text()
		if !idForm.MatchString(string(c.ID())) {
			t.Errorf("%s is no id", c.ID())
		}
		if _, twice := language.All[c.ID()]; twice {
			t.Errorf("%s is a message too", c.ID())
		}
		if e, s := placeholders(text.English), placeholders(text.Spanish); !slices.Equal(e, s) {
			t.Errorf("%s: English has %v, Spanish %v", c.ID(), e, s)
		}
		if same := text.English == text.Spanish; same != slices.Contains(oneLanguage, c.ID()) {
			t.Errorf("%s: the same in both languages: %v", c.ID(), same)
		}
		m := c.Of(sampleArgs(c)...)
		if takesWhy(c) {
			m = c.Because(errors.New("9999"), sampleArgs(c)...)
		}
		for _, l := range []language.Language{language.English, language.Spanish} {
			said := m.In(l)
			if found := raw.FindString(said); found != "" {
				t.Errorf("%s: %s is left in %q", c.ID(), found, said)
			}
			for _, arg := range append(sampleArgs(c), m.Args()...) {
				if !strings.Contains(said, arg) {
					t.Errorf("%s: %q does not say %s", c.ID(), said, arg)
				}
			}
			if takesWhy(c) && !strings.Contains(said, "9999") {
				t.Errorf("%s: %q does not say why", c.ID(), said)
			}
		}
		if slices.Contains(oneLanguage, c.ID()) {
			continue
		}
		if word := english.FindString(spelledByAWS.ReplaceAllString(m.In(language.Spanish), "")); word != "" {
			t.Errorf("%s: %q is English in %q", c.ID(), word, m.In(language.Spanish))
		}
	}
}

// Every cause is used, and a message is made with as many arguments as its text has.
func TestMessagesAreMadeWithTheirArguments(t *testing.T) {
	declared := declaredCauses(t)
	used := map[string]bool{}
	eachFile(t, "../..", func(files *token.FileSet, file *ast.File, within bool) {
		ast.Inspect(file, func(n ast.Node) bool {
			if name, ok := causeName(n, within); ok && declared[name] != 0 {
				used[name] = true
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || call.Ellipsis != token.NoPos {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || method.Sel.Name != "Of" && method.Sel.Name != "Because" {
				return true
			}
			name, _ := causeName(method.X, within)
			c := declared[name]
			if c == 0 {
				return true
			}
			want, because := len(c.Names()), method.Sel.Name == "Because"
			if because {
				want++
			}
			if len(call.Args) != want || because != takesWhy(c) {
				t.Errorf("%s: %s.%s has %d arguments, its text is %q", files.Position(n.Pos()), name, method.Sel.Name, len(call.Args), c.Text().English)
			}
			return true
		})
	})
	for name := range declared {
		if !used[name] {
			t.Errorf("nothing makes a message of %s", name)
		}
	}
	if len(declared) < 150 || len(declared) != len(language.Causes()) {
		t.Errorf("%d causes were found, there are %d", len(declared), len(language.Causes()))
	}
}

// causeName is the name of the cause that an expression is: language.Name, or Name
// within the package.
func causeName(n ast.Node, within bool) (string, bool) {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		of, ok := n.X.(*ast.Ident)
		return n.Sel.Name, ok && of.Name == "language"
	case *ast.Ident:
		return n.Name, within
	}
	return "", false
}

// declaredCauses are the causes by the names of their variables.
func declaredCauses(t *testing.T) map[string]language.Cause {
	t.Helper()
	byID := map[string]language.Cause{}
	for _, c := range language.Causes() {
		byID[string(c.ID())] = c
	}
	declared := map[string]language.Cause{}
	eachFile(t, ".", func(_ *token.FileSet, file *ast.File, _ bool) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if call, ok := spec.Values[0].(*ast.CallExpr); ok {
				if made, ok := call.Fun.(*ast.Ident); ok && made.Name == "cause" {
					declared[spec.Names[0].Name] = byID[literal(call.Args[0])]
				}
			}
			return true
		})
	})
	return declared
}

// eachFile visits the files below root that ship; within says whether the file is of
// this package, where only uses in functions count.
func eachFile(t *testing.T, root string, visit func(files *token.FileSet, file *ast.File, within bool)) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if root != "." && file.Name.Name == "language" {
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok {
					visit(files, &ast.File{Name: file.Name, Decls: []ast.Decl{f}}, true)
				}
			}
			return nil
		}
		visit(files, file, false)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMessagesAreDataUntilTheyArePrinted(t *testing.T) {
	why := language.RoleMissing.Of("arn:x")
	m := language.IntegrationRole.Because(fmt.Errorf("asking: %w", why), "{id}")
	for l, want := range map[language.Language]string{
		language.English: "credentialsArn of integration {id}: asking: arn:x: there is no such role. Create it (aws iam create-role), or name another one",
		language.Spanish: "credentialsArn de la integración {id}: asking: arn:x: no existe ese rol. Créalo (aws iam create-role), o nombra otro",
	} {
		if got := m.In(l); got != want {
			t.Errorf("%s: %q", l, got)
		}
	}
	text, err := json.Marshal(m)
	if want := `{"id":"integration.role","arguments":{"id":"{id}"},"because":{"id":"text.around","arguments":{"after":"","before":"asking: "},"because":{"id":"role.missing","arguments":{"arn":"arn:x"}}}}`; err != nil || string(text) != want {
		t.Errorf("%s %v", text, err)
	}
	var back language.Message
	if err := json.Unmarshal(text, &back); err != nil || !back.Equal(m) {
		t.Errorf("%v %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"id":"of.later","arguments":{"a":"b"}}`), &back); err != nil || back.Error() != "of.later" {
		t.Errorf("%v %v", back, err)
	}
	cut := errors.New("cut")
	if err := language.BackendTLS.Because(errors.New("x")).Wrap(cut); !errors.Is(err, cut) || language.Spanish.Of(fmt.Errorf("a: %w", err)) != "a: falló TLS: x" || !language.Reason(err).Equal(language.BackendTLS.Because(errors.New("x"))) {
		t.Errorf("%v", err)
	}
	if language.Reason(nil).ID() != "" || !language.IntegrationRole.Because(nil, "i").Equal(language.IntegrationRole.Of("i")) {
		t.Error("no error is a message")
	}
}

// A message that is not formatted costs its arguments and no text.
func TestAMessageCostsItsArguments(t *testing.T) {
	route := strings.Repeat("r", 40)
	var kept language.Message
	if n := testing.AllocsPerRun(100, func() { kept = language.ThrottleRoute.Of(route) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { kept = language.ThrottleAccount.Of() }); n > 0 {
		t.Errorf("%v allocations without arguments", n)
	}
	if kept.IsZero() {
		t.Error("no message")
	}
}
