package source_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

// describes has a database read queries that it does not run: endless would take longer than
// any test.
func describes(t *testing.T, from *source.Source, good, endless string, columns ...string) {
	t.Helper()
	isList := func(name string) bool { return name == "ids" }
	for _, sql := range []string{good, endless} {
		got, err := from.Describe(t.Context(), sql, isList)
		if err != nil || !slices.Equal(got, columns) {
			t.Errorf("%s: columns %v, %v; want %v", sql, got, err, columns)
		}
	}
	for sql, says := range map[string]string{
		"select nothing from sales": "nothing", "select id from nowhere": "nowhere", "select id from sales where": "", "select id from sales; select 1": "more than one statement", "delete from sales": `begins with "delete"`,
	} {
		if got, err := from.Describe(t.Context(), sql, isList); !errors.Is(err, source.ErrQuery) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: columns %v, %v; want an error that says %q", sql, got, err, says)
		}
	}
	for sql, line := range map[string]int{"select id, -- ñ\n  nothing\nfrom sales": 2, "select id\nfrom sales\njoin nowhere on true": 3, "select id\nfrom sales\n\nwhere where id = 1": 4, "select 1 as one": 0} {
		_, described := from.Describe(t.Context(), sql, isList)
		_, asked := drain(t.Context(), from, sql, time.Minute)
		if got, again := source.LineOf(described), source.LineOf(asked); got != line || again != line {
			t.Errorf("%s: the mistake is in line %d, and when it runs in %d, not in %d: %v", sql, got, again, line, asked)
		}
	}
}

// TestAPlaceholderOfADriverIsNoParameter: whoever writes one is told how a parameter is written.
func TestAPlaceholderOfADriverIsNoParameter(t *testing.T) {
	opened := shop.Open(t)
	for sql, want := range map[string]string{"select id from sales where id > @since": "write :since where", "select id from sales where id > ?": "write :name where"} {
		if _, err := opened.Describe(t.Context(), sql, func(string) bool { return false }); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestSQLiteReadsAQueryWithoutRunningIt(t *testing.T) {
	describes(t, shop.Open(t), "select id, store_id as Store from sales where (:ids is null or id in (:ids)) and sold_on > :since order by id",
		"with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) as id, count(*) as Store from n", "id", "Store")
}

func TestADatabaseThatIsNotThereReadsNoQuery(t *testing.T) {
	for _, address := range []string{
		"sqlite:" + filepath.Join(t.TempDir(), "none.db"), "postgres://u:geheim@127.0.0.1:1/db", "mysql://u:geheim@127.0.0.1:1/db", "sqlserver://u:geheim@127.0.0.1:1?database=db",
	} {
		opened, err := source.Open("shop", address)
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		if _, err := opened.Describe(t.Context(), "select 1 as a", func(string) bool { return false }); !errors.Is(err, source.ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
