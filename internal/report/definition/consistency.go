package definition

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/statement"
)

// consistency checks the parts of a definition against each other, and fills in the
// defaults that follow from them.
func (w *walk) consistency(node, sql *yaml.Node, d *Definition) {
	if given := columnsOf(node); given != nil && given.Kind == yaml.SequenceNode && (len(given.Content) == 0 || len(given.Content) > maxColumns) {
		w.fault(given, "definition.columns_count", "most", maxColumns)
	}
	if sql != nil {
		w.statement(sql, d)
	}
	w.ordered(d)
	w.chartColumns(d)
	w.groups(d)
	if d.Sheet.Name == nil {
		d.Sheet.Name = sheetNames(d.Title, d.Type)
	}
	if d.Sheet.Paper == "" {
		d.Sheet.Paper = A4
		if slices.Contains(letterCurrencies, d.Currency) {
			d.Sheet.Paper = Letter
		}
	}
	if d.FileName == "" {
		d.FileName = d.Type
	}
	for _, part := range braced(d.FileName) {
		if d.parameter(part) == nil {
			w.fault(w.fileNode, "definition.file_part", "name", "{"+part+"}")
		}
	}
}

// columnsOf is the list of columns; nil: it was not given, which is said already.
func columnsOf(node *yaml.Node) *yaml.Node {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "columns" {
			return node.Content[i+1]
		}
	}
	return nil
}

// statement reads the query by the rules of all databases: which of them runs it is
// not known here. [Definition.CheckSQL] reads it by those of one.
func (w *walk) statement(sql *yaml.Node, d *Definition) {
	parsed, err := statement.Check(d.SQL, statement.All()...)
	if err != nil {
		w.fault(sql, "definition.sql", "why", err)
		return
	}
	used := parsed.Parameters()
	if err := parsed.CheckLists(d.IsList); err != nil {
		w.fault(sql, "definition.sql", "why", err)
	}
	for _, name := range used {
		if d.parameter(name) == nil {
			w.fault(&yaml.Node{Line: d.parameterLine(name)}, "definition.sql_parameter", "name", name)
		}
	}
	for i, parameter := range d.Parameters {
		if !slices.Contains(used, parameter.Name) {
			w.fault(w.parameters[i], "definition.parameter_unused", "name", parameter.Name)
		}
		d.Parameters[i].NoneIsAll = parsed.TakesAll(parameter.Name)
	}
	w.order(sql, d, parsed)
}

// CheckSQL reads the query as the database that runs it does. It returns what is
// wrong, nothing if it is one query that only reads.
func (d *Definition) CheckSQL(dialect statement.Dialect) Problems {
	parsed, err := statement.Parse(d.SQL, dialect)
	if err != nil {
		return Problems{{d.File, d.SQLLine, language.Errorf("definition.sql_as", "database", dialect, "why", err)}}
	}
	for _, name := range parsed.Parameters() {
		if d.parameter(name) == nil {
			return Problems{{d.File, d.parameterLine(name), language.Errorf("definition.sql_as_parameter", "database", dialect, "name", name)}}
		}
	}
	if err := parsed.CheckLists(d.IsList); err != nil {
		return Problems{{d.File, d.SQLLine, language.Errorf("definition.sql_as", "database", dialect, "why", err)}}
	}
	return nil
}

// columnNames lists the columns of some formats; nil: of all.
func (d *Definition) columnNames(of func(ColumnFormat) bool) any {
	var names []string
	for _, column := range d.Columns {
		if of == nil || of(column.Format) {
			names = append(names, column.Name)
		}
	}
	if len(names) == 0 {
		return language.ID("definition.no_such")
	}
	return strings.Join(names, ", ")
}

func (w *walk) chartColumns(d *Definition) {
	if d.Chart == nil || len(d.Columns) == 0 || w.columnFailed {
		return
	}
	if w.categoryNode != nil && d.Column(d.Chart.Category) < 0 {
		w.fault(w.categoryNode, "definition.chart_category", "column", strconv.Quote(d.Chart.Category), "columns", d.columnNames(nil))
	}
	value := d.Column(d.Chart.Value)
	if w.valueNode != nil && (value < 0 || d.Columns[value].Format.known() && !d.Columns[value].Format.Numeric()) {
		w.fault(w.valueNode, "definition.chart_value", "column", strconv.Quote(d.Chart.Value), "columns", d.columnNames(ColumnFormat.Numeric))
	}
}

// groups checks the columns by which rows are put together. An Excel table cannot have
// subtotals among its rows.
func (w *walk) groups(d *Definition) {
	for _, one := range []struct {
		key, column string
		node        *yaml.Node
	}{{"group", d.Sheet.Group, w.groupNode}, {"split", d.Sheet.Split, w.splitNode}} {
		if one.node != nil && !w.columnFailed && d.Column(one.column) < 0 {
			w.fault(one.node, "definition.sheet_column", "key", one.key, "column", strconv.Quote(one.column))
		}
	}
	if w.groupNode == nil {
		return
	}
	if !slices.ContainsFunc(d.Columns, func(column Column) bool { return column.Total != NoTotal }) {
		w.fault(w.groupNode, "definition.group_total")
	}
	if d.Sheet.Group == d.Sheet.Split {
		w.fault(w.groupNode, "definition.group_split")
	}
	if w.tableNode != nil && d.Sheet.Table {
		w.fault(w.tableNode, "definition.group_table")
	}
	d.Sheet.Table = false
}

// SheetName is as much of a text as a sheet can be called; "" where there is nothing.
func SheetName(text string) string { return sheetName(text) }

// sheetNames makes sheet names from titles, and from the report's type where a
// title has nothing that a sheet can be called.
func sheetNames(title locale.Text, reportType string) locale.Text {
	names := locale.Text{}
	for known, words := range title {
		name := sheetName(words)
		if name == "" {
			name = sheetName(reportType)
		}
		if strings.EqualFold(name, "history") {
			name += " 1"
		}
		names[known] = name
	}
	return names
}

func sheetName(words string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(forbidden, r) || r == '\'' || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, words)
	return Shortened(strings.Join(strings.Fields(clean), " "), maxSheetName)
}

// Shortened is a text of so many UTF-16 units at most: what is longer ends behind a word, with
// "…", or within one that is longer than half of it.
func Shortened(text string, most int) string {
	if utf16Length(text) <= most {
		return text
	}
	whole := text
	for utf16Length(text) >= most {
		_, last := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-last]
	}
	if end := strings.LastIndexByte(text, ' '); end > len(text)/2 && whole[len(text)] != ' ' {
		text = text[:end]
	}
	return strings.TrimRight(text, " ,;:·-") + "…"
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
