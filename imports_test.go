package pasarela_test

import (
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// source is one import of one Go file of the module.
type source struct {
	file string // the path below the module's root
	pkg  string // the folder of it; "" is the root
	path string // what is imported
	test bool   // the file is a test
}

// forTests is true for code that no release has: tests, the test kit, and programs
// below test.
func (s source) forTests() bool {
	return s.test || under(s.pkg, "internal/testkit") || under(s.pkg, "test")
}

type layer struct {
	folder string
	height int
}

func layerOf(pkg string) (layer, bool) {
	for folder := pkg; ; folder = path.Dir(folder) {
		if folder == "." {
			folder = ""
		}
		if height, ok := layers[folder]; ok && (folder != "" || pkg == "") {
			return layer{folderOf(pkg, folder), height}, true
		}
		if folder == "" {
			return layer{}, false
		}
	}
}

// folderOf is the folder whose parts may import each other: the entry of the table, or,
// where one entry spans several such folders, the next folder below it.
func folderOf(pkg, entry string) string {
	switch entry {
	case "internal/engine", "internal/awsapi", "internal/controlplane", "cmd":
		rest := strings.TrimPrefix(pkg, entry+"/")
		next, _, _ := strings.Cut(rest, "/")
		return entry + "/" + next
	}
	return entry
}

// outsideOf is the longest name of [outside] that a package is below, and the folders that may import it.
func outsideOf(pkg string) (name string, folders []string, listed bool) {
	for name := pkg; name != "."; name = path.Dir(name) {
		if folders, listed := outside[name]; listed {
			return name, folders, true
		}
	}
	return "", nil, false
}

// inModule is an import path below the module's root, if it is in the module.
func inModule(imported string) (string, bool) {
	if imported == module {
		return "", true
	}
	return strings.CutPrefix(imported, module+"/")
}

func under(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

func underAny(pkg string, folders []string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool { return under(pkg, folder) })
}

// imports lists every import of every Go file of the module, by file.
func imports(t *testing.T) []source {
	t.Helper()
	found, err := readImports()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no imports found: this test looks at nothing")
	}
	return found
}

var readImports = sync.OnceValues(func() ([]source, error) {
	files, err := listGoFiles()
	if err != nil {
		return nil, err
	}
	var found []source
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return nil, err
		}
		pkg := path.Dir(name)
		if pkg == "." {
			pkg = ""
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, err
			}
			found = append(found, source{name, pkg, imported, strings.HasSuffix(name, "_test.go")})
		}
	}
	return found, nil
})
