package statement_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/statement"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

const (
	pg    = statement.PostgreSQL
	my    = statement.MySQL
	ms    = statement.SQLServer
	lite  = statement.SQLite
	marks = "$"
)

func mark(n int) string { return marks + string(rune('0'+n)) }

func every(names []string) statement.Arguments {
	values := map[string]value.Value{}
	for _, name := range names {
		values[name] = value.Value{}
	}
	return statement.Arguments{Values: values}
}

func TestParametersAreFound(t *testing.T) {
	for _, test := range []struct {
		dialect statement.Dialect
		sql     string
		query   string
		names   []string
	}{
		{pg, "select :a, :b, :a", "select $1, $2, $3", []string{"a", "b"}},
		{pg, `select ':a', ":b", :d`, `select ':a', ":b", $1`, []string{"d"}},
		{my, "select ':a', \":b\", `:c`, :d", "select ':a', \":b\", `:c`, $1", []string{"d"}},
		{pg, "select 'it''s :a', :b -- :c\n, :d", "select 'it''s :a', $1 -- :c\n, $2", []string{"b", "d"}},
		{pg, "select /* :a /* :b */ */ x::text, :b::date", "select /* :a /* :b */ */ x::text, $1::date", []string{"b"}},
		{pg, "select $$ :a $$, $q$ :b $q$, :c", "select $$ :a $$, $q$ :b $q$, $1", []string{"c"}},
		{pg, "select a$b$, :c, d$b$", "select a$b$, $1, d$b$", []string{"c"}},
		{pg, "select a[1:2], '12:30', :x_1;  \n", "select a[1:2], '12:30', $1", []string{"x_1"}},
		{pg, "select 1; -- done", "select 1", nil},
		{pg, "select 1 -- no newline at the end", "select 1 -- no newline at the end", nil},
		{pg, `select E'it\'s :a', e'\\', :b`, `select E'it\'s :a', e'\\', $1`, []string{"b"}},
		{pg, `select 'c:\', :b`, `select 'c:\', $1`, []string{"b"}},
		{my, `select 'it\'s :a', "\":b", :c # :d`, `select 'it\'s :a', "\":b", $1 # :d`, []string{"c"}},
		{my, `select '\'; drop table t; -- '`, `select '\'; drop table t; -- '`, nil},
		{my, "select 1 --'\n; drop table t; # '", "select 1 --'\n; drop table t; # '", nil},
		{my, "select 5--1, :a -- :b", "select 5--1, $1 -- :b", []string{"a"}},
		{my, "select @n := @n + 1, insert('a', 1, 1, 'b'), replace(a, 'x', :b) from t", "select @n := @n + 1, insert('a', 1, 1, 'b'), replace(a, 'x', $1) from t", []string{"b"}},
		{ms, "select [a]]:b], :c", "select [a]]:b], $1", []string{"c"}},
		{ms, "with x as (select 1 a), y as (select a from x) select a from y union all select :b", "with x as (select 1 a), y as (select a from x) select a from y union all select $1", []string{"b"}},
		{lite, "select [a:b], `:c`, :d", "select [a:b], `:c`, $1", []string{"d"}},
		{pg, "(select 1) union (select :a)", "(select 1) union (select $1)", []string{"a"}},
		{pg, "values (:a)", "values ($1)", []string{"a"}},
		{pg, "table sales", "table sales", nil},
		{pg, "with s as (select 1) select s.*, substring(x from 1 for 2), updated, deleted_at, 'insert into', \"into\" from s", "with s as (select 1) select s.*, substring(x from 1 for 2), updated, deleted_at, 'insert into', \"into\" from s", nil},
	} {
		parsed, err := statement.Parse(test.sql, test.dialect)
		if err != nil {
			t.Errorf("%s: %s: %v", test.dialect, test.sql, err)
			continue
		}
		query, bound, _, err := parsed.Bind(every(test.names), mark)
		if err != nil || query != test.query || !cmp.Equal(parsed.Parameters(), test.names) || len(bound) != strings.Count(test.query, "$")-strings.Count(test.sql, "$") {
			t.Errorf("%s: %s became %s with %v, %v", test.dialect, test.sql, query, parsed.Parameters(), err)
		}
	}
}

func TestOnlyOneQueryIsTaken(t *testing.T) {
	for _, test := range []struct {
		dialects []statement.Dialect
		sql      string
		says     string
	}{
		{statement.All(), "", "empty"},
		{statement.All(), " ; ", "empty"},
		{statement.All(), "-- nothing", "empty"},
		{statement.All(), "select 1; select 2", "more than one statement"},
		{statement.All(), "select 1;; drop table t", "more than one statement"},
		{statement.All(), "select 'a", "never closed"},
		{statement.All(), "select /* a", "never closed"},
		{statement.All(), "select \"a", "never closed"},
		{[]statement.Dialect{pg}, "select $$ a", "never closed"},
		{[]statement.Dialect{pg}, `SELECT 1 AS a, E'\''; COMMIT; BEGIN; INSERT INTO audit VALUES (99); COMMIT; BEGIN; DECLARE report CURSOR FOR SELECT 1 AS a; -- '`, "more than one statement"},
		{[]statement.Dialect{pg}, "select E'a'\n'\\'; delete from t; --'", "write them as one string"},
		{[]statement.Dialect{pg}, "select E'a' -- x\n -- y\n '\\'; delete from t; --'", "write them as one string"},
		{[]statement.Dialect{pg, ms}, "select 1 /* /* */ ; drop table t; */ ; drop table u", "more than one statement"},
		{[]statement.Dialect{my, lite}, "select 1 /* /* */ ; drop table t; -- */", "more than one statement"},
		{[]statement.Dialect{my}, `select '\'; drop table t; -- `, "never closed"},
		{[]statement.Dialect{pg, ms, lite}, `select '\'; drop table t; -- '`, "more than one statement"},
		{[]statement.Dialect{my}, "select 1 # '\n; drop table t; -- '", "more than one statement"},
		{[]statement.Dialect{pg, lite}, "select 1 --'\n; drop table t; -- '", "more than one statement"},
		{[]statement.Dialect{my}, "select 1 /*!50000 into outfile '/tmp/x' */", "executes"},
		{[]statement.Dialect{my}, "select 1 /*M! into outfile '/tmp/x' */", "executes"},
		{[]statement.Dialect{my}, "select /*+ SET_VAR(sql_mode='') */ 1", "executes"},
		{statement.All(), "select 1 into outfile '/tmp/x'", "INTO"},
		{statement.All(), "select 1.into dumpfile '/tmp/x'", "INTO"},
		{statement.All(), "select * into copy from t", "INTO"},
		{statement.All(), "select a.into x from a", "INTO"},
		{statement.All(), "select * from t for update", "FOR UPDATE"},
		{statement.All(), "select * from t for\nshare", "FOR SHARE"},
		{statement.All(), "select * from t for no key update", "FOR NO"},
		{statement.All(), "select * from t for key share", "FOR KEY"},
		{statement.All(), "select * from t lock in share mode", "LOCK IN SHARE MODE"},
		{statement.All(), "select nextval('s')", "NEXTVAL"},
		{statement.All(), "select next value for s", "NEXT VALUE"},
		{statement.All(), "with x as (delete from t returning id) select * from x", "DELETE"},
		{statement.All(), "with x as (select 1) insert into t select * from x", "INSERT"},
		{statement.All(), "with x as (select 1) update t set a = 1", "UPDATE"},
		{statement.All(), "with x as (select 1) merge t using x on 1=1", "MERGE"},
		{statement.All(), "with x as (select 1) delete t", "DELETE"},
		{statement.All(), "select 1\u00a0from t", "U+00A0"},
		{statement.All(), "select 1 -- a\rfrom t", "U+000D"},
		{statement.All(), "select 1 \x00", "U+0000"},
		{statement.All(), "select '\xff'", "UTF-8"},
		{statement.All(), "select (1", "bracket"},
		{statement.All(), "select 1) from t", "bracket"},
		{[]statement.Dialect{ms}, "select 1 delete from t", "DELETE"},
		{[]statement.Dialect{ms}, "select 1 exec xp_cmdshell 'x'", "EXEC"},
		{[]statement.Dialect{ms}, "select 1 select 2", "more than one statement"},
		{[]statement.Dialect{ms}, "with x as (select 1 a) select (select 1) select 2", "more than one statement"},
		{[]statement.Dialect{ms}, "select (1) select 2", "more than one statement"},
		{[]statement.Dialect{ms}, "select * from openrowset(bulk 'x', single_clob) x", "OPENROWSET"},
	} {
		for _, dialect := range test.dialects {
			if _, err := statement.Parse(test.sql, dialect); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %q: %v, which does not say %q", dialect, test.sql, err, test.says)
			}
		}
	}
	for _, begin := range []string{
		"insert into t values (1)", "update t set a = 1", "delete from t", "replace into t values (1)", "merge into t", "truncate t", "drop table t", "create table t (a int)",
		"call evil()", "execute immediate 'x'", "exec evil", "prepare p from 'x'", "execute p", "set global x = 1", "set statement max_statement_time=0 for select 1",
		"flush tables with read lock", "analyze table t", "analyze select 1", "optimize table t", "explain analyze delete from t", "show tables", "handler t open", "do sleep(1)",
		"lock tables t write", "begin", "commit", "start transaction", "begin not atomic select 1; end", "load data infile 'x' into table t", "copy t to program 'x'", "vacuum",
		"attach 'x' as y", "pragma query_only = 0", "notify x", "listen x", "declare c cursor for select 1", "fetch all from c", "grant all on t to u", "kill 1", "use x", "reset all", ":a",
	} {
		for _, dialect := range statement.All() {
			if _, err := statement.Parse(begin, dialect); err == nil || !strings.Contains(err.Error(), "begins with") && !strings.Contains(err.Error(), "more than one") {
				t.Errorf("%s: %q: %v", dialect, begin, err)
			}
		}
	}
}

func TestAParameterWithoutAValueIsNamed(t *testing.T) {
	parsed, err := statement.Parse("select :a, :b", pg)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := parsed.Bind(every([]string{"a"}), mark); err == nil || !strings.Contains(err.Error(), ":b") {
		t.Errorf("bound with %v", err)
	}
}

func TestListsStandInBrackets(t *testing.T) {
	const sql = "select a from t where (:l is null or a in (:l)) and :l is not null and b = :b"
	for _, test := range []struct {
		list  []value.Value
		query string
		bound int
	}{
		{nil, "select a from t where (NULL is null or a in ($1)) and NULL is not null and b = $2", 2},
		{[]value.Value{value.OfInt(1)}, "select a from t where (1 is null or a in ($1)) and 1 is not null and b = $2", 2},
		{[]value.Value{value.OfInt(1), value.OfInt(2), value.OfInt(3)}, "select a from t where (1 is null or a in ($1, $2, $3)) and 1 is not null and b = $4", 4},
	} {
		for _, dialect := range statement.All() {
			parsed, err := statement.Parse(sql, dialect)
			if err != nil {
				t.Fatal(err)
			}
			given := statement.Arguments{Values: map[string]value.Value{"b": value.OfInt(9)}, Lists: map[string][]value.Value{"l": test.list}}
			query, bound, names, err := parsed.Bind(given, mark)
			if err != nil || query != test.query || len(bound) != test.bound || len(names) != test.bound || bound[len(bound)-1] != value.OfInt(9) {
				t.Errorf("%s: %d values became %s with %v of %v, %v", dialect, len(test.list), query, bound, names, err)
			}
		}
	}
}

func TestAListIsNoSingleValue(t *testing.T) {
	isList := func(name string) bool { return name == "l" }
	given := statement.Arguments{Lists: map[string][]value.Value{"l": {value.OfInt(1), value.OfInt(2)}}}
	for _, sql := range []string{"select :l", "select 1 where a = :l", "select f(:l)", "select (:l)", "select 1 where a in (1, :l)", "select 1 where a in (:l, 1)", "select 1 where a in (:l::int)", "select 1 where :l is distinct from a", "select 1 where a in :l"} {
		parsed, err := statement.Parse(sql, pg)
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.CheckLists(isList); err == nil || !strings.Contains(err.Error(), "IN (:l)") {
			t.Errorf("%s: %v", sql, err)
		}
		if query, _, _, err := parsed.Bind(given, mark); err == nil {
			t.Errorf("%s became %s", sql, query)
		}
	}
}

// FuzzParse: an accepted text leaves no quote, comment or bracket open, so that
// text after it is checked too, and its pieces with the parameters' names are the
// text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"select :a", "select ':", "select $$;$$", "select /* ; */ 1;", "select a::b:c", "select E'\\'' , ';'", "select [;]", "select `;`", "select # ;\n 1", "with a as (select 1) select 1"} {
		for dialect := range statement.All() {
			f.Add(seed, uint8(dialect))
		}
	}
	f.Fuzz(func(t *testing.T, sql string, chosen uint8) {
		dialect := statement.All()[int(chosen)%len(statement.All())]
		parsed, err := statement.Parse(sql, dialect)
		if err != nil {
			return
		}
		query, _, names, err := parsed.Bind(every(parsed.Parameters()), func(int) string { return "\x00" })
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			query = strings.Replace(query, "\x00", ":"+name, 1)
		}
		if !strings.HasPrefix(sql, query) {
			t.Fatalf("%s: %q became %q", dialect, sql, query)
		}
		for _, more := range []string{"\n; drop table t", "\n into outfile 'x'", "\n for update", "\n)", "\n'"} {
			if _, err := statement.Parse(query+more, dialect); err == nil {
				t.Fatalf("%s: %q is taken", dialect, query+more)
			}
		}
		again, err := statement.Parse(query, dialect)
		if err != nil || !slices.Equal(again.Parameters(), parsed.Parameters()) {
			t.Fatalf("%s: %q is taken and %q is not: %v", dialect, sql, query, err)
		}
	})
}
