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
// does http.Error get a literal, and in those of spoken no error is made of one. exempt has
// the exceptions, by file and function, with reasons.
func TestPeopleAreAnsweredInTheirLanguage(t *testing.T) {
	spoken := []string{"internal/console/", "internal/templatetool/"}
	exempt := map[string]string{
		"internal/dataplane/functions/runtimeapi.go http.Error": "for the runtime of a function, a program",
		"internal/console/files.go http.Error":                  "a build that is damaged; nothing of its page can be shown",
		"internal/console/files.go fmt.Errorf":                  "a build that is damaged",
		"internal/console/signin.go errors.New":                 "matched by its caller, which says it",
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
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				function := calledFunction(call)
				if function != "http.Error" && (!everyError || function != "fmt.Errorf" && function != "errors.New") || !hasLiteral(call) {
					return true
				}
				use := name + " " + function
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

// hasLiteral says whether an argument is a text of the code, or one added to others.
func hasLiteral(call *ast.CallExpr) bool {
	for _, argument := range call.Args {
		for sum, ok := argument.(*ast.BinaryExpr); ok; sum, ok = argument.(*ast.BinaryExpr) {
			argument = sum.X
		}
		if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			return true
		}
	}
	return false
}
