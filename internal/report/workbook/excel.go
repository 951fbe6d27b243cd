package workbook

import (
	"archive/zip"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

// compression 6 of klauspost's deflate: std's is three times the CPU for 3 %
// smaller files.
const compression = 6

// excelWriter writes a workbook in one pass. excelize knows all there is to know
// about workbooks, but holds its sheets in memory; so it draws the outline of
// the workbook (everything but the rows), and the rows go straight into the
// archive between the beginning and the end that it wrote for their sheet.
type excelWriter struct {
	*tally
	archive *zip.Writer
	sheet   *rowEncoder // the sheet that is being written
	sheets  []int       // rows of each sheet, header and total included
	outline outline
	cells   []cell
}

func createExcel(out io.Writer, d *definition.Definition, options Options) (*excelWriter, error) {
	w := &excelWriter{
		tally: newTally(d, options), archive: zip.NewWriter(out),
		outline: outline{definition: d, options: options}, cells: make([]cell, len(d.Columns)),
	}
	w.archive.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, compression) })
	return w, w.begin()
}

func (w *excelWriter) Row(values []any) error {
	if len(values) != len(w.cells) {
		return fmt.Errorf("a row of %d values for %d columns", len(values), len(w.cells))
	}
	for i, value := range values {
		w.cells[i] = cellOf(w.definition.Columns[i].Format, value)
	}
	// The last sheet keeps a row free for the total.
	if w.sheet.row >= w.definition.Sheet.Rows-1 {
		if err := w.finish(); err != nil {
			return err
		}
		if err := w.begin(); err != nil {
			return err
		}
	}
	w.add(w.cells)
	return w.sheet.write(w.cells)
}

// Close writes the totals, the last sheet's end and everything else of the
// workbook.
func (w *excelWriter) Close() error {
	data := w.sheet.row
	if w.hasTotals() && w.rows > 0 {
		if err := w.writeTotals(); err != nil {
			return err
		}
	}
	w.sheets[len(w.sheets)-1] = data
	parts, err := w.outline.finished(w.sheets, w.tally)
	if err != nil {
		return err
	}
	if err := w.sheet.end(parts.tail(len(w.sheets))); err != nil {
		return err
	}
	if err := parts.writeRest(w.archive, len(w.sheets)); err != nil {
		return err
	}
	return w.archive.Close()
}

// begin opens the next sheet: what excelize writes before the rows.
func (w *excelWriter) begin() error {
	w.sheets = append(w.sheets, 2)
	number := len(w.sheets)
	parts, err := w.outline.draw(w.sheets, nil)
	if err != nil {
		return err
	}
	entry, err := w.archive.Create(sheetPath(number))
	if err != nil {
		return err
	}
	w.sheet = newRowEncoder(entry, w.definition.Columns, parts.styles)
	return w.sheet.begin(parts.head(number))
}

// finish closes a sheet that is full.
func (w *excelWriter) finish() error {
	w.sheets[len(w.sheets)-1] = w.sheet.row
	parts, err := w.outline.draw(w.sheets, nil)
	if err != nil {
		return err
	}
	return w.sheet.end(parts.tail(len(w.sheets)))
}

func (w *excelWriter) writeTotals() error {
	row := w.sheet.openRow()
	label := w.totalLabel()
	for i := range w.definition.Columns {
		total, ok := w.total(i)
		switch {
		case ok:
			w.sheet.formula(i, row, w.totalFormula(i), total.number)
		case i == label:
			w.sheet.totalText(i, row, w.totalText(i))
		default:
			w.sheet.totalText(i, row, "")
		}
	}
	return w.sheet.closeRow()
}

// totalFormula keeps the total alive when a person edits the sheet.
func (w *excelWriter) totalFormula(column int) string {
	function := map[definition.Total]string{definition.Sum: "SUM", definition.Average: "AVERAGE", definition.Count: "COUNTA"}[w.definition.Columns[column].Total]
	letter := columnName(column + 1)
	formula := function + "("
	for i, rows := range w.sheets {
		last := rows
		if i == len(w.sheets)-1 {
			last = w.sheet.row - 1 // the total's own row is already open
			formula += fmt.Sprintf("%s2:%s%d)", letter, letter, last)
			break
		}
		formula += fmt.Sprintf("'%s'!%s2:%s%d,", w.outline.sheetName(i+1), letter, letter, last)
	}
	return formula
}
