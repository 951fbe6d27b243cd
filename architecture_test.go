package pasarela_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/pasarela-ws/pasarela"

// floors is docs/architecture.md as data: the lowest number is the ground. A
// package belongs to the longest entry that is its path or a parent of it, and
// may import only packages of lower floors, or of its own room.
var floors = map[string]int{
	"":      0,
	"vtl":   0,
	"sigv4": 0,

	"internal/atomicfile": 0,
	"internal/printable":  0,
	"internal/language":   0,

	"internal/engine/jsonvalue": 1,
	"internal/engine/jsonpath":  2,
	"internal/engine":           3,
	"internal/state":            3,
	"internal/template":         4,

	"internal/workerpool":           3,
	"internal/fastpath/requesthead": 3,
	"internal/fastpath/replay":      3,
	"internal/fastpath/accept":      5,
	"internal/fastpath/pushserver":  5,

	"internal/dataplane/fairshare":   3,
	"internal/dataplane/execution":   4,
	"internal/dataplane/socket":      4,
	"internal/dataplane/backend":     4,
	"internal/dataplane/integration": 5,
	"internal/dataplane/authorizer":  5,
	"internal/dataplane/stage":       6,
	"internal/dataplane/gateway":     7,

	"internal/controlplane/apis":     5,
	"internal/controlplane/identity": 5,
	"internal/controlplane":          6,

	"internal/awsapi/wire":          4,
	"internal/awsapi":               8,
	"internal/awsapi/compatibility": 9,
	"internal/console":              8,
	"internal/node":                 9,
	"internal/report":               9,
	"cmd":                           10,
	"pasarelatest":                  10,
	"internal/testkit":              11,
	"test":                          11,
}

// rooms says where alone an outside module may be imported.
var rooms = map[string][]string{
	"github.com/nats-io/":                   {"internal/state", "internal/report/jobs"},
	"github.com/gobwas/ws":                  {"internal/dataplane/socket"},
	"github.com/santhosh-tekuri/jsonschema": {"internal/engine/schema"},
	"github.com/dlclark/regexp2":            {"vtl"},
	"github.com/xuri/excelize":              {"internal/report/workbook"},
	"github.com/prometheus/":                {"internal/node/metrics", "internal/report/journal"},
	"go.opentelemetry.io/":                  {"internal/node/tracing"},
	"github.com/spf13/cobra":                {"cmd"},
	"github.com/aws/aws-sdk-go-v2/config":   {"internal/report/credentials"},
	"github.com/coder/websocket":            {"cmd", "internal/testkit"},
	"modernc.org/sqlite":                    {"internal/report/source"},
	"github.com/jackc/pgx":                  {"internal/report/source"},
	"github.com/go-sql-driver/mysql":        {"internal/report/source"},
	"github.com/microsoft/go-mssqldb":       {"internal/report/source"},
}

// alone lists packages that must not know each other in either direction,
// whatever their floors say.
var alone = [][2]string{
	{"internal/dataplane", "internal/controlplane"},
	{"internal/engine", "internal/state"},
}

// standardOnly are the packages that outsiders may want for their own sake;
// besides the standard library they may import what is listed.
var standardOnly = map[string][]string{
	"":                    nil,
	"vtl":                 {"github.com/dlclark/regexp2"},
	"sigv4":               nil,
	"internal/atomicfile": nil,
}

type source struct{ file, pkg, path string }

func TestEveryPackageStandsOnItsFloor(t *testing.T) {
	for _, s := range productImports(t) {
		from, ok := floorOf(s.pkg)
		if !ok {
			t.Errorf("%s: package %q has no floor; give it one here and in docs/architecture.md", s.file, s.pkg)
			continue
		}
		to, ours := strings.CutPrefix(s.path, module)
		if !ours {
			continue
		}
		to = strings.TrimPrefix(to, "/")
		target, ok := floorOf(to)
		if !ok {
			t.Errorf("%s imports %q, which has no floor", s.file, to)
			continue
		}
		if target.height >= from.height && target.room != from.room {
			t.Errorf("%s (floor %d) imports %q (floor %d): imports point down", s.file, from.height, to, target.height)
		}
	}
}

func TestPlanesAndThinkingAndKeepingStayApart(t *testing.T) {
	for _, s := range productImports(t) {
		to, ours := strings.CutPrefix(s.path, module+"/")
		if !ours {
			continue
		}
		for _, pair := range alone {
			if under(s.pkg, pair[0]) && under(to, pair[1]) || under(s.pkg, pair[1]) && under(to, pair[0]) {
				t.Errorf("%s imports %q: these meet in the store, never in code", s.file, to)
			}
		}
		if under(s.pkg, "internal/report") && !under(to, "internal/report") && to != "sigv4" && to != "internal/atomicfile" {
			t.Errorf("%s imports %q: the report backend is a neighbour and knows only HTTP, signatures and files", s.file, to)
		}
	}
}

func TestOutsideModulesHaveOneRoom(t *testing.T) {
	for _, s := range productImports(t) {
		if strings.HasPrefix(s.path, module) {
			continue
		}
		for prefix, allowed := range rooms {
			if strings.HasPrefix(s.path, prefix) && !underAny(s.pkg, allowed) {
				t.Errorf("%s imports %s, whose room is %s", s.file, s.path, strings.Join(allowed, " or "))
			}
		}
		if allowed, public := standardOnly[s.pkg]; public && strings.Contains(s.path, ".") && !hasPrefixAny(s.path, allowed) {
			t.Errorf("%s imports %s: package %q lives on the standard library", s.file, s.path, s.pkg)
		}
	}
}

type floor struct {
	room   string
	height int
}

func floorOf(pkg string) (floor, bool) {
	for room := pkg; ; room = filepath.Dir(room) {
		if room == "." {
			room = ""
		}
		if height, ok := floors[room]; ok && (room != "" || pkg == "") {
			return floor{roomOf(pkg, room), height}, true
		}
		if room == "" {
			return floor{}, false
		}
	}
}

// roomOf lets the parts of one room import each other: the room is the entry of
// the table, except on floors that one entry spans, where it is the next folder.
func roomOf(pkg, entry string) string {
	switch entry {
	case "internal/engine", "internal/awsapi", "internal/controlplane", "cmd":
		rest := strings.TrimPrefix(pkg, entry+"/")
		next, _, _ := strings.Cut(rest, "/")
		return entry + "/" + next
	}
	return entry
}

func under(pkg, room string) bool { return pkg == room || strings.HasPrefix(pkg, room+"/") }

func underAny(pkg string, rooms []string) bool {
	for _, room := range rooms {
		if under(pkg, room) {
			return true
		}
	}
	return false
}

func hasPrefixAny(path string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// productImports lists every import of every Go file that ships.
func productImports(t *testing.T) []source {
	t.Helper()
	var found []source
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skipped(entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		if pkg == "." {
			pkg = ""
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found = append(found, source{filepath.ToSlash(path), pkg, name})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no imports found: this test looks at nothing")
	}
	sort.Slice(found, func(i, j int) bool { return found[i].file < found[j].file })
	return found
}

func skipped(folder string) bool {
	switch folder {
	case "testdata", "node_modules", "tools", "web", "examples", "test":
		return true
	}
	return len(folder) > 1 && folder[0] == '.'
}
