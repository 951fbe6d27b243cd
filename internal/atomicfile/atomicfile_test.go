package atomicfile_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

func TestWriteReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path+atomicfile.Suffix, []byte("left by an interruption"), 0o444); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "", "a longer text"} {
		if err := atomicfile.Write(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if info, _ := os.Stat(path); err != nil || string(got) != text || info.Mode().Perm() != 0o600 {
			t.Errorf("got %q, %v; want %q", got, err, text)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("files are left: %v", entries)
	}
}

func TestAFailedWriteLeavesTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder")
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(path, []byte("new"), 0o600); err == nil {
		t.Error("a file took the place of a folder")
	}
	if err := atomicfile.Write(filepath.Join(path, "none", "file"), nil, 0o600); err == nil {
		t.Error("a file was written into a folder that is not there")
	}
}

func TestBlank(t *testing.T) {
	for text, want := range map[string]bool{"": true, "\x00\x00": true, "a": false, "\x00a": false, " ": false} {
		if got := atomicfile.Blank([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// os.WriteFile and os.Rename leave an empty or a half-written file after a power cut, so
// only this package calls them; exempt lists the exceptions with reasons.
func TestFilesAreReplacedHereOnly(t *testing.T) {
	exempt := map[string]string{
		"internal/dataplane/functions/code.go os.Rename":          "a folder that was unpacked; the store has it too",
		"internal/dataplane/functions/command.go os.WriteFile":    "written again at every start",
		"internal/dataplane/functions/leftover_unix.go os.Rename": "an empty file that is locked; it goes with its process",
		"internal/state/localjournal.go os.Rename":                "a journal under its next run's name; a start reads those of all runs",
		"internal/state/journalfile.go os.Rename":                 "written and synced before; what a power cut undoes is written again",
		"internal/state/repair.go os.Rename":                      "no node starts until all renames are made (repairswap.go)",
		"internal/state/repair.go os.WriteFile":                   "a copy that is worked on; the store stays as it is",
		"internal/node/stagelogs.go os.Rename":                    "a log that is set aside was written before",
		"internal/report/blobstore/draft.go os.WriteFile":         "a draft; the folder that takes it syncs it",
	}
	root := filepath.Join("..", "..")
	seen := 0
	for _, top := range []string{"internal", "cmd", "pasarelatest"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			name, _ := filepath.Rel(root, path)
			name = filepath.ToSlash(name)
			if strings.HasPrefix(name, "internal/atomicfile/") || strings.HasPrefix(name, "internal/testkit/") { // the latter is tests' own
				return nil
			}
			seen++
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				of, ok := call.X.(*ast.Ident)
				if !ok || of.Name != "os" || call.Sel.Name != "WriteFile" && call.Sel.Name != "Rename" {
					return true
				}
				if use := name + " os." + call.Sel.Name; exempt[use] == "" {
					t.Errorf("%s: replace files with atomicfile.Write, or say here why not", use)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen == 0 {
		t.Fatal("no files found: this test looks at nothing")
	}
}
