package workbook_test

import (
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// TestAnAxisNamesRoundValues: with the unit of the chart's values, around all of them and zero.
func TestAnAxisNamesRoundValues(t *testing.T) {
	for _, test := range []struct {
		format string
		values []any
		es, en string
	}{
		{"money", []any{decimal("20123.45"), int64(900)}, "0 €|10.000 €|20.000 €|30.000 €", "€0|€10,000|€20,000|€30,000"},
		{"money", []any{decimal("1.10"), decimal("0.40")}, "0,00 €|0,50 €|1,00 €|1,50 €", "€0.00|€0.50|€1.00|€1.50"},
		{"integer", []any{int64(3), int64(2)}, "0|1|2|3", "0|1|2|3"},
		{"number", []any{int64(-1500), int64(1500)}, "-2.000|-1.000|0|1.000|2.000", "-2,000|-1,000|0|1,000|2,000"},
		{"percent", []any{decimal("0.4"), decimal("0.27")}, "0 %|10 %|20 %|30 %|40 %", "0%|10%|20%|30%|40%"},
		{"percent", []any{decimal("0.015")}, "0,0 %|0,5 %|1,0 %|1,5 %", "0.0%|0.5%|1.0%|1.5%"},
		{"number", []any{int64(0)}, "", ""},
	} {
		d := read(t, "type: t\ntitle: T\nsql: select 1\ncolumns: [{ name: c }, { name: v, format: "+test.format+" }]\nchart: { kind: column, category: c, value: v }\n")
		var rows [][]any
		for i, figure := range test.values {
			rows = append(rows, []any{string(rune('a' + i)), figure})
		}
		for in, want := range map[locale.Language]string{locale.Spanish: test.es, locale.English: test.en} {
			_, preview := write(t, d, definition.XLSX, in, rows...)
			var texts []string
			for _, tick := range preview.Chart.Axis {
				texts = append(texts, tick.Text)
			}
			if got := strings.Join(texts, "|"); got != want {
				t.Errorf("%s %v in %s: %s, want %s", test.format, test.values, in, got, want)
			}
		}
	}
}
