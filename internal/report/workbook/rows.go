package workbook

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// maxText is how much one cell can hold, in UTF-16 units.
// Source: Microsoft, "Excel specifications and limits".
const maxText = 32_767

// A rowEncoder writes the rows of one sheet as SpreadsheetML. Texts are inline
// strings: a shared table would hold them all in memory, and a reader takes an
// inline string for text whatever it begins with, never for a formula. Each cell has its
// reference: without, which ECMA-376 allows, files would be half as large, but programs
// that look cells up by it would find none.
type rowEncoder struct {
	out     io.Writer
	buffer  []byte // rows that were not given to out yet
	row     int    // rows written, the header included
	number  []byte // of the row, as text
	columns []encodedColumn
	level   string // attribute of rows that a subtotal stands below
	outer   bool   // the row of totals is of rows that have subtotals

	language locale.Language
}

// flushAt is at how many bytes the encoder gives its rows to the archive.
const flushAt = 48 << 10

// An encodedColumn holds what is the same in each of its cells.
type encodedColumn struct {
	open    string    // `<c r="A`
	number  string    // what follows the reference: `" s="3"><v>`
	text    string    // `" s="3" t="inlineStr"><is><t>`
	aside   string    // of a number or moment that is written as text
	total   [2]string // `" s="4`, and of an outer one
	answers [2]string // no and yes, the whole cell behind its reference
	format  definition.ColumnFormat
}

const (
	closeNumber = `</v></c>`
	openText    = `" t="inlineStr"><is><t>`
	closeText   = `</t></is></c>`
)

func newRowEncoder(out io.Writer, columns []definition.Column, styles styles, in locale.Language) *rowEncoder {
	e := &rowEncoder{out: out, buffer: make([]byte, 0, flushAt+8<<10), language: in}
	for i, column := range columns {
		style := styleAttribute(styles.columns[i])
		one := encodedColumn{
			open: `<c r="` + columnName(i+1), number: style + `"><v>`, text: style + openText,
			aside: styleAttribute(styles.right) + openText, total: [2]string{styleAttribute(styles.totals[i]), styleAttribute(styles.outer[i])}, format: column.Format,
		}
		for n := range one.answers {
			one.answers[n] = one.text + string(appendText(nil, readTruth(n == 1, in))) + closeText
		}
		e.columns = append(e.columns, one)
	}
	return e
}

func styleAttribute(style int) string {
	if style == 0 {
		return ""
	}
	return `" s="` + strconv.Itoa(style)
}

func (e *rowEncoder) begin(head []byte) error {
	e.row = 1
	_, err := e.out.Write(head)
	return err
}

func (e *rowEncoder) end(tail []byte) error {
	e.buffer = append(e.buffer, tail...)
	return e.flush()
}

func (e *rowEncoder) flush() error {
	_, err := e.out.Write(e.buffer)
	e.buffer = e.buffer[:0]
	return err
}

func (e *rowEncoder) write(cells []cell) error {
	e.openRow(e.level)
	for i := range cells {
		e.cell(i, &cells[i])
	}
	return e.closeRow()
}

func (e *rowEncoder) openRow(level string) {
	e.row++
	e.number = strconv.AppendInt(e.number[:0], int64(e.row), 10)
	e.buffer = append(e.buffer, `<row r="`...)
	e.buffer = append(e.buffer, e.number...)
	e.buffer = append(e.buffer, '"')
	e.buffer = append(e.buffer, level...)
	e.buffer = append(e.buffer, '>')
}

func (e *rowEncoder) closeRow() error {
	e.buffer = append(e.buffer, `</row>`...)
	if len(e.buffer) < flushAt {
		return nil
	}
	return e.flush()
}

func (e *rowEncoder) cell(column int, c *cell) {
	if c.kind == empty {
		return
	}
	of := &e.columns[column]
	e.reference(of)
	switch c.kind {
	case figure:
		if c.aside {
			e.inline(of.aside, everyDigit(c.plain(), e.language))
			return
		}
		e.buffer = c.appendFigure(append(e.buffer, of.number...))
		e.buffer = append(e.buffer, closeNumber...)
	case moment:
		days, ok := serialOf(&c.value.Moment)
		if !ok {
			e.inline(of.aside, readMoment(c.value.Moment, of.format, e.language))
			return
		}
		e.buffer = days.append(append(e.buffer, of.number...))
		e.buffer = append(e.buffer, closeNumber...)
	case truth:
		e.buffer = append(e.buffer, of.answers[c.value.Int]...)
	default:
		e.inline(of.text, c.text)
	}
}

func (e *rowEncoder) reference(of *encodedColumn) {
	e.buffer = append(e.buffer, of.open...)
	e.buffer = append(e.buffer, e.number...)
}

// inline writes a text behind what opens it.
func (e *rowEncoder) inline(open, text string) {
	if text == "" {
		e.buffer = append(append(e.buffer, strings.TrimSuffix(open, openText)...), `"/>`...)
		return
	}
	e.buffer = append(e.buffer, open...)
	if first, last := text[0], text[len(text)-1]; first <= ' ' || last <= ' ' {
		e.buffer = append(e.buffer[:len(e.buffer)-1], ` xml:space="preserve">`...)
	}
	e.buffer = appendText(e.buffer, text)
	e.buffer = append(e.buffer, closeText...)
}

// totalNumber writes a total, with the formula that gives it if there is one.
func (e *rowEncoder) totalNumber(column int, formula string, total *cell) {
	of := &e.columns[column]
	e.reference(of)
	e.buffer = append(append(e.buffer, of.total[e.isOuter()]...), `">`...)
	if formula != "" {
		e.buffer = append(e.buffer, `<f>`...)
		e.buffer = appendText(e.buffer, formula)
		e.buffer = append(e.buffer, `</f>`...)
	}
	e.buffer = append(total.appendFigure(append(e.buffer, `<v>`...)), closeNumber...)
}

func (e *rowEncoder) totalText(column int, text string) {
	of := &e.columns[column]
	e.reference(of)
	e.inline(of.total[e.isOuter()]+openText, text)
}

func (e *rowEncoder) isOuter() int {
	if e.outer {
		return 1
	}
	return 0
}

// appendText writes valid UTF-8 as XML. What XML cannot hold becomes _xHHHH_, and a
// text that looks like such an escape is escaped itself (ECMA-376 22.9.2.19).
func appendText(to []byte, text string) []byte {
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if special(c) {
				if escape := escaped(text, i); escape != "" {
					to = append(to, text[start:i]...)
					to = append(to, escape...)
					start = i + 1
				}
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
			to = append(append(to, text[start:i]...), "\uFFFD"...)
			start = i + size
		}
		i += size
	}
	return append(to, text[start:]...)
}

func special(c byte) bool { return c < ' ' || c == '&' || c == '<' || c == '>' || c == '_' }

// escaped returns what stands for the byte at the place, "" for itself.
func escaped(text string, at int) string {
	switch c := text[at]; c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '\t', '\n':
		return ""
	case '_':
		if looksEscaped(text[at:]) {
			return "_x005F_"
		}
		return ""
	default:
		const digits = "0123456789ABCDEF"
		return "_x00" + string(digits[c>>4]) + string(digits[c&15]) + "_"
	}
}

func looksEscaped(text string) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(text[2:6], 16, 16)
	return err == nil
}

func unitsOf(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// columnName writes a column's number in letters: 1 is A, 27 is AA.
func columnName(number int) string {
	name := ""
	for ; number > 0; number = (number - 1) / 26 {
		name = string(rune('A'+(number-1)%26)) + name
	}
	return name
}
