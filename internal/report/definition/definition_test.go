package definition_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/samples"
	"github.com/pasarela-ws/pasarela/internal/report/statement"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

const good = `type: ventas
title: { es: Ventas, en: Sales }
sql: select a, b from t where y = :year and (:region is null or r = :region) and d > :from and ok = :ok and n < :n and code = :code
file: ventas-{year}-{region}
callers: [ana, "web-*"]
parameters:
  - { name: year, type: integer, required: true, minimum: 2000, maximum: 2030 }
  - { name: region, type: choice, values: [norte, { value: sur, title: { en: South } }] }
  - { name: from, type: date, default: 2025-01-01, earliest: 2020-01-01, latest: 2030-12-31 }
  - { name: ok, type: boolean, default: "yes" }
  - { name: n, type: number, default: 1.50 }
  - { name: code, pattern: "[A-Z]{3}" }
columns:
  - { name: a, header: { es: Uno, en: One } }
  - { name: b, format: money, total: sum }
chart: { category: a, value: b }
`

func TestAGoodDefinition(t *testing.T) {
	d, err := definition.Read("ventas.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	values, err := d.Check(map[string]string{"year": " 2026 ", "region": "", "ok": "0", "code": "ABC"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(definition.Values{"year": "2026", "from": "2025-01-01", "ok": "false", "n": "1.5", "code": "ABC"}, values); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	bound, err := d.Bound(values)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]value.Value{
		"year": value.OfInt(2026), "from": value.OfText("2025-01-01"), "ok": value.OfBool(false), "n": value.OfDecimal("1.5"), "code": value.OfText("ABC"), "region": {},
	}
	if diff := cmp.Diff(want, bound.Values); diff != "" {
		t.Errorf("bound (-want +got):\n%s", diff)
	}
	if name := d.Name(values, definition.XLSX); name != "ventas-2026-.xlsx" {
		t.Errorf("the file is called %q", name)
	}
	d.FileName = "{code}"
	for code, want := range map[string]string{
		"../../etc/passwd": "-..-etc-passwd.xlsx", `..\..\x`: "-..-x.xlsx", "a\r\nBcc: x": "a--Bcc- x.xlsx", "a\x00b\x7f\u0085": "a-b--.xlsx",
		"sales\u202exslx.exe": "sales-xslx.exe.xlsx", "a\u2028b\u2066c": "a-b-c.xlsx", "..": "report.xlsx", "نام\u200cه": "نام\u200cه.xlsx",
	} {
		if name := d.Name(definition.Values{"code": code}, definition.XLSX); name != want {
			t.Errorf("of %q the file is called %q; want %q", code, name, want)
		}
	}
	for caller, want := range map[string]bool{"ana": true, "anabel": false, "web-1": true, "": false} {
		if d.Allows(caller) != want {
			t.Errorf("Allows(%q) is %t", caller, !want)
		}
	}
}

func TestWrongParametersAreNamed(t *testing.T) {
	d, err := definition.Read("ventas.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ value, reason string }{
		"year": {"", "is required"}, "region": {"este", "one of norte, sur"}, "from": {"2025-02-30", "a date like"}, "ok": {"perhaps", "true or false"},
		"n": {"NaN", "a number"}, "code": {"abc", "must match"}, "other": {"1", "is not a parameter"},
	} {
		given := map[string]string{"year": "2026", name: test.value}
		_, err := d.Check(given)
		var field *definition.FieldError
		if !errors.As(err, &field) || field.Field != name || !strings.Contains(field.Error(), test.reason) {
			t.Errorf("%s=%q: %v", name, test.value, err)
		}
	}
	for _, test := range []struct{ name, value, reason string }{
		{"year", "1999", "at least 2000"},
		{"year", "2031", "at most 2030"},
		{"from", "2019-12-31", "not be before"},
		{"from", "2031-01-01", "not be after"},
		{"year", "9999999999999999999", "whole number"},
		{"code", "ABC\x00", "UTF-8"},
		{"code", strings.Repeat("A", 2000), "longer than"},
	} {
		_, err := d.Check(map[string]string{"year": "2026", test.name: test.value})
		if err == nil || !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%s=%.20q: %v", test.name, test.value, err)
		}
	}
}

// A file without a definition says one thing: that it is empty, or what it is instead.
func TestAFileWithoutADefinition(t *testing.T) {
	for content, want := range map[string]string{
		"": "d.yaml:1: the file is empty", "\n\n": "d.yaml:1: the file is empty", "# to do\n": "d.yaml:1: the file is empty", "---\n": "d.yaml:1: the file is empty", "null\n": "d.yaml:1: the file is empty",
		"- 1\n": "d.yaml:1: a report must be a mapping of keys to values", "ventas\n": "d.yaml:1: a report must be a mapping of keys to values",
	} {
		if _, err := definition.Read("d.yaml", []byte(content)); err == nil || err.Error() != want {
			t.Errorf("%q: got\n%v\nwant %s", content, err, want)
		}
	}
}

func TestProblemsHaveLineAndReason(t *testing.T) {
	for name, test := range map[string]struct{ old, new, want string }{
		"unknown key":              {"file: ventas-{year}-{region}", "fil: x", `d.yaml:4: a report has no key "fil"; it has attributes, callers, chart,`},
		"twice":                    {"callers: [ana, \"web-*\"]", "file: x", `d.yaml:5: "file" is given twice`},
		"missing title":            {"title: { es: Ventas, en: Sales }\n", "", `d.yaml:1: a report needs "title"`},
		"bad type":                 {"type: ventas", "type: las ventas", `d.yaml:1: type "las ventas" must be a letter, and then letters without accents`},
		"language":                 {"{ es: Ventas, en: Sales }", "{ fr: Ventes }", `d.yaml:2: title has no key "fr"; it has en, es`},
		"empty title":              {"{ es: Ventas, en: Sales }", `""`, `d.yaml:2: title is empty`},
		"two statements":           {"and code = :code", "and code = :code; drop table t", "d.yaml:3: sql: more than one statement"},
		"open quote":               {"and code = :code", "and code = ':code", "d.yaml:3: sql: a quote or comment that begins with"},
		"unused parameter":         {"and code = :code", "", `parameter "code" is not used in sql`},
		"unknown parameter":        {"y = :year", "y = :year and z = :zone", "d.yaml:3: sql uses :zone, which is not among the parameters"},
		"name in file":             {"{region}", "{zone}", "file: {zone} is not a parameter"},
		"reserved":                 {"name: code", "name: caller", `d.yaml:12: "caller" cannot be a parameter`},
		"parameter type":           {"type: boolean", "type: bool", `d.yaml:10: parameter type must be one of text, integer, number, date, boolean, choice, not "bool"`},
		"default out of range":     {"default: 2025-01-01", "default: 2010-01-01", `d.yaml:9: default of "from" must not be before 2020-01-01`},
		"range of text":            {"pattern: \"[A-Z]{3}\"", "minimum: 3", `d.yaml:12: minimum and maximum are for integer and number`},
		"bad pattern":              {"\"[A-Z]{3}\"", "\"[\"", "d.yaml:12: pattern: error parsing regexp"},
		"choice without values":    {"values: [norte, { value: sur, title: { en: South } }]", "required: false", `d.yaml:8: parameter "region": type choice and values go together`},
		"total of text":            {"{ name: a, header: { es: Uno, en: One } }", "{ name: a, total: sum }", `d.yaml:14: column "a" is text: a sum needs`},
		"same column":              {"{ name: b, format: money, total: sum }", "{ name: a, format: money }", `d.yaml:15: column "a" is given twice`},
		"same header":              {"{ name: b, format: money, total: sum }", "{ name: b, header: uno, format: money }", `d.yaml:15: header "uno" is given twice`},
		"chart of nothing":         {"value: b", "value: c", `chart: value "c" is not a column of format`},
		"not YAML":                 {"callers: [ana", "callers: [[ana", "d.yaml:"},
		"a list":                   {"columns:\n  - { name: a, header: { es: Uno, en: One } }\n  - { name: b, format: money, total: sum }\n", "columns: a\n", "d.yaml:13: columns must be a list"},
		"an emoji counts twice":    {"chart:", "sheet: { name: " + strings.Repeat("😀", 15) + " }\nchart:", "must have 1 to 28 characters"},
		"a sheet without a name":   {"chart:", "sheet: { name: { es: '' } }\nchart:", "d.yaml:16: sheet name is empty"},
		"History":                  {"chart:", "sheet: { name: History }\nchart:", "and not be History"},
		"header without words":     {"{ es: Uno, en: One }", "{ es: '' }", "d.yaml:14: header is empty"},
		"long header":              {"{ es: Uno, en: One }", strings.Repeat("x", 256), "d.yaml:14: header"},
		"header of two lines":      {"{ es: Uno, en: One }", `"a\nb"`, "d.yaml:14: header"},
		"a second document":        {"chart:", "---\ntype: b\nchart:", "d.yaml:16: a second document begins here"},
		"time zone":                {"chart:", "timezone: Mars/Base\nchart:", "d.yaml:16: time zone Mars/Base is not known"},
		"a list in place of one":   {"{ name: n, type: number,", "{ name: n, type: number, list: true,", "d.yaml:3: sql: the list :n stands where one value does; write IN (:n)"},
		"a list of yes and no":     {"{ name: ok, type: boolean,", "{ name: ok, list: true, type: boolean,", `d.yaml:10: list is for every type but boolean, and "ok" is boolean`},
		"relative bound":           {"earliest: 2020-01-01", "earliest: today", `d.yaml:9: earliest must be a date like 2026-01-31, not "today"`},
		"relative default":         {"default: 2025-01-01", "default: start of decade", `d.yaml:9: default of "from" must be a date like 2026-01-31, or one counted from today`},
		"count":                    {"chart:", "count: often\nchart:", "d.yaml:16: count must be true or false"},
		"minimum":                  {"minimum: 2000", "minimum: NaN", "d.yaml:7: minimum must be a number"},
		"no query":                 {"select a, b from t where y", "update t set y", `d.yaml:3: sql: the query begins with "update"`},
		"others":                   {"value: b", "value: b, others: some", "d.yaml:16: others must be true or false"},
		"column format":            {"format: money", "format: months", "d.yaml:15: format must be one of text, integer, number, money, percent, date, datetime, month, boolean"},
		"chart's line":             {"value: b", "value: c", "d.yaml:16: chart: value"},
		"unused parameter's line":  {"and code = :code", "", `d.yaml:12: parameter "code"`},
		"sheet name":               {"chart:", "sheet: { name: \"a/b\" }\nchart:", `d.yaml:16: sheet name "a/b" must have`},
		"limits":                   {"chart:", "limits: { timeout: 10 }\nchart:", `d.yaml:16: timeout must be a time from 1s`},
		"a logo that is not there": {"chart:", "logo: none.png\nchart:", `d.yaml:16: logo "none.png" is not beside the definition`},
		"a logo from elsewhere":    {"chart:", "logo: ../x.png\nchart:", `d.yaml:16: logo must be a .png or .jpg beside`},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, test.old) {
				t.Fatalf("the good definition has no %q", test.old)
			}
			_, err := definition.Read("d.yaml", []byte(strings.Replace(good, test.old, test.new, 1)))
			var problems definition.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got\n%v\nwant %s", err, test.want)
			}
			for _, problem := range problems {
				inSpanish := language.Spanish.Of(problem)
				if place := fmt.Sprintf("d.yaml:%d: ", problem.Line); !strings.HasPrefix(inSpanish, place) || inSpanish == problem.Error() || !strings.Contains(language.Spanish.Of(problems), inSpanish) {
					t.Errorf("in Spanish %q", inSpanish)
				}
			}
		})
	}
}

// A value that was good for an older definition is refused, never turned into 0 or
// NULL.
func TestABadValueIsNeverBound(t *testing.T) {
	d, err := definition.Read("ventas.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"year": "tienda 1", "n": "0x1p-2", "ok": "maybe", "from": "someday", "region": "este", "gone": "1", "code": "abc"} {
		given := definition.Values{"year": "2026", name: text}
		var field *definition.FieldError
		if bound, err := d.Bound(given); !errors.As(err, &field) || field.Field != name {
			t.Errorf("%s=%q became %v, %v", name, text, bound.Values[name], err)
		}
	}
	if _, err := d.Bound(definition.Values{}); err == nil {
		t.Error("a required parameter may be missing")
	}
	bound, err := d.Bound(definition.Values{"year": "2026", "n": "0.1234567890123456789"})
	if err != nil || bound.Values["n"].Text != "0.1234567890123456789" {
		t.Errorf("a long number became %v, %v", bound.Values["n"], err)
	}
}

func TestTheQueryIsReadAsItsDatabaseDoes(t *testing.T) {
	tricky := strings.Replace(good, "select a, b from t where", `select a, b, 'c:\', ':x' from t where`, 1)
	d, err := definition.Read("ventas.yaml", []byte(tricky))
	if err != nil {
		t.Fatal(err)
	}
	if problems := d.CheckSQL(statement.PostgreSQL); problems != nil {
		t.Errorf("PostgreSQL: %v", problems)
	}
	if problems := d.CheckSQL(statement.MySQL); len(problems) != 1 || problems[0].Line != 3 || !strings.Contains(problems.Error(), "MySQL") {
		t.Errorf("MySQL: %v", problems)
	}
}

func TestSheetNamesFitTheirPrograms(t *testing.T) {
	for title, want := range map[string]string{
		strings.Repeat("😀", 28): strings.Repeat("😀", 13) + "…", "???": "ventas", "a/b": "a b", "'x'": "x", "History": "History 1", strings.Repeat("ñ", 40): strings.Repeat("ñ", 27) + "…", "Evolución mensual de las ventas": "Evolución mensual de las…", "Ventas de todas las regiones, al día": "Ventas de todas las…", " ": "ventas",
	} {
		d, err := definition.Read("d.yaml", []byte(strings.Replace(good, "{ es: Ventas, en: Sales }", `"`+title+`"`, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Sheet.Name.In("es"); got != want {
			t.Errorf("%q gives the sheet %q, want %q", title, got, want)
		}
	}
}

func TestACatalogueChangesAllOrNothing(t *testing.T) {
	var catalogue definition.Catalogue
	if err := catalogue.Load("", samples.Files); err != nil {
		t.Fatal(err)
	}
	before := catalogue.Types()
	dir := t.TempDir()
	for name, content := range map[string]string{"a.yaml": good, "b.yaml": good, "c.yml": "type: c\n", "notes.txt": "no definition"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := catalogue.Load(dir, nil)
	if err == nil || !strings.Contains(err.Error(), `b.yaml:1: type "ventas" is already defined by `) || !strings.Contains(err.Error(), "c.yml:1: ") {
		t.Errorf("loaded with %v", err)
	}
	if diff := cmp.Diff(before, catalogue.Types()); diff != "" {
		t.Errorf("the old ones did not stay: %s", diff)
	}
	if err := catalogue.Load(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "holds no report definition") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := catalogue.Load(filepath.Join(dir, "none"), nil); err == nil {
		t.Error("a missing folder is no error")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("type: &a [*a]"))
	f.Add([]byte("? {a: b}\n: c"))
	f.Fuzz(func(t *testing.T, content []byte) {
		d, err := definition.Read("fuzz.yaml", content)
		var problems definition.Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0 || d != nil) {
			t.Errorf("%q: %v", content, err)
		}
		if err == nil && (d.Type == "" || len(d.Columns) == 0) {
			t.Errorf("%q is taken as %+v", content, d)
		}
	})
}
