package workbook

import (
	"math"
	"strconv"
	"strings"
	"time"
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
	kind  kind
	value value.Value
	text  string // of words
}

func cellOf(format definition.ColumnFormat, v value.Value) cell {
	if v.Kind == value.Null {
		return cell{}
	}
	switch format {
	case definition.AsInteger, definition.AsNumber, definition.AsMoney, definition.AsPercent:
		return figureCell(v)
	case definition.AsDate, definition.AsDateTime:
		return momentCell(v)
	case definition.AsMonth:
		return monthCell(v)
	case definition.AsBoolean:
		return truthCell(v)
	}
	return wordsCell(v.String())
}

func wordsCell(text string) cell { return cell{kind: words, text: text} }

func figureCell(v value.Value) cell {
	switch {
	case v.Kind == value.Bool:
		return cell{kind: figure, value: value.OfInt(v.Int)}
	case v.Kind == value.Integer || v.Kind == value.Decimal || v.Kind == value.Double && finite(v.Float):
		return cell{kind: figure, value: v}
	}
	plain, ok := v.Number()
	if !ok {
		return wordsCell(v.String())
	}
	return figureOf(plain)
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// figureOf is the cell of a number in plain notation.
func figureOf(plain string) cell {
	return cell{kind: figure, value: value.Value{Kind: value.Decimal, Text: plain}}
}

func truthCell(v value.Value) cell {
	switch {
	case v.Kind == value.Bool || v.Kind == value.Integer && v.Text == "":
		return cell{kind: truth, value: value.OfBool(v.Int != 0)}
	case v.Kind == value.Text:
		if b, err := strconv.ParseBool(v.Text); err == nil {
			return cell{kind: truth, value: value.OfBool(b)}
		}
	}
	return wordsCell(v.String())
}

func momentCell(v value.Value) cell {
	switch v.Kind {
	case value.Date, value.Timestamp:
		if v.Text == "" {
			return cell{kind: moment, value: v}
		}
	case value.Text:
		if m, ok := value.ParseMoment(v.Text); ok {
			return cell{kind: moment, value: value.Value{Kind: value.Timestamp, Moment: m}}
		}
	}
	return wordsCell(v.String())
}

// monthCell is the first day of the value's month. SQLite and MySQL, which have no
// function that cuts a date to its month, write one as text: strftime('%Y-%m', ...),
// DATE_FORMAT(..., '%Y-%m').
func monthCell(v value.Value) cell {
	c := momentCell(v)
	if v.Kind == value.Text && len(v.Text) == len("2006-01") {
		c = momentCell(value.OfText(v.Text + "-01"))
	}
	if c.kind != moment {
		return wordsCell(v.String())
	}
	first := value.Moment{Year: c.value.Moment.Year, Month: c.value.Moment.Month, Day: 1}
	return cell{kind: moment, value: value.Value{Kind: value.Date, Moment: first}}
}

// plain is a figure's number in plain notation.
func (c *cell) plain() string {
	text, _ := c.value.Number()
	return text
}

// exactDigits is how many significant digits a spreadsheet keeps of a number.
// Source: Microsoft, "Excel specifications and limits", number precision.
const exactDigits = 15

// exact tells whether a spreadsheet keeps every digit of the figure. A Double is
// binary in the database as it is in the spreadsheet.
func (c *cell) exact() bool {
	switch {
	case c.value.Kind == value.Double:
		return true
	case c.value.Kind == value.Integer && c.value.Text == "":
		n := c.value.Int
		return n > -1e15 && n < 1e15 || value.Significant(strconv.FormatInt(n, 10)) <= exactDigits
	}
	return len(c.value.Text) <= exactDigits || len(c.value.Text) < 300 && value.Significant(c.value.Text) <= exactDigits
}

// serial is a moment as spreadsheets count: days from 1899-12-30, by the moment's
// own clock. ok is false before March 1900, where spreadsheets disagree (1900 was no
// leap year, but Excel has its 29 February), and after 9999.
func serial(m value.Moment) (days float64, ok bool) {
	if m.Year < 1900 || m.Year > 9999 || m.Year == 1900 && m.Month < 3 {
		return 0, false
	}
	at := time.Date(int(m.Year), time.Month(m.Month), int(m.Day), int(m.Hour), int(m.Minute), int(m.Second), 0, time.UTC)
	seconds := at.Unix() - serialZero
	return (float64(seconds) + float64(m.Nano)/1e9) / 86400, true
}

var serialZero = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()

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
		return string(in.AppendNumber(nil, value.Round(value.Shift(plain, 2), 1), true)) + " %"
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
