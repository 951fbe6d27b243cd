package statement_test

import (
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/statement"
)

func TestTheOrderOfTheRowsIsFound(t *testing.T) {
	for sql, want := range map[string]bool{
		"select a from t order by a":                                         true,
		"with x as (select a from t) select a from x ORDER\n BY a desc":      true,
		"select a from t union select b from u order by 1":                   true,
		"(select a from t order by a)":                                       true, // cannot be told
		"select a from t":                                                    false,
		"select a from (select a from t order by a) x":                       false,
		"select a, sum(b) over (order by c) as s from t":                     false,
		"select a, string_agg(b, ',' order by b) as s from t group by a":     false,
		"select a from t -- order by a":                                      false,
		"select 'order by a' as a, \"order\" as b from t":                    false,
		"with x as (select a from t order by a) select a from x where a > 1": false,
	} {
		for _, dialect := range statement.All() {
			parsed, err := statement.Parse(sql, dialect)
			if dialect == ms && err != nil {
				continue // begins with a bracket
			}
			if err != nil || parsed.Ordered() != want {
				t.Errorf("%s: %s: ordered %t, %v", dialect, sql, parsed.Ordered(), err)
			}
		}
	}
}

func TestAFilterThatMayBeLeftOutIsFound(t *testing.T) {
	for sql, want := range map[string]bool{
		"select a from t where (:p is null or a = :p)":                       true,
		"select a from t where :p is null or a = :p":                         true,
		"select a from t where (a in (:p) or :p is null) and b = 1":          true,
		"select a from t where ((:p is null) or a in (:p))":                  true,
		"select a from t where (:p::text is null or a = :p::text)":           true,
		"select a from t where (cast(:p as text) is null or a = :p or b=:p)": true,
		"select a from t where a = :p":                                       false,
		"select a from t where a in (:p)":                                    false,
		"select a from t where :p is null":                                   false,
		"select a from t where :p is not null or a = :p":                     false,
		"select a from t where (:p is null or a = :p) and b = :p":            false,
		"select coalesce(:p, 'x') as a from t":                               false,
		"select :p":                                                          false,
	} {
		parsed, err := statement.Parse(sql, pg)
		if err != nil || parsed.TakesAll("p") != want || parsed.TakesAll("q") {
			t.Errorf("%s: %t, %v", sql, parsed.TakesAll("p"), err)
		}
	}
}
