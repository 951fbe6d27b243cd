package workbook

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/language"
)

// An outline draws a workbook without its rows.
type outline struct {
	definition *definition.Definition
	options    Options
	drawn      map[int]*drawnSheet // by rows, which is all that the files of two sheets differ in
}

// parts are the files of a workbook as excelize writes them.
type parts struct {
	order []string
	files map[string][]byte
}

// A drawnSheet is the file of one sheet without rows.
type drawnSheet struct {
	content []byte
	styles  styles
}

func sheetPath(number int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", number) }

// path is the file of a sheet of rows. The summary, which comes first, is the first
// file.
func (o *outline) path(number int) string { return sheetPath(number + 1) }

// sheetName is the name of a sheet of rows, within Excel's 31 UTF-16 units.
func (o *outline) sheetName(number int) string {
	name := o.definition.Sheet.Name.In(o.options.Language)
	if number == 1 {
		return name
	}
	suffix := " " + strconv.Itoa(number)
	return name[:unitsWithin(name, maxSheetName-len(suffix))] + suffix
}

const maxSheetName = 31

// quotedSheet is a sheet's name in a formula.
func quotedSheet(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// sheet is what a sheet of so many rows is like. Sheets of as many rows are drawn once.
func (o *outline) sheet(number, rows int) (*drawnSheet, error) {
	if drawn, ok := o.drawn[rows]; ok {
		return drawn, nil
	}
	drawn, err := o.drawSheet(number, rows)
	if err != nil {
		return nil, err
	}
	if o.drawn == nil {
		o.drawn = map[int]*drawnSheet{}
	}
	o.drawn[rows] = drawn
	return drawn, nil
}

// drawSheet draws one sheet by itself, so that what a sheet costs does not grow with
// the sheets before it. Equal definitions give equal styles and equal texts, so that
// pieces of several drawings fit together.
func (o *outline) drawSheet(number, rows int) (*drawnSheet, error) {
	book := excelize.NewFile()
	defer book.Close() // nothing of it is on disk
	styles, err := o.addStyles(book)
	if err != nil {
		return nil, fmt.Errorf("styles: %w", err)
	}
	name, other := o.sheetName(number), "-" // another sheet, the summary, is the one that is open
	if name == other {
		other = "--"
	}
	if err := addNames(book, []string{other, name}); err != nil {
		return nil, fmt.Errorf("sheet %d: %w", number, err)
	}
	if err := o.addSheet(book, number, rows, styles); err != nil {
		return nil, fmt.Errorf("sheet %d: %w", number, err)
	}
	kept, err := collect(book)
	if err != nil {
		return nil, err
	}
	return &drawnSheet{kept.files[sheetPath(2)], styles}, nil
}

// drawAll draws the workbook with sheets of so many rows each, and the summary.
func (o *outline) drawAll(sheets []int, t *tally) (*parts, error) {
	book := excelize.NewFile()
	defer book.Close() // nothing of it is on disk
	styles, err := o.addStyles(book)
	if err != nil {
		return nil, fmt.Errorf("styles: %w", err)
	}
	names := append(make([]string, 0, len(sheets)+1), o.summaryName(len(sheets)))
	for i := range sheets {
		names = append(names, o.sheetName(i+1))
	}
	if err := addNames(book, names); err != nil {
		return nil, err
	}
	// The sheets of rows are written already. What the first needs in other files is
	// the pattern of the others.
	if err := o.addSheet(book, 1, sheets[0], styles); err != nil {
		return nil, fmt.Errorf("sheet 1: %w", err)
	}
	if err := o.addSummary(book, names[0], t, styles); err != nil {
		return nil, fmt.Errorf("summary sheet: %w", err)
	}
	if err := o.addProperties(book); err != nil {
		return nil, fmt.Errorf("properties: %w", err)
	}
	drawn, err := collect(book)
	if err == nil && o.definition.Sheet.Table {
		err = o.addTables(drawn, sheets)
	}
	if err == nil {
		err = o.addDefinedNames(drawn, sheets)
	}
	return drawn, err
}

func addNames(book *excelize.File, names []string) error {
	if err := book.SetSheetName("Sheet1", names[0]); err != nil {
		return fmt.Errorf("sheet %q: %w", names[0], err)
	}
	for _, name := range names[1:] {
		if _, err := book.NewSheet(name); err != nil {
			return fmt.Errorf("sheet %q: %w", name, err)
		}
	}
	return nil
}

func (o *outline) addSheet(book *excelize.File, number, rows int, styles styles) error {
	name := o.sheetName(number)
	columns, in := o.definition.Columns, o.options.Language
	last := columnName(len(columns))
	for i, column := range columns {
		letter := columnName(i + 1)
		if err := book.SetCellStr(name, letter+"1", column.Header.In(in)); err != nil {
			return err
		}
		if err := book.SetColWidth(name, letter, letter, columnWidth(column, in)); err != nil {
			return err
		}
		if err := book.SetCellStyle(name, letter+"1", letter+"1", styles.headers[i]); err != nil {
			return err
		}
	}
	if err := book.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := o.addFilter(book, name, number, max(rows, 2), last); err != nil {
		return err
	}
	if err := o.addPage(book, name, o.pagesAcross(), o.pageHeader()); err != nil {
		return err
	}
	if err := o.repeatHeader(book, name); err != nil {
		return err
	}
	return book.SetSheetDimension(name, "") // excelize knows of the header only
}

func (o *outline) addFilter(book *excelize.File, name string, number, rows int, last string) error {
	area := fmt.Sprintf("A1:%s%d", last, rows)
	if !o.definition.Sheet.Table {
		return book.AutoFilter(name, area, nil)
	}
	return book.AddTable(name, &excelize.Table{Range: area, Name: "report" + strconv.Itoa(number), StyleName: "TableStyleLight9"})
}

// pageWidth is what fits on a landscape page and can be read, in characters.
const pageWidth = 180

// pagesAcross is how many pages the columns take side by side.
func (o *outline) pagesAcross() int {
	width := 0.0
	for _, column := range o.definition.Columns {
		width += columnWidth(column, o.options.Language)
	}
	return int(math.Ceil(width / pageWidth))
}

// The numbers of paper sizes. Source: ECMA-376 18.3.1.63, pageSetup.
var paperSizes = map[definition.Paper]int{definition.Letter: 1, definition.A4: 9}

// pageHeader stands on every printed page of rows: what the pages belong to. An
// ampersand begins a code there (ECMA-376 18.3.1.46).
func (o *outline) pageHeader() string {
	title := o.definition.Title.In(o.options.Language)
	return "&L" + strings.ReplaceAll(title[:unitsWithin(title, 100)], "&", "&&")
}

func (o *outline) addPage(book *excelize.File, name string, across int, header string) error {
	landscape, down, paper := "landscape", 0, paperSizes[o.definition.Sheet.Paper]
	if err := book.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &landscape, FitToWidth: &across, FitToHeight: &down}); err != nil {
		return err
	}
	page := language.Page.In(o.options.Language)
	if err := book.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddHeader: header, OddFooter: "&L&A&R" + page + " &P / &N"}); err != nil {
		return err
	}
	fit := true
	return book.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit})
}

// repeatHeader prints the header on every page.
func (o *outline) repeatHeader(book *excelize.File, name string) error {
	return book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quotedSheet(name) + "!$1:$1", Scope: name})
}

func (o *outline) addProperties(book *excelize.File) error {
	in, made := o.options.Language, o.options.Made.UTC().Format(time.RFC3339)
	return book.SetDocProps(&excelize.DocProperties{
		Title: o.definition.Title.In(in), Description: o.definition.Description.In(in), Subject: o.definition.Type,
		Creator: "pasarela reports", LastModifiedBy: "pasarela reports", Language: string(in), Created: made, Modified: made,
	})
}

// maxWidth is where a long header goes on in the next line.
const maxWidth = 60

func columnWidth(column definition.Column, in language.Language) float64 {
	if column.Width > 0 {
		return column.Width
	}
	width := 14.0
	switch column.Format {
	case definition.AsText:
		width = 24
	case definition.AsDateTime:
		width = 18
	}
	return min(max(width, float64(len([]rune(column.Header.In(in))))+4), maxWidth)
}

// collect has excelize write the workbook and keeps the files: without rows they
// are a few kilobytes.
func collect(book *excelize.File) (*parts, error) {
	kept := &parts{files: map[string][]byte{}}
	gather := &gathering{parts: kept}
	book.SetZipWriter(func(io.Writer) excelize.ZipWriter { return gather })
	if _, err := book.WriteToBuffer(); err != nil {
		return nil, err
	}
	gather.keep()
	return kept, nil
}

// gathering is the zip that excelize believes to write.
type gathering struct {
	parts   *parts
	name    string
	content *bytes.Buffer
}

func (g *gathering) Create(name string) (io.Writer, error) {
	g.keep()
	g.name, g.content = name, &bytes.Buffer{}
	return g.content, nil
}

func (g *gathering) AddFS(fs.FS) error { return fmt.Errorf("not needed: no file system is added") }

func (g *gathering) Close() error { return nil }

func (g *gathering) keep() {
	if g.content != nil {
		g.parts.order = append(g.parts.order, g.name)
		g.parts.files[g.name] = g.content.Bytes()
		g.content = nil
	}
}

var endOfRows = []byte("</sheetData>")

// head is a sheet's beginning with its header row.
func (d *drawnSheet) head() []byte {
	before, _, _ := bytes.Cut(d.content, endOfRows)
	return before
}

// tail is a sheet's end from after its last row.
func (d *drawnSheet) tail() []byte {
	return d.content[bytes.Index(d.content, endOfRows):]
}
