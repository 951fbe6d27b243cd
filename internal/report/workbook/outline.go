package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/language"
)

// An outline draws a workbook without its rows.
type outline struct {
	definition *definition.Definition
	options    Options
}

// parts are the files of a workbook as excelize writes them.
type parts struct {
	order  []string
	files  map[string][]byte
	styles styles
}

func sheetPath(number int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", number) }

func (o *outline) sheetName(number int) string {
	name := o.definition.Sheet.Name.In(o.options.Language)
	if number == 1 {
		return name
	}
	return name + " " + strconv.Itoa(number)
}

// finished draws the workbook whose rows are all known.
func (o *outline) finished(sheets []int, t *tally) (*parts, error) { return o.draw(sheets, t) }

// draw draws the sheets with that many rows each, and the summary from the
// tally if there is one. Equal arguments give equal styles and equal texts, so
// that pieces of two drawings fit together.
func (o *outline) draw(sheets []int, t *tally) (*parts, error) {
	book := excelize.NewFile()
	defer book.Close() //nolint:errcheck // nothing of it is on disk
	styles, err := o.addStyles(book)
	if err != nil {
		return nil, fmt.Errorf("styles: %w", err)
	}
	for i := range sheets {
		if err := o.addSheet(book, i+1, sheets[i], styles); err != nil {
			return nil, fmt.Errorf("sheet %d: %w", i+1, err)
		}
	}
	if t != nil {
		if err := o.addSummary(book, t, styles); err != nil {
			return nil, fmt.Errorf("summary sheet: %w", err)
		}
	}
	if err := o.addProperties(book); err != nil {
		return nil, fmt.Errorf("properties: %w", err)
	}
	return collect(book, styles)
}

func (o *outline) addSheet(book *excelize.File, number, rows int, styles styles) error {
	name := o.sheetName(number)
	if number == 1 {
		if err := book.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := book.NewSheet(name); err != nil {
		return err
	}
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
	}
	if err := book.SetCellStyle(name, "A1", last+"1", styles.header); err != nil {
		return err
	}
	if err := book.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := o.addFilter(book, name, number, max(rows, 2), last); err != nil {
		return err
	}
	if err := o.addPage(book, name); err != nil {
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

func (o *outline) addPage(book *excelize.File, name string) error {
	landscape, one, any := "landscape", 1, 0
	if err := book.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &one, FitToHeight: &any}); err != nil {
		return err
	}
	fit := true
	return book.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit})
}

func (o *outline) addProperties(book *excelize.File) error {
	in, made := o.options.Language, o.options.Made.UTC().Format(time.RFC3339)
	return book.SetDocProps(&excelize.DocProperties{
		Title: o.definition.Title.In(in), Description: o.definition.Description.In(in), Subject: o.definition.Type,
		Creator: "pasarela reports", LastModifiedBy: "pasarela reports", Language: string(in), Created: made, Modified: made,
	})
}

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
	return max(width, float64(len([]rune(column.Header.In(in))))+4)
}

// collect has excelize write the workbook and keeps the files: without rows they
// are a few kilobytes.
func collect(book *excelize.File, styles styles) (*parts, error) {
	kept := &parts{files: map[string][]byte{}, styles: styles}
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
func (p *parts) head(sheet int) []byte {
	before, _, _ := bytes.Cut(p.files[sheetPath(sheet)], endOfRows)
	return before
}

// tail is a sheet's end from after its last row.
func (p *parts) tail(sheet int) []byte {
	content := p.files[sheetPath(sheet)]
	return content[bytes.Index(content, endOfRows):]
}

// writeRest writes every file but the first sheets, whose rows are written.
func (p *parts) writeRest(archive *zip.Writer, written int) error {
	done := map[string]bool{}
	for sheet := 1; sheet <= written; sheet++ {
		done[sheetPath(sheet)] = true
	}
	for _, name := range p.order {
		if done[name] {
			continue
		}
		entry, err := archive.Create(name)
		if err != nil {
			return err
		}
		if _, err := entry.Write(p.files[name]); err != nil {
			return err
		}
	}
	return nil
}
