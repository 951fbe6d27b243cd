package workbook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/language"
)

// A kind is what a value turned out to be.
type kind uint8

const (
	empty kind = iota
	number
	integer
	moment // a serial day in number
	truth
	words
)

// A cell is one value, read as its column's format wants it; what does not fit
// the format stays text rather than being lost.
type cell struct {
	kind    kind
	number  float64
	integer int64
	text    string
}

func cellOf(format definition.ColumnFormat, value any) cell {
	if value == nil {
		return cell{}
	}
	switch format {
	case definition.AsInteger, definition.AsNumber, definition.AsMoney, definition.AsPercent:
		return numberCell(value)
	case definition.AsDate, definition.AsDateTime:
		return momentCell(value)
	case definition.AsBoolean:
		return truthCell(value)
	}
	return cell{kind: words, text: textOf(value)}
}

func numberCell(value any) cell {
	switch v := value.(type) {
	case int64:
		return cell{kind: integer, integer: v, number: float64(v)}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return cell{kind: words, text: textOf(v)}
		}
		return cell{kind: number, number: v}
	case bool:
		if v {
			return cell{kind: integer, integer: 1, number: 1}
		}
		return cell{kind: integer}
	}
	text := textOf(value)
	if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
		return cell{kind: number, number: n}
	}
	return cell{kind: words, text: text}
}

func truthCell(value any) cell {
	switch v := value.(type) {
	case bool:
		return cell{kind: truth, integer: asInteger(v)}
	case int64:
		return cell{kind: truth, integer: asInteger(v != 0)}
	}
	text := textOf(value)
	if b, err := strconv.ParseBool(text); err == nil {
		return cell{kind: truth, integer: asInteger(b)}
	}
	return cell{kind: words, text: text}
}

func momentCell(value any) cell {
	if t, ok := value.(time.Time); ok {
		return serialCell(t)
	}
	text := textOf(value)
	for _, layout := range momentLayouts {
		if len(text) >= len(time.DateOnly) {
			if t, err := time.Parse(layout, text); err == nil {
				return serialCell(t)
			}
		}
	}
	return cell{kind: words, text: text}
}

var momentLayouts = [...]string{time.DateOnly, time.DateTime, time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00"}

// A serial day counts from 1899-12-30. Before March 1900 spreadsheets disagree
// (1900 was no leap year, but Excel has its 29 February), and years past 9999
// have no serial: those stay text.
var (
	serialZero  = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	serialFirst = time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
	serialLast  = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
)

func serialCell(t time.Time) cell {
	// The clock on the wall counts: a cell has no zone.
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	if wall.Before(serialFirst) || wall.After(serialLast) {
		return cell{kind: words, text: t.Format(time.RFC3339)}
	}
	seconds := wall.Unix() - serialZero.Unix()
	return cell{kind: moment, number: float64(seconds) / 86400, integer: seconds}
}

// wall returns the time of a moment cell.
func (c cell) wall() time.Time { return serialZero.Add(time.Duration(c.integer) * time.Second) }

// read writes the cell as a person reads it.
func (c cell) read(format definition.ColumnFormat, in language.Language, currency string) string {
	switch c.kind {
	case integer, number:
		return readNumber(c.number, format, in, currency)
	case moment:
		if format == definition.AsDate {
			return in.Date(c.wall())
		}
		return in.DateTime(c.wall())
	case truth:
		if c.integer == 1 {
			return language.Yes.In(in)
		}
		return language.No.In(in)
	}
	return c.text
}

func readNumber(n float64, format definition.ColumnFormat, in language.Language, currency string) string {
	switch format {
	case definition.AsInteger:
		return string(in.AppendNumber(nil, n, 0, true))
	case definition.AsPercent:
		return string(in.AppendNumber(nil, n*100, 1, true)) + " %"
	case definition.AsMoney:
		return string(in.AppendNumber(nil, n, 2, true)) + " " + currencySign(currency)
	}
	return string(in.AppendNumber(nil, n, 2, true))
}

func textOf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return strings.TrimSuffix(v.Format(time.DateTime), " 00:00:00")
	}
	return fmt.Sprint(value)
}

func asInteger(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
