package definition

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/report/language"
)

// together checks what holds between the parts of a definition, and settles
// what follows from them.
func (w *walk) together(node, sql *yaml.Node, d *Definition) {
	if len(d.Columns) == 0 || len(d.Columns) > maxColumns {
		w.fault(node, "a report has 1 to %d columns", maxColumns)
	}
	if sql != nil {
		w.parametersUsed(node, sql, d)
	}
	w.chartColumns(node, d)
	if d.Sheet.Name == nil {
		d.Sheet.Name = sheetNames(d.Title)
	}
	if d.FileName == "" {
		d.FileName = d.Type
	}
	for _, part := range braced(d.FileName) {
		if d.parameter(part) == nil {
			w.fault(node, "file: {%s} is not a parameter", part)
		}
	}
}

func (w *walk) parametersUsed(node, sql *yaml.Node, d *Definition) {
	used := d.SQL.Parameters()
	for _, name := range used {
		if d.parameter(name) == nil {
			w.fault(sql, "sql uses :%s, which is not among the parameters", name)
		}
	}
	for _, parameter := range d.Parameters {
		if !slices.Contains(used, parameter.Name) {
			w.fault(node, "parameter %q is not used in sql; write :%s where it belongs", parameter.Name, parameter.Name)
		}
	}
}

func (w *walk) chartColumns(node *yaml.Node, d *Definition) {
	if d.Chart == nil {
		return
	}
	if d.Column(d.Chart.Category) < 0 {
		w.fault(node, "chart: category %q is not a column", d.Chart.Category)
	}
	value := d.Column(d.Chart.Value)
	if value < 0 || !d.Columns[value].Format.Numeric() {
		w.fault(node, "chart: value %q is not a column of format integer, number, money or percent", d.Chart.Value)
	}
}

// sheetNames makes sheet names from titles.
func sheetNames(title language.Text) language.Text {
	names := language.Text{}
	for known, words := range title {
		clean := strings.Map(func(r rune) rune {
			if strings.ContainsRune(forbidden, r) || r == '\'' {
				return ' '
			}
			return r
		}, words)
		runes := []rune(strings.TrimSpace(clean))
		names[known] = strings.TrimSpace(string(runes[:min(len(runes), maxSheetName)]))
	}
	return names
}

func braced(text string) []string {
	var parts []string
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			return parts
		}
		var part string
		part, text, found = strings.Cut(rest, "}")
		if !found {
			return parts
		}
		parts = append(parts, part)
	}
}
