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
