package pasarela_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// faultTests are the tests that run a package on a store that misbehaves
// (internal/state/statetest, Faulty), by the packages that write to the store. "" are those that
// only read. The store itself, internal/state, is tried with faults of its servers and of the
// network between them.
var faultTests = map[string]string{
	"internal/controlplane/apis":     "compatibility TestNoFaultUndoesWhatMayHaveBeenWritten",
	"internal/controlplane/identity": "compatibility TestNoFaultUndoesWhatMayHaveBeenWritten",
	"internal/controlplane/lambda":   "compatibility TestNoFaultUndoesWhatMayHaveBeenWritten",
	"internal/controlplane/preview":  "",
	"internal/controlplane/s3":       "s3 TestNoFaultUndoesWhatMayHaveBeenWritten",
	"internal/controlplane/ssm":      "compatibility TestNoFaultUndoesWhatMayHaveBeenWritten",
	"internal/controlplane/stack":    "stack TestNoFaultUndoesWhatMayHaveBeenWritten",
	"internal/dataplane/functions":   "",
	"internal/dataplane/stage":       "",
	"internal/dataplane/usage":       "usage TestEveryRequestCountsOnceWhateverTheStoreDoes",
	"internal/node":                  "node TestWhatNodesKeepIsKeptOnce",
	"internal/state/document":        "compatibility TestNoFaultUndoesWhatMayHaveBeenWritten",
	"internal/state/functioncode":    "compatibility TestNoFaultUndoesWhatMayHaveBeenWritten",
}

// usesStore is how code comes to write to the store: by documents or by the Bucket.
var usesStore = regexp.MustCompile(`document\.NewStore|\bbucket\.(Put|Delete)\(|\bBucket\.(Put|Delete)\(`)

// A package that writes to the store has a test with faults of the store, and one that only
// reads calls nothing that writes.
func TestWhatWritesIsTriedWithFaultsOfTheStore(t *testing.T) {
	users, writers := map[string]bool{}, map[string]bool{}
	for _, name := range goFiles(t) {
		pkg := path.Dir(name)
		if (source{file: name, pkg: pkg, test: strings.HasSuffix(name, "_test.go")}).forTests() || !under(pkg, "internal") || pkg == "internal/state" || pkg == "internal/state/statetest" {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		users[pkg] = users[pkg] || usesStore.Match(text)
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		writers[pkg] = writers[pkg] || callsAWrite(file)
	}
	there := testNames(t)
	for pkg, uses := range users {
		test, listed := faultTests[pkg]
		switch {
		case !uses:
		case !listed:
			t.Errorf("%s uses the store: name the test that runs it on a statetest.Faulty, or \"\" where it only reads", pkg)
		case test == "" && writers[pkg]:
			t.Errorf("%s writes to the store and has no test with faults of the store", pkg)
		case test != "" && !there[test]:
			t.Errorf("there is no %s, which is to run %s on a store with faults", test, pkg)
		}
	}
	for pkg := range faultTests {
		if !users[pkg] {
			t.Errorf("%s does not use the store: the table is stale", pkg)
		}
	}
}

func callsAWrite(file *ast.File) bool {
	for _, called := range methodCalls(file) {
		if writes[called] && knowsStore(file) {
			return true
		}
	}
	return false
}
