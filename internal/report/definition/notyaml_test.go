package definition_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

// TestMistakesOfYAMLAreSaidAsWhatToChange: at the line where it is, in both languages, and not
// in the words of the parser.
func TestMistakesOfYAMLAreSaidAsWhatToChange(t *testing.T) {
	for name, test := range map[string]struct{ old, new, english, spanish string }{
		"a tab":                                 {"  - { name: b,", "\t- { name: b,", "d.yaml:15: this line is indented with a tab", "con un tabulador"},
		"a colon in a title":                    {"{ es: Ventas, en: Sales }", "Ventas: por región", `d.yaml:2: there is a colon with a space behind it in the text; put the text in quotes: title: "Ventas: por región"`, `ponlo entre comillas: title: "Ventas: por región"`},
		"a colon in a query":                    {"sql: select a, b", "sql: select 'x: y', a, b", "d.yaml:3: there is a colon with a space behind it in the query; write sql: |", "escribe sql: | y la consulta"},
		"a colon in a list":                     {"{ name: b, format", "name: b: c, x", "d.yaml:15: there is a colon with a space behind it", `name: "b: c`},
		"a brace":                               {"total: sum }", "total: sum", "d.yaml:15: a { that is opened here is not closed with }", "aquí se abre { y no se cierra con }"},
		"a bracket":                             {`"web-*"]`, `"web-*"`, "d.yaml:5: a [ that is opened here is not closed with ]", "aquí se abre [ y no se cierra con ]"},
		"a quote":                               {`default: "yes"`, `default: "yes`, "a quote is opened and not closed", "unas comillas que no se cierran"},
		"a quote that opens lines before":       {"{ es: Ventas, en: Sales }", `"Ventas`, "d.yaml:2: a quote is opened and not closed", "unas comillas que no se cierran"},
		"a quote after a text of several lines": {"{ es: Ventas, en: Sales }", "\"Ventas\n  it's, 'all'\"\ndescription: 'Sales", "d.yaml:4: a quote is opened and not closed", "unas comillas que no se cierran"},
		"an at sign":                            {"callers: [ana", "callers: [@ana", "d.yaml:5: a value that begins with @ goes in quotes", "un valor que empieza por @ va entre comillas"},
		"a backslash":                           {"header: { es: Uno", `header: { es: "\d"`, "d.yaml:14: in double quotes \\ means something else", "comillas simples"},
		"indented":                              {"file: ventas", "   file: ventas", "d.yaml:", ""},
		"braces of a file":                      {"file: ventas-{year}-{region}", "file: {year}", `d.yaml:4: file: the name goes in quotes, such as "sales-{year}"`, `por ejemplo "ventas-{year}"`},
	} {
		_, err := definition.Read("d.yaml", []byte(strings.Replace(good, test.old, test.new, 1)))
		if err == nil || !strings.Contains(err.Error(), test.english) || !strings.Contains(language.Spanish.Of(err), test.spanish) || strings.Count(err.Error(), "\n") > 0 || strings.Contains(err.Error(), "found ") {
			t.Errorf("%s: got\n%v\n%s", name, err, language.Spanish.Of(err))
		}
	}
}

// TestOneMistakeIsSaidOnce, at its own line.
func TestOneMistakeIsSaidOnce(t *testing.T) {
	literal := strings.Replace(good, "sql: select a, b from t where", "sql: |\n  select a,\n    b from t where :other < 1 and", 1)
	for name, test := range map[string]struct{ from, old, new, want string }{
		"a format":              {good, "format: money", "format: dinero", `d.yaml:15: format must be one of text, integer, number, money, percent, date, datetime, month, boolean, not "dinero"`},
		"no columns":            {good, good[strings.Index(good, "columns:"):], "", `d.yaml:1: a report needs "columns"`},
		"columns misspelled":    {good, "columns:", "colums:", `d.yaml:13: a report has no key "colums"; it has `},
		"a column without name": {good, "{ name: b,", "{ nombre: b,", `d.yaml:15: a column has no key "nombre"; it has `},
		"a chart's value":       {good, "chart: { category: a, value: b }", "chart:\n  category: a\n  value: c", `d.yaml:18: chart: value "c" is not a column of format integer, number, money or percent; there are: b`},
		"a chart's category":    {good, "category: a", "category: c", `d.yaml:16: chart: category "c" is not a column; there are: a, b`},
		"a name in file":        {good, "{region}", "{zone}", "d.yaml:4: file: {zone} is not a parameter"},
		"a parameter":           {literal, "", "", "d.yaml:5: sql uses :other, which is not among the parameters"},
		"choice":                {good, "values: [norte, { value: sur, title: { en: South } }]", "required: false", `d.yaml:8: parameter "region": type choice and values go together, such as type: choice, values: [small, large]`},
		"callers":               {good, `callers: [ana, "web-*"]`, "callers: ana", `d.yaml:5: callers must be a list: [one, two], or below each other with "- " before each`},
	} {
		_, err := definition.Read("d.yaml", []byte(strings.Replace(test.from, test.old, test.new, 1)))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got\n%v\nwant %s", name, err, test.want)
		}
	}
}

// TestAColumnThatTheResultHasNot is said at the column.
func TestAColumnThatTheResultHasNot(t *testing.T) {
	d, err := definition.Read("d.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Places([]string{"a", "B", "b2"})
	if err != nil {
		t.Errorf("capitals: %v", err)
	}
	_, err = d.Places([]string{"A", "a2"})
	if want := "d.yaml:15: the query's result has no column b; it has A, a2"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if line := d.SQLAt(1); line != 3 {
		t.Errorf("a query of one line stands in line %d", line)
	}
}
