package source_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

// lists has a database list its tables, and wants lines of one with its columns.
func lists(t *testing.T, from *source.Source, want ...string) {
	t.Helper()
	tables, whole, err := from.Tables(t.Context())
	if err != nil || !whole {
		t.Fatalf("whole %t, %v", whole, err)
	}
	var got []string
	for _, table := range tables {
		line := table.Name + ":"
		for _, column := range table.Columns {
			line += " " + column.Name + " " + column.Type
		}
		got = append(got, line)
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("listed is\n%s\nwithout %s", strings.Join(got, "\n"), line)
		}
	}
	for _, line := range got {
		if strings.HasPrefix(line, "sqlite_") || strings.HasPrefix(line, "pg_catalog.") || strings.Contains(line, "information_schema.") {
			t.Errorf("listed is %s", line)
		}
	}
}

func TestSQLiteListsItsTables(t *testing.T) {
	lists(t, shop.Open(t), "regions: id INTEGER name TEXT")
}

// TestAListOfTablesHasABound: of a database with more columns than a page can show, the list
// says that it is not whole.
func TestAListOfTablesHasABound(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wide.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	columns := make([]string, 1001)
	for i := range columns {
		columns[i] = fmt.Sprintf("c%d", i)
	}
	for table := range 4 {
		if _, err := db.ExecContext(t.Context(), fmt.Sprintf("create table t%d (%s)", table, strings.Join(columns, ", "))); err != nil {
			t.Fatal(err)
		}
	}
	opened, err := source.Open("wide", "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	tables, whole, err := opened.Tables(t.Context())
	if err != nil || whole || len(tables) != 4 {
		t.Errorf("%d tables, whole %t, %v", len(tables), whole, err)
	}
}
