package definition_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

func TestWrongGroupsAreNamed(t *testing.T) {
	t.Parallel()
	for sheet, says := range map[string]string{
		"group: nope": `group "nope" is not a column`, "split: nope": `split "nope" is not a column`, "group: a, split: a": "the same column",
		"group: a, table: true": "a table has no subtotals", "split: a": "", "group: a": "", "group: a, table: false": "",
	} {
		_, err := definition.Read("d.yaml", []byte("type: d\ntitle: D\nsql: select 1\ncolumns: [{ name: a }, { name: b, format: integer, total: sum }]\nsheet: { "+sheet+" }\n"))
		if (says == "") != (err == nil) || says != "" && (!strings.Contains(err.Error(), "d.yaml:5: ") || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v", sheet, err)
		}
	}
	if _, err := definition.Read("d.yaml", []byte("type: d\ntitle: D\nsql: select 1\ncolumns: [{ name: a }]\nsheet: { group: a }\n")); err == nil || !strings.Contains(err.Error(), "needs a column with a total") {
		t.Errorf("without a total: %v", err)
	}
}

// TestAGroupWithoutAnOrderIsWarnedOf: where the rows of a value may come in several places;
// without a group, or with any order, nothing is said.
func TestAGroupWithoutAnOrderIsWarnedOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ sql, sheet, want string }{
		{"select a, b from t", "group: a", "d.yaml:3: sheet: group a: the query has no ORDER BY, so the rows of one value may come in several places, and the report would not be made; end it with ORDER BY a"},
		{"select a, c, b from t", "split: c, group: a", "end it with ORDER BY c, a"},
		{"select a, b from (select * from t order by a) x", "group: a", "end it with ORDER BY a"},
		{"select a, b from t order by a", "group: a", ""},
		{"select a, b from t order by upper(a)", "group: a", ""},
		{"select a, b from t", "name: T", ""},
	} {
		d, err := definition.Read("d.yaml", []byte("type: d\ntitle: D\nsql: "+test.sql+"\ncolumns: [{ name: a }, { name: c }, { name: b, format: integer, total: sum }]\nsheet: { "+test.sheet+" }\n"))
		if err != nil {
			t.Fatal(err)
		}
		if said := d.Warnings.Error(); (test.want == "") != (said == "") || !strings.Contains(said, test.want) {
			t.Errorf("%s, %s: %q", test.sql, test.sheet, said)
		}
	}
}

// TestWhatNoValueMeansIsFound: a parameter without a value takes all rows where the query
// leaves its filter out.
func TestWhatNoValueMeansIsFound(t *testing.T) {
	t.Parallel()
	d, err := definition.Read("d.yaml", []byte("type: d\ntitle: D\nsql: select a from t where (:free is null or a in (:free)) and b in (:bound)\nparameters: [{ name: free, list: true }, { name: bound, list: true }]\ncolumns: [{ name: a }]\n"))
	if err != nil || !d.Parameters[0].NoneIsAll || d.Parameters[1].NoneIsAll {
		t.Errorf("%+v, %v", d, err)
	}
}
