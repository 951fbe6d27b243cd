package workbook

import (
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// excelWriter writes a workbook in one pass: rows go straight into the archive, and the
// files that need to know of them come last.
type excelWriter struct {
	*totals
	archive *archive
	sheet   *rowEncoder // the sheet that is being written
	sheets  []int       // rows of each sheet, the header included and the total not
	outline *outline
	cells   []cell
	levels  []level
	held    [][]value.Value // the first rows, until the columns' widths are known
}

func createExcel(out io.Writer, d *definition.Definition, options Options) (w *excelWriter, err error) {
	w = &excelWriter{totals: newTotals(d, options), outline: newOutline(d, options), cells: make([]cell, len(d.Columns)), levels: newLevels(d)}
	from := options.From
	if from == nil {
		if w.archive, err = newArchive(out, options.Made, 0, nil); err != nil {
			return nil, err
		}
		return w, nil
	}
	if w.archive, err = newArchive(out, options.Made, from.Bytes, from.Files); err != nil {
		return nil, err
	}
	if !w.resume(from) || !w.regroupFrom(from.Groups) || len(from.Sheets) == 0 || len(from.Widths) != len(d.Columns) || w.archive.to == nil {
		return nil, ErrState
	}
	w.outline.names, w.outline.widths, w.outline.sheetTotals = slices.Clone(from.Names), slices.Clone(from.Widths), slices.Clone(from.Parts)
	w.sheets, w.sheet = slices.Clone(from.Sheets), w.encoder()
	w.sheet.row = from.Row
	return w, nil
}

func (w *excelWriter) Row(values []value.Value) error {
	if len(values) != len(w.cells) {
		return fmt.Errorf("a row of %d values for %d columns", len(values), len(w.cells))
	}
	if w.sheet != nil {
		return w.write(values)
	}
	if w.held = append(w.held, slices.Clone(values)); len(w.held) < widthRows {
		return nil
	}
	return w.start()
}

func (w *excelWriter) write(values []value.Value) error {
	for i := range values {
		w.readInto(&w.cells[i], i, &values[i])
		w.fit(i, &w.cells[i])
	}
	if err := w.regroup(); err != nil {
		return err
	}
	// A sheet keeps rows free for the subtotals and the total.
	if w.sheet.row >= w.definition.Sheet.Rows-1-len(w.levels) {
		w.sheets[len(w.sheets)-1] = w.sheet.row
		if err := w.nextSheet(true); err != nil {
			return err
		}
	}
	w.add(w.cells)
	w.addToGroups()
	return w.sheet.write(w.cells)
}

// nextSheet begins another sheet, which goes on with the group of the last one or has one of
// its own.
func (w *excelWriter) nextSheet(goesOn bool) error {
	if len(w.sheets) == MaxSheets {
		return ErrTooManySheets
	}
	if err := w.endSheet(); err != nil {
		return err
	}
	if err := w.begin(); err != nil {
		return err
	}
	if goesOn && len(w.levels) > 0 && w.levels[0].sheets {
		w.outline.name(len(w.sheets), w.groupName(w.levels[0].column, w.levels[0].key))
	}
	return nil
}

// fit has a figure written as text whose shown digits a spreadsheet would lose, and truncates
// a text that is too long for a cell, with a mark at its end.
func (w *excelWriter) fit(column int, c *cell) {
	if c.aside = c.kind == figure && !c.exact(w.decimals[column]); c.aside {
		w.numbersAsText[column]++
		return
	}
	if c.kind != words || len(c.text) <= maxText || unitsWithin(c.text, maxText) == len(c.text) {
		return
	}
	mark := locale.CutMark.In(w.options.Language)
	c.text = c.text[:unitsWithin(c.text, maxText-utf8.RuneCountInString(mark))] + mark
	w.cut++
}

// unitsWithin returns how many bytes of the text take so many UTF-16 units at most.
func unitsWithin(text string, most int) int {
	units := 0
	for i, r := range text {
		if units += unitsOf(r); units > most {
			return i
		}
	}
	return len(text)
}

// Close writes the totals, the last sheet's end and everything else of the
// workbook.
func (w *excelWriter) Close() error {
	if w.sheet == nil {
		if err := w.start(); err != nil {
			return err
		}
	}
	split := w.definition.Sheet.Split != ""
	if !split || w.rows == 0 {
		w.sheets[len(w.sheets)-1] = w.sheet.row
	}
	if err := w.endGroups(0); err != nil {
		return err
	}
	if w.hasTotals() && w.rows > 0 && !split { // each sheet has its own, and the summary that of all
		if w.definition.Sheet.Group != "" {
			w.sheets[len(w.sheets)-1] = w.sheet.row
		}
		if err := w.writeTotals(); err != nil {
			return err
		}
	}
	if err := w.endSheet(); err != nil {
		return err
	}
	parts, err := w.outline.parts(w.sheets, w.totals)
	if err != nil {
		return err
	}
	for _, one := range parts {
		if err := w.archive.add(one.name, one.content); err != nil {
			return err
		}
	}
	return w.archive.close()
}

// begin opens the next sheet.
func (w *excelWriter) begin() error {
	w.sheets = append(w.sheets, 2)
	if err := w.archive.begin(w.outline.path(len(w.sheets))); err != nil {
		return err
	}
	w.sheet = w.encoder()
	return w.sheet.begin(w.outline.head())
}

func (w *excelWriter) encoder() *rowEncoder {
	e := newRowEncoder(w.archive, w.definition.Columns, w.outline.styles, w.options.Language)
	if w.definition.Sheet.Group != "" {
		e.level = ` outlineLevel="1"` // a click folds the rows above a subtotal
	}
	return e
}

func (w *excelWriter) endSheet() error {
	if err := w.sheet.end(w.outline.tail(w.sheets[len(w.sheets)-1])); err != nil {
		return err
	}
	return w.archive.end()
}

func (w *excelWriter) writeTotals() error {
	w.sheet.outer = len(w.levels) > 0
	w.sheet.openRow("")
	for i := range w.definition.Columns {
		total, ok := w.total(i)
		switch {
		case !ok:
			w.sheet.totalText(i, w.shownLabel(i))
		case w.incomplete(i):
			w.sheet.totalText(i, w.totalText(i))
		case !w.exact(i, &total):
			w.sheet.totalText(i, everyDigit(total.plain(), w.options.Language))
		case w.sums[i].wide && w.definition.Columns[i].Total != definition.Count: // a formula leaves texts out
			w.sheet.totalNumber(i, "", &total)
		default:
			w.sheet.totalNumber(i, w.totalFormula(i), &total)
		}
	}
	return w.sheet.closeRow()
}

// A function takes 255 arguments, a formula has 8,192 characters.
// Source: Microsoft, "Excel specifications and limits".
const (
	maxArguments = 255
	maxFormula   = 8192
)

// totalFormula keeps the total alive when a person edits the sheet. Each sheet is an
// argument: LibreOffice 7.4 shows #NAME? to a reference through several quoted
// sheets ('A:B'!C1). It is "" for more sheets than a formula holds; the total is a
// plain value then.
func (w *excelWriter) totalFormula(column int) string {
	most := maxArguments
	if len(w.levels) > 0 {
		most-- // SUBTOTAL's number is one, too
	}
	if len(w.sheets) > most {
		return ""
	}
	function := functions[w.definition.Columns[column].Total].plain
	if len(w.levels) > 0 {
		function = functions[w.definition.Columns[column].Total].subtotal
	}
	letter, formula := columnName(column+1), []byte(function)
	for i, last := range w.sheets {
		if i < len(w.sheets)-1 {
			formula = fmt.Appendf(formula, "%s!%s2:%s%d,", quotedSheet(w.outline.sheetName(i+1)), letter, letter, last)
			continue
		}
		formula = fmt.Appendf(formula, "%s2:%s%d)", letter, letter, last)
	}
	if len(formula) > maxFormula {
		return ""
	}
	return string(formula)
}
