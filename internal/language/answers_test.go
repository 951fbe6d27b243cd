package language_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// What a program answers people with a text of its own goes through this package: in no package
// does http.Error get a literal, and in those of spoken no error and no member Message or Reason
// is made of one. exempt has the exceptions, by file and function or member, with reasons.
func TestPeopleAreAnsweredInTheirLanguage(t *testing.T) {
	spoken := []string{"internal/console/", "internal/templatetool/", "internal/report/web/", "internal/report/intake/", "internal/report/delivery/", "internal/report/jobs/"}
	exempt := map[string]string{
		"internal/dataplane/functions/runtimeapi.go http.Error": "for the runtime of a function, a program",
		"internal/console/files.go http.Error":                  "a build that is damaged; nothing of its page can be shown",
		"internal/console/files.go fmt.Errorf":                  "a build that is damaged",
		"internal/console/signin.go errors.New":                 "matched by its caller, which says it",
		"internal/report/delivery/delivery.go fmt.Errorf":       "for the log, as all that Deliver says; what Check says of it is within",
		"internal/report/delivery/delivery.go errors.New":       "a mistake of this program",
		"internal/report/delivery/mail.go fmt.Errorf":           "for the log",
		"internal/report/delivery/webhook.go fmt.Errorf":        "for the log",
		"internal/report/intake/grants.go fmt.Errorf":           "a mistake of this program",
		"internal/report/jobs/calls.go fmt.Errorf":              "for the log: the client is told that the service has a problem",
		"internal/report/jobs/outbox.go fmt.Errorf":             "for the log",
		"internal/report/jobs/queue.go fmt.Errorf":              "what was tried, before what stood in the way",
		"internal/report/jobs/queue.go errors.New":              "matched by callers, and for the log",
		"internal/report/jobs/store.go fmt.Errorf":              "for the log",
		"internal/report/jobs/store.go errors.New":              "matched by callers",
		"internal/report/jobs/work.go fmt.Errorf":               "a mistake of this program, for the log",
		"internal/report/jobs/work.go errors.New":               "matched by its caller",
		"internal/templatetool/cases.go fmt.Errorf":             "the file format of the developers of templates' own corpora",
		"internal/templatetool/cases.go errors.New":             "as above",
		"internal/templatetool/render.go errors.New":            "the status of the command; what failed is said before",
	}
	root, used := filepath.Join("..", ".."), map[string]bool{}
	for _, top := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			name, _ := filepath.Rel(root, path)
			name = filepath.ToSlash(name)
			everyError := false
			for _, folder := range spoken {
				everyError = everyError || strings.HasPrefix(name, folder)
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				text := spokenText(n, everyError)
				if text == "" {
					return true
				}
				use := name + " " + text
				if used[use] = true; exempt[use] == "" {
					t.Errorf("%s: say it by an id of internal/language, or here why it is English", use)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for use := range exempt {
		if !used[use] {
			t.Errorf("%s is exempt and not there", use)
		}
	}
}

// spokenText is the function or the member by which a literal becomes what people are told;
// empty for a node that is none.
func spokenText(n ast.Node, everyError bool) string {
	switch n := n.(type) {
	case *ast.CallExpr:
		function := calledFunction(n)
		if (function == "http.Error" || everyError && (function == "fmt.Errorf" || function == "errors.New")) && hasLiteral(n.Args...) {
			return function
		}
	case *ast.KeyValueExpr:
		if member, ok := n.Key.(*ast.Ident); ok && everyError && (member.Name == "Message" || member.Name == "Reason") && hasLiteral(n.Value) {
			return member.Name
		}
	}
	return ""
}

// calledFunction is package.name of a call; empty for others.
func calledFunction(call *ast.CallExpr) string {
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	of, ok := function.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return of.Name + "." + function.Sel.Name
}

// hasLiteral says whether a value is a text of the code, or one added to others.
func hasLiteral(values ...ast.Expr) bool {
	for _, argument := range values {
		for sum, ok := argument.(*ast.BinaryExpr); ok; sum, ok = argument.(*ast.BinaryExpr) {
			argument = sum.X
		}
		if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			return true
		}
	}
	return false
}
