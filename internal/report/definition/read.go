package definition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"go.yaml.in/yaml/v3"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

const (
	maxFileSize  = 1 << 20
	maxLogoSize  = 1 << 20
	maxSheetName = 28 // Excel's 31 UTF-16 units, less room for " 12"
	maxHeader    = 255
	maxAcross    = 50
)

var (
	nameShape     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)
	nameInSQL     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)
	currencyShape = regexp.MustCompile(`^[A-Z]{3}$`)
	shapeWords    = map[*regexp.Regexp]language.ID{nameShape: "definition.name_shape", nameInSQL: "definition.name_in_sql", currencyShape: "definition.currency_shape"}
	yamlLine      = regexp.MustCompile(`line (\d+): (.*)`)
	forbidden     = `:\/?*[]`
)

// Reserved are the names that a create request uses itself, so no parameter can
// have them.
var Reserved = []string{"connectionId", "type", "reportType", "caller", "attributes", "language", "format", "parameters", "domainName", "stage"}

// Read reads one definition. A logo is looked for beside the file. The error is
// a Problems that lists everything wrong with it.
func Read(file string, content []byte) (*Definition, error) {
	w := &walk{file: file}
	d := &Definition{
		File: file, Language: locale.Spanish, Source: "sample", Currency: "EUR", Format: XLSX, WhenGone: Finish, SourceLine: 1,
		Sheet:  Sheet{Rows: MaxSheetRows, Table: true},
		Limits: Limits{Rows: DefaultRows, Timeout: DefaultTimeout}, Retention: DefaultRetention,
	}
	document := w.document(content)
	if document != nil {
		w.definition(document, d)
	}
	if len(w.problems) > 0 {
		return nil, w.problems
	}
	digest := sha256.New()
	_, _ = digest.Write(content) // a hash never fails
	_, _ = digest.Write(d.Logo)
	d.Digest = hex.EncodeToString(digest.Sum(nil))
	return d, nil
}

func (w *walk) document(content []byte) *yaml.Node {
	if len(content) > maxFileSize {
		w.fault(&yaml.Node{}, "definition.file_large", "limit", maxFileSize)
		return nil
	}
	var root, next yaml.Node
	documents := yaml.NewDecoder(bytes.NewReader(content))
	if err := documents.Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		w.notYAML(err, content)
		return nil
	}
	if len(root.Content) == 0 || root.Content[0].Kind == yaml.ScalarNode && root.Content[0].Tag == "!!null" {
		w.fault(&root, "definition.file_empty")
		return nil
	}
	switch err := documents.Decode(&next); {
	case err == nil:
		w.fault(&next, "definition.second_document")
	case !errors.Is(err, io.EOF):
		w.notYAML(err, content)
	}
	return root.Content[0]
}

func (w *walk) definition(node *yaml.Node, d *Definition) {
	var sql *yaml.Node
	if node.Kind != yaml.MappingNode { // one problem, not also each key that is missing
		w.fault(node, "definition.a_mapping", "what", language.ID("definition.a_report"))
		return
	}
	w.mapping(node, language.ID("definition.a_report"), map[string]member{
		"type":        func(v *yaml.Node) { d.Type = w.name(v, "type", nameShape) },
		"title":       func(v *yaml.Node) { d.Title = w.text(v, "title") },
		"description": func(v *yaml.Node) { d.Description = w.text(v, "description") },
		"language":    func(v *yaml.Node) { d.Language = oneOf(w, v, "language", locale.All()...) },
		"source":      func(v *yaml.Node) { d.Source, d.SourceLine = w.name(v, "source", nameShape), v.Line },
		"sql": func(v *yaml.Node) {
			sql = v
			d.SQL, d.SQLLine, d.sqlLiteral = w.words(v, "sql"), v.Line, v.Style&yaml.LiteralStyle != 0
		},
		"parameters": func(v *yaml.Node) { w.list(v, "parameters", func(item *yaml.Node) { w.parameter(item, d) }) },
		"columns":    func(v *yaml.Node) { w.list(v, "columns", func(item *yaml.Node) { w.column(item, d) }) },
		"chart":      func(v *yaml.Node) { d.Chart = w.chart(v) },
		"sheet":      func(v *yaml.Node) { w.sheet(v, &d.Sheet) },
		"currency":   func(v *yaml.Node) { d.Currency = w.name(v, "currency", currencyShape) },
		"format":     func(v *yaml.Node) { d.Format = oneOf(w, v, "format", XLSX, CSV) },
		"file":       func(v *yaml.Node) { w.fileNode, d.FileName = v, w.fileName(v) },
		"callers": func(v *yaml.Node) {
			w.list(v, "callers", func(item *yaml.Node) {
				d.Callers = append(d.Callers, w.words(item, language.ID("definition.a_caller")))
			})
		},
		"attributes": func(v *yaml.Node) { w.attributes(v, d) },
		"schedules":  func(v *yaml.Node) { w.list(v, "schedules", func(item *yaml.Node) { w.schedule(item, d) }) },
		"priority":   func(v *yaml.Node) { d.Priority = oneOf(w, v, "priority", High, Normal, Low) },
		"whenGone":   func(v *yaml.Node) { d.WhenGone = oneOf(w, v, "whenGone", Finish, Cancel) },
		"limits":     func(v *yaml.Node) { w.limits(v, &d.Limits) },
		"retention":  func(v *yaml.Node) { d.Retention = w.duration(v, "retention", time.Minute, 365*24*time.Hour) },
		"logo":       func(v *yaml.Node) { w.logo(v, d) },
		"count":      func(v *yaml.Node) { d.Count = w.boolean(v, "count") },
		"timezone": func(v *yaml.Node) {
			zone, err := value.ParseZone(w.words(v, "timezone"))
			if err != nil {
				w.faultOf(v, err)
			}
			d.Zone = &zone
		},
	}, "type", "title", "sql", "columns")
	w.consistency(node, sql, d)
}

func (w *walk) name(node *yaml.Node, what any, shape *regexp.Regexp) string {
	value := w.words(node, what)
	if !shape.MatchString(value) {
		w.fault(node, "definition.must_be", "what", what, "value", strconv.Quote(value), "shape", shapeWords[shape])
	}
	return value
}

// fileName reads the name of the file. {year} without quotes and without anything before it is
// a mapping in YAML.
func (w *walk) fileName(node *yaml.Node) string {
	if node.Kind == yaml.MappingNode && len(node.Content) > 0 {
		w.fault(node, "definition.file_quotes", "name", "{"+node.Content[0].Value+"}")
		return ""
	}
	return w.words(node, "file")
}

// formats are those that a column can have.
var formats = []ColumnFormat{AsText, AsInteger, AsNumber, AsMoney, AsPercent, AsDate, AsDateTime, AsMonth, AsBoolean}

// known tells whether it is a format: what is no format has been said, and is not measured by
// what else it should be.
func (f ColumnFormat) known() bool { return slices.Contains(formats, f) }

func (w *walk) column(node *yaml.Node, d *Definition) {
	column := Column{Format: AsText, Line: node.Line}
	w.mapping(node, language.ID("definition.a_column"), map[string]member{
		"name":   func(v *yaml.Node) { column.Name = w.words(v, "name") },
		"header": func(v *yaml.Node) { column.Header = w.text(v, "header") },
		"format": func(v *yaml.Node) { column.Format = oneOf(w, v, "format", formats...) },
		"width":  func(v *yaml.Node) { column.Width = float64(w.integer(v, "width", 1, 255)) },
		"total":  func(v *yaml.Node) { column.Total = oneOf(w, v, "total", Sum, Average, Count) },
	}, "name")
	if column.Header == nil {
		column.Header = locale.Same(column.Name)
	}
	if (column.Total == Sum || column.Total == Average) && column.Format.known() && !column.Format.Numeric() {
		w.fault(node, "definition.total_of", "column", strconv.Quote(column.Name), "format", column.Format, "total", column.Total)
	}
	if column.Name == "" { // which has been said
		w.columnFailed = true
		return
	}
	if d.Column(column.Name) >= 0 {
		w.fault(node, "definition.column_twice", "column", strconv.Quote(column.Name))
	}
	w.headerFits(node, column)
	w.headerOnce(node, column, d)
	d.Columns = append(d.Columns, column)
}

// headerFits: a table's column has a name of one line that is not too long.
// Source: Microsoft, "Excel specifications and limits", column heading of a table.
func (w *walk) headerFits(node *yaml.Node, column Column) {
	for _, known := range locale.All() {
		header := column.Header.In(known)
		if utf16Length(header) > maxHeader || strings.ContainsFunc(header, unicode.IsControl) || strings.TrimSpace(header) == "" {
			w.fault(node, "definition.header_long", "header", strconv.Quote(header), "most", maxHeader)
			return
		}
	}
}

// utf16Length counts characters as spreadsheets do.
func utf16Length(text string) int { return len(utf16.Encode([]rune(text))) }

// headerOnce: Excel identifies the columns of a table by their headers.
func (w *walk) headerOnce(node *yaml.Node, column Column, d *Definition) {
	for _, known := range locale.All() {
		header := column.Header.In(known)
		for _, other := range d.Columns {
			if strings.EqualFold(other.Header.In(known), header) && other.Name != column.Name {
				w.fault(node, "definition.header_twice", "header", strconv.Quote(header))
				return
			}
		}
	}
}

func (w *walk) chart(node *yaml.Node) *Chart {
	chart := &Chart{Kind: ColumnChart, Title: locale.Chart, Limit: 24, Others: true}
	w.mapping(node, "chart", map[string]member{
		"kind":     func(v *yaml.Node) { chart.Kind = oneOf(w, v, "kind", ColumnChart, BarChart, LineChart, PieChart) },
		"title":    func(v *yaml.Node) { chart.Title = w.text(v, "title") },
		"category": func(v *yaml.Node) { w.categoryNode, chart.Category = v, w.words(v, "category") },
		"value":    func(v *yaml.Node) { w.valueNode, chart.Value = v, w.words(v, "value") },
		"limit":    func(v *yaml.Node) { chart.Limit = int(w.integer(v, "limit", 1, 1000)) },
		"others":   func(v *yaml.Node) { chart.Others = w.boolean(v, "others") },
	}, "category", "value")
	return chart
}

func (w *walk) sheet(node *yaml.Node, sheet *Sheet) {
	w.mapping(node, "sheet", map[string]member{
		"name": func(v *yaml.Node) {
			sheet.Name = w.text(v, language.ID("definition.sheet_name"))
			checked := map[string]bool{}
			for _, known := range locale.All() {
				name := sheet.Name.In(known)
				if !checked[name] && name != "" && !isSheetName(name) {
					w.fault(v, "definition.sheet_name_shape", "name", strconv.Quote(name), "most", maxSheetName, "forbidden", forbidden)
				}
				checked[name] = true
			}
		},
		"rows":   func(v *yaml.Node) { sheet.Rows = int(w.integer(v, "rows", 10, MaxSheetRows)) },
		"table":  func(v *yaml.Node) { w.tableNode, sheet.Table = v, w.boolean(v, "table") },
		"group":  func(v *yaml.Node) { w.groupNode, sheet.Group = v, w.words(v, "group") },
		"split":  func(v *yaml.Node) { w.splitNode, sheet.Split = v, w.words(v, "split") },
		"paper":  func(v *yaml.Node) { sheet.Paper = oneOf(w, v, "paper", A4, Letter) },
		"across": func(v *yaml.Node) { sheet.Across = int(w.integer(v, "across", 1, maxAcross)) },
	})
}

// isSheetName follows Excel's rules; "History" is reserved. Source: Microsoft,
// "Rename a worksheet".
func isSheetName(name string) bool {
	return strings.TrimSpace(name) != "" && utf16Length(name) <= maxSheetName && !strings.ContainsAny(name, forbidden) && !strings.ContainsFunc(name, unicode.IsControl) &&
		!strings.HasPrefix(name, "'") && !strings.HasSuffix(name, "'") && !strings.EqualFold(name, "history")
}

func (w *walk) limits(node *yaml.Node, limits *Limits) {
	w.mapping(node, "limits", map[string]member{
		"rows":    func(v *yaml.Node) { limits.Rows = w.integer(v, "rows", 1, 100_000_000) },
		"timeout": func(v *yaml.Node) { limits.Timeout = w.duration(v, "timeout", time.Second, 12*time.Hour) },
	})
}

func (w *walk) logo(node *yaml.Node, d *Definition) {
	name := w.words(node, "logo")
	d.LogoKind = strings.ToLower(filepath.Ext(name))
	if d.LogoKind != ".png" && d.LogoKind != ".jpg" || name != filepath.Base(name) {
		w.fault(node, "definition.logo_kind", "name", strconv.Quote(name))
		return
	}
	content, err := os.ReadFile(filepath.Join(filepath.Dir(w.file), name))
	switch {
	case errors.Is(err, os.ErrNotExist):
		w.fault(node, "definition.logo_missing", "name", strconv.Quote(name))
	case err != nil:
		w.fault(node, "definition.logo_unread", "why", err)
	case len(content) > maxLogoSize:
		w.fault(node, "definition.logo_large", "name", strconv.Quote(name), "limit", maxLogoSize)
	}
	d.Logo = content
}
