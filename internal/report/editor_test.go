package report_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/pasarela-ws/pasarela/internal/report"
)

type faulty struct {
	Line   int
	Reason string
}

type tried struct {
	YAML     string
	Code     string
	Problems []faulty
	Warnings []faulty
	Preview  struct {
		Headers []string
		Rows    [][]string
		Totals  []string
	}
	Rows  int
	Whole bool
	Type  struct{ Type string }
}

// TestADefinitionIsWrittenFromAQuery: a query becomes a definition with its parameters and
// formats, its first rows are shown, faults have their line, and it is saved and in force.
func TestADefinitionIsWrittenFromAQuery(t *testing.T) {
	t.Parallel()
	dir := folderOf(t, accents)
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: dir})
	call := func(path string, body map[string]any, status int) tried {
		t.Helper()
		content, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		got, said := ask(t, served, "POST", "/api/definitions/"+path, "", string(content))
		if got != status {
			t.Fatalf("%s answered %d %s, want %d", path, got, said, status)
		}
		return decode[tried](t, said)
	}
	const query = "select strftime('%Y-%m', sold_at) as month_sold, count(*) as sales, sum(quantity * unit_price * 1.0) as amount\nfrom sales where (:since is null or sold_at >= :since) group by 1 order by 1"
	yaml := call("draft", map[string]any{"type": "monthly", "title": "Sales by month", "source": "sample", "sql": query}, 200).YAML
	for _, want := range []string{
		"sql: |\n", "{name: since, title: Since, type: text}", "{name: month_sold, header: Month sold, format: month}", "{name: sales, header: Sales, format: integer}", "{name: amount, header: Amount, format: number, total: sum}",
	} {
		if !strings.Contains(yaml, want) {
			t.Errorf("the draft lacks %q:\n%s", want, yaml)
		}
	}
	if strings.Contains(yaml, "#") {
		t.Errorf("the draft of a query with rows has a comment:\n%s", yaml)
	}
	if listed := call("draft", map[string]any{"type": "l", "title": "L", "source": "sample", "sql": "select id from sales where (:ids is null or id in (:ids)) and id <> :id"}, 200).YAML; !strings.Contains(listed, "{name: ids, title: Ids, type: text, list: true}") || !strings.Contains(listed, "{name: id, title: Id, type: text}") {
		t.Errorf("a list is drafted as\n%s", listed)
	}
	for language, want := range map[string]string{"en": "# No rows came without values for the parameters", "es": "# Sin valores para los parámetros no han llegado filas"} {
		sketch := map[string]any{"type": "none", "title": "None", "source": "sample", "sql": "select id from sales where id > :least", "language": language}
		bare := call("draft", sketch, 200).YAML
		if _, columns, _ := strings.Cut(bare, want); !strings.Contains(columns, "\ncolumns:\n") {
			t.Errorf("the draft of a query without rows lacks %q above its columns:\n%s", want, bare)
		}
		if trial := call("preview", map[string]any{"yaml": bare, "language": language}, 200); len(trial.Problems) > 0 {
			t.Errorf("it is refused: %+v", trial)
		}
	}
	const typed = "select sold_at as sold, quantity * unit_price * 1.0 as amount, 0.25 as margin, unit_price * 1.0 as unit_price from sales where sold_at >= :from and sold_at <= :to and id > :least and id not in (:but) and :zip is not null and unit_price < :most"
	given := map[string]string{"from": "2025-01-01", "to": "end of year", "least": "10", "but": "7, 8", "zip": "08001", "most": "1e9"}
	drafted := call("draft", map[string]any{"type": "typed", "title": "Typed", "source": "sample", "sql": typed, "parameters": given}, 200).YAML
	for _, want := range []string{
		"{name: from, title: From, type: date}", "{name: to, title: To, type: date}", "{name: least, title: Least, type: integer}", "{name: but, title: But, type: integer, list: true}", "{name: zip, title: Zip, type: text}", "{name: most, title: Most, type: number}",
		"{name: sold, header: Sold, format: datetime}", "{name: amount, header: Amount, format: number, total: sum}", "{name: margin, header: Margin, format: number}", "{name: unit_price, header: Unit price, format: number}",
	} {
		if !strings.Contains(drafted, want) {
			t.Errorf("the draft of a query that was tried lacks %q:\n%s", want, drafted)
		}
	}
	given["from"] = "2099-01-01"
	if bare := call("draft", map[string]any{"type": "typed", "title": "Typed", "source": "sample", "sql": typed, "parameters": given, "language": "en"}, 200).YAML; !strings.Contains(bare, "# No rows came with these values") {
		t.Errorf("without rows:\n%s", bare)
	}
	shown := call("preview", map[string]any{"yaml": yaml, "language": "en", "parameters": map[string]string{"since": "2025-01-01"}}, 200)
	if len(shown.Problems) != 0 || len(shown.Preview.Rows) == 0 || shown.Preview.Rows[0][0] != "Jan 2025" || !shown.Whole || shown.Type.Type != "monthly" {
		t.Errorf("the preview is %+v", shown)
	}
	for change, want := range map[[2]string]string{
		{"format: integer", "format: integral"}: "format",
		{"from sales", "from sails"}:            "no such table: sails",
		{"name: sales", "name: sold"}:           "no column sold",
		{"source: sample", "source: none"}:      `source "none" is not configured`,
		{":since is null", ":until is null"}:    ":until",
		{"type: monthly", "type: 1"}:            "type",
	} {
		broken := strings.Replace(yaml, change[0], change[1], 1)
		trial := call("preview", map[string]any{"yaml": broken, "language": "en"}, 200)
		if len(trial.Problems) == 0 || trial.Problems[0].Line < 1 || !strings.Contains(trial.Problems[0].Reason, want) || len(trial.Preview.Rows) > 0 {
			t.Errorf("%s: %+v", change[1], trial)
		}
		if change[1] == "from sails" || change[1] == "name: sold" { // the database alone knows
			continue
		}
		call("save", map[string]any{"yaml": broken}, 422)
	}
	long := call("preview", map[string]any{"yaml": "type: long\ntitle: Long\nsql: select id from sales\ncolumns: [{ name: id, total: count }]\n"}, 200)
	if long.Whole || long.Rows != 200 || len(long.Preview.Rows) != 20 {
		t.Errorf("of a long one: %d rows, whole %t", long.Rows, long.Whole)
	}
	for _, sketch := range []string{"delete from sales", "select nope from sales", "select 1; select 2", ""} {
		if refused := call("draft", map[string]any{"type": "x", "title": "X", "source": "sample", "sql": sketch}, 422); refused.Code != "query_refused" {
			t.Errorf("%q: %+v", sketch, refused)
		}
	}
	if saved := call("save", map[string]any{"yaml": yaml}, 200); saved.Type.Type != "monthly" {
		t.Errorf("saved is %+v", saved)
	}
	if _, made := post(t, served, `{"connectionId":"c=","type":"monthly"}`); made.ID == "" {
		t.Error("what was saved cannot be asked for")
	}
	kept, err := os.ReadFile(filepath.Join(dir, "monthly.yaml"))
	if _, content := ask(t, served, "GET", "/api/definitions/monthly", "", ""); err != nil || string(kept) != yaml || decode[tried](t, content).YAML != yaml {
		t.Errorf("kept is %s, %v", kept, err)
	}
	// A type keeps its file, whatever that is called; a fault of all together changes nothing.
	other := strings.Replace(accents, "type: tildes", "type: tildes\ndescription: changed", 1)
	call("save", map[string]any{"yaml": other}, 200)
	call("save", map[string]any{"yaml": other + "schedules: [{ name: a, when: every day at 7, timezone: UTC, deliver: [{ folder: none }] }]\n"}, 422)
	if kept, err := os.ReadFile(filepath.Join(dir, "0.yaml")); err != nil || string(kept) != other {
		t.Errorf("the file is %s, %v", kept, err)
	}
}

// TestFaultsOfADefinitionAreSaidInThePagesLanguage: what is wrong with the file, with its
// query as it is read, and with what the database made of it.
func TestFaultsOfADefinitionAreSaidInThePagesLanguage(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, accents)})
	const good = "type: shops\ntitle: Shops\nsql: select name from products\ncolumns: [{ name: name }]\n"
	for change, want := range map[[2]string][2]string{
		{"columns:", "colums:"}:                             {`a report has no key "colums"; it has `, `un informe no tiene la clave "colums"; tiene `},
		{"select name", "delete"}:                           {`sql: the query begins with "delete"; a report runs`, `la consulta: empieza por "delete"; un informe ejecuta`},
		{"from products", "from product"}:                   {"the database refuses the query: ", "la base de datos rechaza la consulta: "},
		{"name: name", "name: nombre"}:                      {"the query's result has no column nombre; it has name", "el resultado de la consulta no tiene la columna nombre; tiene name"},
		{"type: shops", "type: shops\nsource: none"}:        {`source "none" is not configured; there are sample`, `la base de datos "none" no está configurada; hay sample`},
		{"type: shops", "type: shops\ntimezone: Mars/Base"}: {"time zone Mars/Base is not known", "la zona horaria Mars/Base no existe"},
	} {
		for i, spoken := range []string{"en", "es"} {
			body, err := json.Marshal(map[string]string{"yaml": strings.Replace(good, change[0], change[1], 1), "language": spoken})
			if err != nil {
				t.Fatal(err)
			}
			_, said := ask(t, served, "POST", "/api/definitions/preview", "", string(body))
			if got := decode[tried](t, said).Problems; len(got) == 0 || !strings.Contains(got[0].Reason, want[i]) {
				t.Errorf("%s in %s: %+v, want %s", change[1], spoken, got, want[i])
			}
		}
	}
	if _, said := ask(t, served, "POST", "/api/definitions/draft", "", `{"type":"x","title":"X","source":"sample","sql":"delete from sales","language":"es"}`); !strings.Contains(said, `empieza por \"delete\"`) {
		t.Errorf("a draft says %s", said)
	}
	if _, said := ask(t, served, "POST", "/api/definitions/save", "", `{"yaml":"type: 1","language":"es"}`); !strings.Contains(said, "debe ser una letra y, después, letras sin acentos") {
		t.Errorf("saving says %s", said)
	}
}

// TestAFormatThatDoesNotFitIsWarnedOf: dates that are names, and percentages that are none.
func TestAFormatThatDoesNotFitIsWarnedOf(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, accents)})
	const text = "type: f\ntitle: F\nsql: select name, 0.5 as half, 24 as share, 2.5 as growth, '2026-01-01' as day, 'x' as money from products\ncolumns:\n  - { name: name, format: date }\n  - { name: half, format: percent }\n  - { name: share, format: percent }\n  - { name: day, format: date }\n  - { name: money, format: money }\n"
	for spoken, want := range map[string][]string{"en": {`column "name" is date, and `, `column "share": most values are more than 100 %`, `column "money" is money, and `}, "es": {`la columna "name" es date, y `, "percent toma fracciones: 0.24 es el 24 %", `la columna "money" es money, y `}} {
		body, err := json.Marshal(map[string]string{"yaml": text, "language": spoken})
		if err != nil {
			t.Fatal(err)
		}
		_, said := ask(t, served, "POST", "/api/definitions/preview", "", string(body))
		got := decode[tried](t, said)
		if len(got.Warnings) != 3 || len(got.Preview.Rows) == 0 {
			t.Fatalf("in %s: %s", spoken, said)
		}
		for i, line := range []int{5, 7, 9} {
			if got.Warnings[i].Line != line || !strings.Contains(got.Warnings[i].Reason, want[i]) {
				t.Errorf("in %s: %+v, want %q in line %d", spoken, got.Warnings[i], want[i], line)
			}
		}
	}
}

// TestFaultsOfADefinitionHaveTheirLine: of a column at the column, of the query at the line of
// the query, as far as its database tells, of a database at its name.
func TestFaultsOfADefinitionHaveTheirLine(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, accents)})
	const good = "type: shops\ntitle: Shops\nsource: sample\nsql: |\n  select name,\n    stock\n  from products\n  where id > coalesce(:least, 0)\nparameters:\n  - { name: least, type: integer }\ncolumns:\n  - { name: name }\n  - { name: stock, format: integer }\n"
	for change, want := range map[[2]string]faulty{
		{"name: stock,", "name: stocks,"}:          {13, "the query's result has no column stocks; it has name, stock"},
		{"    stock\n", "    stocks\n"}:            {6, "sql: source sample: the database refuses the query: "},
		{"from products", "from product"}:          {7, "no such table: product"},
		{"where id >", "where where id >"}:         {8, "syntax error"},
		{":least, 0", ":most, 0"}:                  {8, "sql uses :most"},
		{":least, 0)", ":least, 0) and id > @top"}: {0, "write :top where a parameter belongs"},
		{"source: sample", "source: samples"}:      {3, `source "samples" is not configured`},
	} {
		body, err := json.Marshal(map[string]string{"yaml": strings.Replace(good, change[0], change[1], 1), "language": "en"})
		if err != nil {
			t.Fatal(err)
		}
		_, said := ask(t, served, "POST", "/api/definitions/preview", "", string(body))
		got := decode[tried](t, said).Problems
		if len(got) == 0 || want.Line > 0 && (got[0].Line != want.Line || len(got) > 1 && change[1] != ":most, 0") || !strings.Contains(got[0].Reason, want.Reason) || strings.Contains(said, "draft.yaml") {
			t.Errorf("%s: %+v, want %+v", change[1], got, want)
		}
	}
}

// TestAValueThatIsMissingIsNoFaultOfTheDefinition: it is said of the parameter, and what is left of
// a parameter of before is nothing.
func TestAValueThatIsMissingIsNoFaultOfTheDefinition(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, accents)})
	const text = "type: f\ntitle: F\nsql: select name from products where stock > :least and :day is not null\nparameters:\n  - { name: least, type: integer, required: true }\n  - { name: day, type: date, default: today, latest: 2099-12-31 }\ncolumns: [{ name: name }]\n"
	for _, test := range []struct {
		parameters     map[string]string
		field, message string
	}{
		{nil, "least", "least: es obligatorio"},
		{map[string]string{"least": "1", "day": "2100-01-01"}, "day", "day: no puede ser posterior a 31/12/2099"},
		{map[string]string{"least": "1", "before": "x"}, "", ""},
	} {
		body, err := json.Marshal(map[string]any{"yaml": text, "language": "es", "parameters": test.parameters})
		if err != nil {
			t.Fatal(err)
		}
		_, said := ask(t, served, "POST", "/api/definitions/preview", "", string(body))
		got := decode[struct {
			tried
			Value struct{ Field, Message string }
		}](t, said)
		if got.Value.Field != test.field || got.Value.Message != test.message || len(got.Problems) > 0 || (len(got.Preview.Rows) > 0) != (test.field == "") {
			t.Errorf("%v: %s", test.parameters, said)
		}
	}
}

// TestAPreviewSaysThatGroupsNeedAnOrder: a query without one is warned of, and rows that come
// in several places are a fault before anybody gets their subtotals.
func TestAPreviewSaysThatGroupsNeedAnOrder(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, accents)})
	const grouped = "type: groups\ntitle: Groups\nsql: select category, name, stock from products SORTED\ncolumns: [{ name: category }, { name: name }, { name: stock, format: integer, total: sum }]\nsheet: { group: category }\n"
	for sorted, want := range map[string]struct{ warning, problem string }{
		"where category = 'Hogar'": {"la consulta no tiene ORDER BY", ""},
		"order by name":            {"", "sheet: group category: en la fila "},
		"order by category, name":  {"", ""},
	} {
		body, err := json.Marshal(map[string]string{"yaml": strings.Replace(grouped, "SORTED", sorted, 1), "language": "es"})
		if err != nil {
			t.Fatal(err)
		}
		_, said := ask(t, served, "POST", "/api/definitions/preview", "", string(body))
		got := decode[tried](t, said)
		for _, one := range []struct {
			list []faulty
			want string
		}{{got.Warnings, want.warning}, {got.Problems, want.problem}} {
			if (one.want == "") != (len(one.list) == 0) || len(one.list) > 0 && (one.list[0].Line != 3 || !strings.Contains(one.list[0].Reason, one.want)) {
				t.Errorf("%s: %s", sorted, said)
			}
		}
		if (want.problem == "") != (len(got.Preview.Rows) > 0) {
			t.Errorf("%s: %d rows", sorted, len(got.Preview.Rows))
		}
	}
}

// TestDefinitionsAreWrittenOnThePage: an analyst writes a query, gets a definition with the
// first rows beside it, breaks it and is led to the line.
func TestDefinitionsAreWrittenOnThePage(t *testing.T) {
	t.Parallel()
	ctx, _, served := browse(t)
	do(t, ctx, chromedp.Navigate(served.URL+"/definitions"), chromedp.WaitVisible("#sql", chromedp.ByQuery))
	do(t, ctx, chromedp.Evaluate(`document.getElementById('language').value = 'en'; document.getElementById('language').dispatchEvent(new Event('change')); document.getElementById('source').value = 'sample'`, nil))
	for _, wrong := range [][3]string{{"", "sketch-type", "Name of the type: This is required."}, {"our shops", "sketch-type", "Name of the type: It begins with a letter;"}, {"shops", "sketch-title", "Title: This is required."}} {
		do(t, ctx, types("sketch-type", "`"+wrong[0]+"`"), chromedp.Click("#sketch button", chromedp.ByQuery))
		says(t, ctx, "#sketch-fault", wrong[2])
		if got := text(t, ctx, `document.activeElement.id + document.activeElement.getAttribute('aria-invalid')`); got != wrong[1]+"true" {
			t.Errorf("of %q the fault is at %s", wrong[0], got)
		}
	}
	do(t, ctx, chromedp.SetValue("#sketch-type", "shops", chromedp.ByQuery), chromedp.SetValue("#sketch-title", "Shops", chromedp.ByQuery),
		chromedp.SetValue("#sql", "select name, stock from products where :kind is null or category = :kind", chromedp.ByQuery), chromedp.Click("#sketch button", chromedp.ByQuery))
	do(t, ctx, chromedp.WaitVisible("#preview tbody tr", chromedp.ByQuery), chromedp.WaitVisible("#parameter-kind", chromedp.ByQuery))
	for expression, want := range map[string]string{
		`document.querySelector('#preview th').textContent`:                                         "Name",
		`document.getElementById('of').textContent`:                                                 "20 of 24 rows are shown.",
		`document.getElementById('yaml').value.includes('type: shops')`:                             "true",
		`document.documentElement.scrollWidth <= innerWidth`:                                        "true",
		`[...document.querySelectorAll('input, select:not([hidden])')].every(e => e.labels.length)`: "true",
	} {
		if got := text(t, ctx, expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
	// Written again, the parameter has the type of the value that it was tried with.
	do(t, ctx, chromedp.SetValue("#sql", "select name, stock from products where stock >= coalesce(:least, 0)", chromedp.ByQuery), chromedp.Click("#sketch button", chromedp.ByQuery), chromedp.WaitVisible("#parameter-least", chromedp.ByQuery))
	do(t, ctx, chromedp.Evaluate(`document.getElementById('parameter-least').value = '5'`, nil), chromedp.Click("#sketch button", chromedp.ByQuery), poll(`document.getElementById('yaml').value.includes('type: integer')`))
	// While it is typed the keyboard stays there, whatever the values of the parameters lack.
	do(t, ctx, chromedp.Evaluate(`document.getElementById('parameter-least').value = ''`, nil), chromedp.Focus("#yaml", chromedp.ByQuery), chromedp.Evaluate(`{ const y = document.getElementById('yaml'); y.value = y.value.replace('type: integer', 'required: true, type: integer'); y.dispatchEvent(new Event('input')) }`, nil))
	do(t, ctx, poll(`document.getElementById('parameter-least').required`))
	if got := text(t, ctx, `document.activeElement.id`); got != "yaml" {
		t.Errorf("the keyboard is at %s", got)
	}
	says(t, ctx, "#hint-least", "This is required.")
	says(t, ctx, "#of", "correct the marked values")
	if got := text(t, ctx, `document.getElementById('yaml').getAttribute('aria-invalid') + document.getElementById('parameter-least').getAttribute('aria-invalid')`); got != "falsetrue" {
		t.Errorf("of a value that is missing the definition and the field say %s", got)
	}
	do(t, ctx, chromedp.Evaluate(`{ const y = document.getElementById('yaml'); y.value = y.value.replace('required: true, ', ''); y.dispatchEvent(new Event('input')) }`, nil), chromedp.WaitNotPresent("#faults li", chromedp.ByQuery))
	do(t, ctx, chromedp.Evaluate(`{ const y = document.getElementById('yaml'); y.value = y.value.replace('format: integer', 'format: whole'); y.dispatchEvent(new Event('input')) }`, nil))
	do(t, ctx, chromedp.WaitVisible("#faults li", chromedp.ByQuery))
	says(t, ctx, "#faults", "Line ")
	if got := text(t, ctx, `document.getElementById('of').textContent`); got != "" {
		t.Errorf("the fault is said twice: %q", got)
	}
	do(t, ctx, chromedp.Click("#faults button", chromedp.ByQuery))
	if got := text(t, ctx, `document.getElementById('yaml').value.slice(document.getElementById('yaml').selectionStart, document.getElementById('yaml').selectionEnd)`); !strings.Contains(got, "format: whole") {
		t.Errorf("led to %q", got)
	}
	do(t, ctx, chromedp.Evaluate(`{ const y = document.getElementById('yaml'); y.value = y.value.replace('format: whole', 'format: number'); y.dispatchEvent(new Event('input')) }`, nil))
	do(t, ctx, chromedp.WaitNotPresent("#faults li", chromedp.ByQuery), chromedp.Click("#save", chromedp.ByQuery))
	do(t, ctx, poll(`document.getElementById('saving').textContent === 'Saved; it is in use.'`))
	if _, content := ask(t, served, "GET", "/api/reports/types", "", ""); !strings.Contains(content, `"type":"shops"`) {
		t.Errorf("types are %s", content)
	}
}

// TestAPreviewHasItsSubtotals: below the rows of a group, as in the workbook.
func TestAPreviewHasItsSubtotals(t *testing.T) {
	t.Parallel()
	ctx, _, served := browse(t)
	do(t, ctx, chromedp.Navigate(served.URL+"/definitions"), chromedp.WaitVisible("#sql", chromedp.ByQuery))
	const sheets = "type: groups\ntitle: Groups\nsource: sample\nsql: select category, name, stock from products order by category, name\n" +
		"columns: [{ name: category }, { name: name }, { name: stock, format: integer, total: sum }]\nsheet: { group: category }\n"
	do(t, ctx, chromedp.Evaluate("{ const y = document.getElementById('yaml'); y.value = `"+sheets+"`; y.dispatchEvent(new Event('input')) }", nil))
	do(t, ctx, chromedp.WaitVisible("#preview tr.subtotal", chromedp.ByQuery))
	got := text(t, ctx, `(() => {
			const rows = [...document.querySelectorAll('#preview tbody tr')].map((row) => [row.className, ...[...row.cells].map((cell) => cell.textContent)]);
			let sum = 0, category = '', gap = false;
			return rows.every(([kind, first, , stock]) => {
				if (kind === 'subtotal') {
					const right = first === 'Total ' + category && (gap || Number(stock) === sum);
					sum = 0;
					return right;
				}
				if (kind === 'rest') return (gap = true);
				category = first;
				sum += Number(stock);
				return true;
			});
		})()`)
	if got != "true" {
		t.Errorf("the rows are\n%s", text(t, ctx, `document.getElementById('rows').innerText`))
	}
}

// TestThePageSaysThatNoReportIsDefined: with a folder that is still empty, in place of a form
// that asks for nothing.
func TestThePageSaysThatNoReportIsDefined(t *testing.T) {
	t.Parallel()
	ctx, _, _ := browseWith(t, report.Options{DefinitionsDir: t.TempDir(), MayBeEmpty: true})
	do(t, ctx, chromedp.Evaluate(`{ const e = document.getElementById('language'); e.value = 'es'; e.dispatchEvent(new Event('change')) }`, nil))
	says(t, ctx, "#description", "Todavía no hay ninguna definición de informe")
	if got := text(t, ctx, `getComputedStyle(document.querySelector('#ask button.main:disabled')).backgroundColor === 'rgba(0, 0, 0, 0)' && document.getElementById('regular').hidden && !document.getElementById('to-definitions').hidden`); got != "true" {
		t.Errorf("the form is disabled and the page of definitions is offered: %s", got)
	}
}

// TestOnlyTheOperatorWritesDefinitions: a capability of a client is not enough, and where
// the service has no folder nothing is saved.
func TestOnlyTheOperatorWritesDefinitions(t *testing.T) {
	t.Parallel()
	guarded := start(t, newGateway(t).URL, report.Options{Token: "secret"})
	_, content := ask(t, guarded, "POST", "/page/client", "", "")
	client := decode[struct{ Access string }](t, content).Access
	for _, call := range [][2]string{
		{"GET", "/api/definitions"}, {"GET", "/api/definitions/ventas"}, {"POST", "/api/definitions/draft"}, {"POST", "/api/definitions/preview"}, {"POST", "/api/definitions/save"}, {"POST", "/api/definitions/ventas/delete"}, {"GET", "/api/sources/sample/tables"},
	} {
		for access, want := range map[string]int{"": http.StatusUnauthorized, client: http.StatusForbidden} {
			if status, said := ask(t, guarded, call[0], call[1], access, `{"yaml":"type: x"}`); status != want {
				t.Errorf("%v answered %d %s, want %d", call, status, said, want)
			}
		}
	}
	if status, said := ask(t, guarded, "POST", "/api/definitions/save", "secret", `{"yaml":"type: x"}`); status != http.StatusConflict || !strings.Contains(said, "no_folder") {
		t.Errorf("saving without a folder answered %d %s", status, said)
	}
	if status, said := ask(t, guarded, "GET", "/api/definitions/ventas", "secret", ""); status != http.StatusOK || !strings.Contains(said, "type: ventas") {
		t.Errorf("a built-in one answered %d %s", status, said)
	}
}
