package workbook

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A kind is the kind of a cell's value.
type kind uint8

const (
	empty  kind = iota
	figure      // a number: value is an Integer, Decimal or finite Double
	moment      // a day, with or without a time: value.Moment
	truth       // value.Int
	words       // text
)

// A cell is one value, converted to its column's format; a value that does not
// fit the format stays text rather than being lost.
type cell struct {
	kind    kind
	isShort bool // a figure of few digits: short has it, too
	aside   bool // a figure that a workbook has as text, since a spreadsheet would lose digits that are shown
	short   value.Short
	value   value.Value
	text    string // of words, and of a Double once its plain notation was needed
}

// A reader makes a cell of a value.
type reader func(*cell, *value.Value)

func readerOf(format definition.ColumnFormat) reader {
	switch format {
	case definition.AsInteger, definition.AsNumber, definition.AsMoney, definition.AsPercent:
		return (*cell).setFigure
	case definition.AsDate, definition.AsDateTime:
		return (*cell).setMoment
	case definition.AsMonth:
		return (*cell).setMonth
	case definition.AsBoolean:
		return (*cell).setTruth
	}
	return (*cell).setWords
}

func wordsCell(text string) cell { return cell{kind: words, text: text} }

// figureOf is the cell of a number in plain notation.
func figureOf(plain string) (c cell) {
	c.setPlain(value.Decimal, plain)
	return c
}

func (c *cell) setWords(v *value.Value) {
	if v.Kind == value.Null {
		c.kind, c.text = empty, ""
		return
	}
	c.kind, c.text = words, v.String()
}

func (c *cell) setFigure(v *value.Value) {
	switch {
	case v.Kind == value.Bool || v.Kind == value.Integer && v.Text == "":
		c.setInt(v.Int)
	case v.Kind == value.Double && finite(v.Float):
		c.kind, c.value, c.text = figure, *v, ""
		c.short, c.isShort = value.ShortDouble(v.Float)
	case v.Kind == value.Integer || v.Kind == value.Decimal:
		c.setPlain(v.Kind, v.Text)
	default:
		plain, ok := v.Number()
		if !ok {
			c.setWords(v)
			return
		}
		c.setPlain(value.Decimal, plain)
	}
}

func (c *cell) setInt(n int64) {
	c.kind, c.value = figure, value.OfInt(n)
	c.short, c.isShort = value.ShortInt(n)
}

func (c *cell) setPlain(kind value.Kind, plain string) {
	c.kind, c.value = figure, value.Value{Kind: kind, Text: plain}
	c.short, c.isShort = value.ShortPlain(plain)
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

func (c *cell) setTruth(v *value.Value) {
	switch {
	case v.Kind == value.Bool || v.Kind == value.Integer && v.Text == "":
		c.kind, c.value = truth, value.OfBool(v.Int != 0)
	case v.Kind == value.Text:
		if b, err := strconv.ParseBool(v.Text); err == nil {
			c.kind, c.value = truth, value.OfBool(b)
			return
		}
		fallthrough
	default:
		c.setWords(v)
	}
}

func (c *cell) setMoment(v *value.Value) {
	switch v.Kind {
	case value.Date, value.Timestamp:
		if v.Text == "" {
			c.kind, c.value = moment, *v
			return
		}
	case value.Text:
		if m, ok := value.ParseMoment(v.Text); ok {
			c.kind, c.value = moment, value.Value{Kind: value.Timestamp, Moment: m}
			return
		}
	}
	c.setWords(v)
}

// setMonth takes the first day of the value's month. SQLite and MySQL, which have no
// function that cuts a date to its month, write one as text: strftime('%Y-%m', ...),
// DATE_FORMAT(..., '%Y-%m').
func (c *cell) setMonth(v *value.Value) {
	day := *v
	if v.Kind == value.Text && len(v.Text) == len("2006-01") {
		day.Text += "-01"
	}
	if c.setMoment(&day); c.kind != moment {
		c.setWords(v)
		return
	}
	first := value.Moment{Year: c.value.Moment.Year, Month: c.value.Moment.Month, Day: 1}
	c.value = value.Value{Kind: value.Date, Moment: first}
}

// plain is a figure's number in plain notation.
func (c *cell) plain() string {
	if c.value.Kind != value.Double {
		text, _ := c.value.Number()
		return text
	}
	if c.text == "" {
		c.text, _ = c.value.Number()
	}
	return c.text
}

// exactDigits is how many significant digits a spreadsheet keeps of a number.
// Source: Microsoft, "Excel specifications and limits", number precision.
const exactDigits = 15

// exact tells whether a spreadsheet keeps every digit of the figure that is shown with so
// many decimals: those that are not shown, as behind PostgreSQL's 642.7619274666666667, are
// rounded to what a double holds (A-REPORT-9). A Double is binary in the database as it is
// in the spreadsheet.
func (c *cell) exact(decimals int) bool {
	switch {
	case c.isShort || c.value.Kind == value.Double:
		return true
	case c.value.Kind == value.Integer && c.value.Text == "":
		return value.Significant(strconv.FormatInt(c.value.Int, 10)) <= exactDigits
	}
	plain := c.value.Text
	whole, _, _ := strings.Cut(strings.TrimPrefix(plain, "-"), ".")
	switch {
	case len(whole)+decimals <= exactDigits:
		return true
	case len(whole) > 300: // wider than a double
		return false
	}
	return value.Significant(plain) <= exactDigits || value.Significant(value.Round(plain, decimals)) <= exactDigits
}

// shownDecimals is how many decimals a format shows of a number.
func shownDecimals(format definition.ColumnFormat) int {
	switch format {
	case definition.AsInteger:
		return 0
	case definition.AsPercent:
		return 3 // of a fraction: 0.125 is 12.5 %
	}
	return 2
}

// appendFigure writes a number as a spreadsheet keeps it.
func (c *cell) appendFigure(to []byte) []byte {
	switch {
	case c.isShort:
		return c.short.Append(to)
	case c.value.Kind == value.Double && c.text != "" && len(c.text) < 24:
		return append(to, c.text...)
	case c.value.Kind == value.Double:
		return strconv.AppendFloat(to, c.value.Float, 'g', -1, 64)
	case c.value.Kind == value.Integer && c.value.Text == "":
		return strconv.AppendInt(to, c.value.Int, 10)
	}
	if text := value.TrimZeros(c.value.Text); len(text) <= exactDigits || value.Significant(text) <= exactDigits {
		return append(to, text...)
	}
	return strconv.AppendFloat(to, drawn(c.value.Text), 'f', -1, 64)
}

// read formats the cell in the language.
func (c *cell) read(format definition.ColumnFormat, in locale.Language, currency string) string {
	switch c.kind {
	case figure:
		return readNumber(c.plain(), format, in, currency)
	case moment:
		return readMoment(c.value.Moment, format, in)
	case truth:
		return readTruth(c.value.Int == 1, in)
	}
	return c.text
}

func readMoment(m value.Moment, format definition.ColumnFormat, in locale.Language) string {
	switch format {
	case definition.AsDate:
		return in.Date(m)
	case definition.AsMonth:
		return in.Month(m)
	}
	return in.DateTime(m)
}

func readTruth(yes bool, in locale.Language) string {
	if yes {
		return locale.Yes.In(in)
	}
	return locale.No.In(in)
}

func readNumber(plain string, format definition.ColumnFormat, in locale.Language, currency string) string {
	switch format {
	case definition.AsInteger:
		return string(in.AppendNumber(nil, value.Round(plain, 0), true))
	case definition.AsPercent:
		return in.Percent(string(in.AppendNumber(nil, value.Round(value.Shift(plain, 2), 1), true)))
	case definition.AsMoney:
		amount, negative := strings.CutPrefix(string(in.AppendNumber(nil, value.Round(plain, 2), true)), "-")
		before, after := currencySign(in, currency)
		if negative {
			before = "-" + before
		}
		return before + amount + after
	}
	return string(in.AppendNumber(nil, value.Round(plain, 2), true))
}

// everyDigit writes a number with all its digits and without groups.
func everyDigit(plain string, in locale.Language) string {
	return string(in.AppendNumber(nil, plain, false))
}

// repaired is the text as valid UTF-8, U+FFFD in place of what is none.
func repaired(text string) (valid string, changed bool) {
	if utf8.ValidString(text) {
		return text, false
	}
	return strings.ToValidUTF8(text, "\uFFFD"), true
}
