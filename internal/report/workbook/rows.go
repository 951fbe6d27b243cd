package workbook

import (
	"bufio"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// maxText is how much one cell can hold, in UTF-16 units.
// Source: Microsoft, "Excel specifications and limits".
const maxText = 32_767

// A rowEncoder writes the rows of one sheet as SpreadsheetML. Texts are inline
// strings: a shared table would hold them all in memory, and a reader takes an
// inline string for text whatever it begins with, never for a formula.
type rowEncoder struct {
	out     *bufio.Writer
	buffer  []byte
	row     int // rows written, the header included
	columns []encodedColumn
	level   string // attribute of rows that a subtotal stands below

	language locale.Language
}

// An encodedColumn holds what is the same in each of its cells.
type encodedColumn struct {
	open   string // `<c r="A`
	style  string // `" s="3`
	aside  string // of a number or moment that is written as text
	total  string
	format definition.ColumnFormat
}

func newRowEncoder(out io.Writer, columns []definition.Column, styles styles, in locale.Language) *rowEncoder {
	e := &rowEncoder{out: bufio.NewWriterSize(out, 64<<10), language: in}
	for i, column := range columns {
		e.columns = append(e.columns, encodedColumn{
			open: `<c r="` + columnName(i+1), style: styleAttribute(styles.columns[i]), aside: styleAttribute(styles.right),
			total: styleAttribute(styles.totals[i]), format: column.Format,
		})
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
	if _, err := e.out.Write(tail); err != nil {
		return err
	}
	return e.out.Flush()
}

func (e *rowEncoder) write(cells []cell) error {
	row := e.openRowOf(e.level)
	for i := range cells {
		e.cell(i, row, &cells[i])
	}
	return e.closeRow()
}

func (e *rowEncoder) openRow() int { return e.openRowOf("") }

func (e *rowEncoder) openRowOf(level string) int {
	e.row++
	e.buffer = append(e.buffer[:0], `<row r="`...)
	e.buffer = strconv.AppendInt(e.buffer, int64(e.row), 10)
	e.buffer = append(e.buffer, '"')
	e.buffer = append(e.buffer, level...)
	e.buffer = append(e.buffer, '>')
	return e.row
}

func (e *rowEncoder) closeRow() error {
	e.buffer = append(e.buffer, `</row>`...)
	_, err := e.out.Write(e.buffer)
	return err
}

func (e *rowEncoder) cell(column, row int, c *cell) {
	if c.kind == empty {
		return
	}
	e.reference(column, row)
	of := &e.columns[column]
	switch c.kind {
	case figure:
		if !c.exact() {
			e.styled(of.aside)
			e.inline(everyDigit(c.plain(), e.language))
			return
		}
		e.styled(of.style)
		e.buffer = append(e.buffer, `"><v>`...)
		e.buffer = appendFigure(e.buffer, c)
	case moment:
		days, ok := serial(c.value.Moment)
		if !ok {
			e.styled(of.aside)
			e.inline(readMoment(c.value.Moment, of.format, e.language))
			return
		}
		e.styled(of.style)
		e.buffer = append(e.buffer, `"><v>`...)
		e.buffer = strconv.AppendFloat(e.buffer, days, 'f', -1, 64)
	case truth:
		e.styled(of.style)
		e.inline(readTruth(c.value.Int == 1, e.language))
		return
	default:
		e.styled(of.style)
		e.inline(c.text)
		return
	}
	e.buffer = append(e.buffer, `</v></c>`...)
}

func (e *rowEncoder) styled(style string) { e.buffer = append(e.buffer, style...) }

// appendFigure writes a number whose digits the spreadsheet keeps.
func appendFigure(to []byte, c *cell) []byte {
	switch {
	case c.value.Kind == value.Double:
		return strconv.AppendFloat(to, c.value.Float, 'g', -1, 64)
	case c.value.Kind == value.Integer && c.value.Text == "":
		return strconv.AppendInt(to, c.value.Int, 10)
	}
	return append(to, value.Trim(c.value.Text)...)
}

func (e *rowEncoder) reference(column, row int) {
	e.buffer = append(e.buffer, e.columns[column].open...)
	e.buffer = strconv.AppendInt(e.buffer, int64(row), 10)
}

func (e *rowEncoder) inline(text string) {
	if text == "" {
		e.buffer = append(e.buffer, `"/>`...)
		return
	}
	if first, last := text[0], text[len(text)-1]; first <= ' ' || last <= ' ' {
		e.buffer = append(e.buffer, `" t="inlineStr"><is><t xml:space="preserve">`...)
	} else {
		e.buffer = append(e.buffer, `" t="inlineStr"><is><t>`...)
	}
	e.buffer = appendText(e.buffer, text)
	e.buffer = append(e.buffer, `</t></is></c>`...)
}

// totalNumber writes a total, with the formula that gives it if there is one.
func (e *rowEncoder) totalNumber(column, row int, formula, plain string) {
	e.reference(column, row)
	e.styled(e.columns[column].total)
	e.buffer = append(e.buffer, `">`...)
	if formula != "" {
		e.buffer = append(e.buffer, `<f>`...)
		e.buffer = appendText(e.buffer, formula)
		e.buffer = append(e.buffer, `</f>`...)
	}
	e.buffer = append(append(append(e.buffer, `<v>`...), plain...), `</v></c>`...)
}

func (e *rowEncoder) totalText(column, row int, text string) {
	e.reference(column, row)
	e.buffer = append(e.buffer, e.columns[column].total...)
	e.inline(text)
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
