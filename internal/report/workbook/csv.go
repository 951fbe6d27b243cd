package workbook

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// csvWriter writes what a spreadsheet of the report's language opens with a
// double click: UTF-8 with a mark, its separator, its decimal mark.
type csvWriter struct {
	*totals
	out   *bufio.Writer
	line  []byte
	bytes int64 // given to out
	cells []cell
}

func createCSV(out io.Writer, d *definition.Definition, options Options) (*csvWriter, error) {
	w := &csvWriter{totals: newTotals(d, options), out: bufio.NewWriterSize(out, 64<<10), cells: make([]cell, len(d.Columns))}
	if options.From != nil {
		if !w.resume(options.From) {
			return nil, ErrState
		}
		w.bytes = options.From.Bytes
		return w, nil
	}
	w.line = append(w.line, "\ufeff"...)
	for i, column := range d.Columns {
		header := wordsCell(column.Header.In(options.Language))
		w.field(i, &header)
	}
	return w, w.end()
}

func (w *csvWriter) Row(values []value.Value) error {
	if len(values) != len(w.cells) {
		return fmt.Errorf("a row of %d values for %d columns", len(values), len(w.cells))
	}
	for i := range values {
		w.readInto(&w.cells[i], i, &values[i])
		w.field(i, &w.cells[i])
	}
	w.add(w.cells)
	return w.end()
}

func (w *csvWriter) Close() error {
	if w.hasTotals() && w.rows > 0 {
		for i := range w.definition.Columns {
			total := wordsCell(w.label(i))
			if c, ok := w.total(i); ok {
				total = c
				if w.incomplete(i) {
					total = wordsCell(everyDigit(c.plain(), w.options.Language) + leftOutMark)
				}
			}
			w.field(i, &total)
		}
		if err := w.end(); err != nil {
			return err
		}
	}
	return w.out.Flush()
}

func (w *csvWriter) field(column int, c *cell) {
	in := w.options.Language
	if column > 0 {
		w.line = append(w.line, in.ListMark())
	}
	switch c.kind {
	case empty:
	case figure:
		w.line = in.AppendNumber(w.line, c.plain(), false)
	case words:
		w.quote(harmless(c.text))
	default:
		w.quote(w.csvText(column, c))
	}
}

// csvText is the formatted cell, but a month as 2026-01: programs sort it, and
// spreadsheets take it for a date.
func (w *csvWriter) csvText(column int, c *cell) string {
	if m := c.value.Moment; w.definition.Columns[column].Format == definition.AsMonth && c.kind == moment && m.Year > 0 {
		return fmt.Sprintf("%04d-%02d", m.Year, m.Month)
	}
	return w.read(column, c)
}

func (w *csvWriter) quote(text string) {
	if !strings.ContainsAny(text, "\"\r\n;,\t") && strings.TrimSpace(text) == text {
		w.line = append(w.line, text...)
		return
	}
	w.line = append(w.line, '"')
	w.line = append(w.line, strings.ReplaceAll(text, `"`, `""`)...)
	w.line = append(w.line, '"')
}

func (w *csvWriter) end() error {
	w.line = append(w.line, '\r', '\n')
	n, err := w.out.Write(w.line)
	w.bytes += int64(n)
	w.line = w.line[:0]
	return err
}

// harmless puts an apostrophe before text that a spreadsheet would interpret as
// a formula. Source: OWASP, "CSV Injection".
func harmless(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) || strings.HasPrefix(text, "＝") || strings.HasPrefix(text, "＋") || strings.HasPrefix(text, "－") || strings.HasPrefix(text, "＠") {
		return "'" + text
	}
	return text
}
