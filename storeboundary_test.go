package pasarela_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"
	"testing"
)

// privateKeys are the prefixes of keys in the store that only one package may have in its
// code. Those that two packages share have a name in the root package, such as
// [pasarela.PrefixAPI].
var privateKeys = map[string]string{
	"iam/":               "internal/controlplane/identity",
	"node/place":         "internal/node",
	"node/number/":       "internal/node",
	"node/lease/":        "internal/state",
	"deployment/":        "",
	"domainname/":        "",
	"vpclink/":           "",
	"apikey/":            "",
	"usageplan/":         "",
	"keyusage/":          "",
	"clientcertificate/": "",
	"function/":          "",
	"functioncode/":      "",
}

// writers are the packages of the data plane that write to the store; the others watch it
// or do not know it.
var writers = []string{"internal/dataplane/usage"}

// writes are the methods of a Bucket or of a document's store that change something.
// Delete is left out: maps have it too.
var writes = map[string]bool{"Put": true, "Create": true, "Update": true, "Upsert": true, "Remove": true}

// The layers concern imports only. This test refuses a key prefix in a second package,
// and writes by a package that should only watch.
func TestStoredKeysAndWritesStayInTheirPackages(t *testing.T) {
	files, err := listGoFiles()
	if err != nil {
		t.Fatal(err)
	}
	spelled, wrote := map[string]bool{}, false
	for _, name := range files {
		pkg := path.Dir(name)
		if pkg == "." {
			pkg = ""
		}
		if (source{file: name, pkg: pkg, test: strings.HasSuffix(name, "_test.go")}).forTests() {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range literals(file) {
			for prefix, folder := range privateKeys {
				if !strings.HasPrefix(text, prefix) {
					continue
				}
				if spelled[prefix] = true; pkg != folder {
					t.Errorf("%s spells %q, a key of the store which package %q alone may spell", name, text, folder)
				}
			}
		}
		for _, called := range methodCalls(file) {
			if !under(pkg, "internal/dataplane") || !writes[called] || !knowsStore(file) {
				continue
			}
			if wrote = true; !underAny(pkg, writers) {
				t.Errorf("%s calls %s: this package of the data plane only watches the store", name, called)
			}
		}
	}
	for prefix := range privateKeys {
		if !spelled[prefix] {
			t.Errorf("no file spells a key under %q: the table is stale", prefix)
		}
	}
	if !wrote {
		t.Error("no write of the data plane was found: this test looks past them")
	}
}

func knowsStore(file *ast.File) bool {
	for _, spec := range file.Imports {
		if name, _ := strconv.Unquote(spec.Path.Value); strings.HasPrefix(name, module+"/internal/state") {
			return true
		}
	}
	return false
}

// literals are the texts in the code of a file.
func literals(file *ast.File) (texts []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				texts = append(texts, text)
			}
		}
		_, isImport := n.(*ast.ImportSpec)
		return !isImport
	})
	return texts
}

// methodCalls are the names of what a file calls behind a dot.
func methodCalls(file *ast.File) (names []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
				names = append(names, selector.Sel.Name)
			}
		}
		return true
	})
	return names
}
