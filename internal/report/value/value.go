// Package value holds the values of a report between the database and the file: a
// closed set of kinds, each with every digit that the database sent. No value is
// converted to a float or a duration, or printed in Go's own format, on the way.
package value

import (
	"math"
	"strconv"
)

// A Kind says what a value is.
type Kind uint8

// The kinds of values.
const (
	Null      Kind = iota
	Bool           // Int is 0 or 1
	Integer        // Int, or Text where an int64 is too small
	Decimal        // Text is plain notation: "-12.50"
	Double         // Float, finite or not
	Date           // Moment, or Text where it is no day of the calendar
	Timestamp      // Moment, or Text where it is no day of the calendar
	Time           // Text: a time of day, with or without a zone
	Interval       // Text, in the database's form
	JSON           // Text as the database keeps it
	Bytes          // Text in hexadecimal, in the database's form
	Text           // any other type in the database's own text form
)

var kindNames = [...]string{"null", "bool", "integer", "decimal", "double", "date", "timestamp", "time", "interval", "json", "bytes", "text"}

func (k Kind) String() string { return kindNames[k] }

// A Value is one value of a row. The zero Value is NULL.
type Value struct {
	Kind   Kind
	Int    int64
	Float  float64
	Text   string
	Moment Moment
}

// OfBool, OfInt, OfDouble and OfText make the values that need no reading.
func OfBool(b bool) Value {
	if b {
		return Value{Kind: Bool, Int: 1}
	}
	return Value{Kind: Bool}
}

// OfInt is an integer.
func OfInt(n int64) Value { return Value{Kind: Integer, Int: n} }

// OfUint is an integer that may be too large for an int64.
func OfUint(n uint64) Value {
	if n > math.MaxInt64 {
		return Value{Kind: Integer, Text: strconv.FormatUint(n, 10)}
	}
	return OfInt(int64(n))
}

// OfDouble is a binary floating-point number.
func OfDouble(n float64) Value { return Value{Kind: Double, Float: n} }

// OfFloat is a 32-bit number: the shortest decimal that reads back as it, so 0.1
// and not 0.10000000149011612.
func OfFloat(n float32) Value {
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(n), 'g', -1, 32), 64)
	if err != nil { // an infinity reads back without an error, so this cannot be
		wide = float64(n)
	}
	return OfDouble(wide)
}

// OfText is text.
func OfText(text string) Value { return Value{Kind: Text, Text: text} }

// OfInteger reads the digits of an integer. ok is false if it is none.
func OfInteger(digits string) (v Value, ok bool) {
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return OfInt(n), true
	}
	plain, ok := Plain(digits)
	return Value{Kind: Integer, Text: plain}, ok
}

// OfDecimal reads a decimal number; other text ("NaN") stays text.
func OfDecimal(digits string) Value {
	if plain, ok := Plain(digits); ok {
		return Value{Kind: Decimal, Text: plain}
	}
	return OfText(digits)
}

// OfDate reads a date in ISO form; what no calendar has ("infinity", "0000-00-00")
// keeps its text.
func OfDate(text string) Value { return ofMoment(Date, text) }

// OfTimestamp reads a timestamp in ISO form, with or without a zone.
func OfTimestamp(text string) Value { return ofMoment(Timestamp, text) }

func ofMoment(kind Kind, text string) Value {
	if moment, ok := ParseMoment(text); ok {
		return Value{Kind: kind, Moment: moment}
	}
	return Value{Kind: kind, Text: text}
}

// String is the value as the database writes it, or as near as can be.
func (v Value) String() string {
	switch v.Kind {
	case Null:
		return ""
	case Bool:
		return strconv.FormatBool(v.Int != 0)
	case Integer:
		if v.Text == "" {
			return strconv.FormatInt(v.Int, 10)
		}
	case Double:
		return doubleText(v.Float)
	case Date:
		if v.Text == "" {
			return v.Moment.ISODay()
		}
	case Timestamp:
		if v.Text == "" {
			return v.Moment.String()
		}
	}
	return v.Text
}

// doubleText is the shortest decimal that reads back as the number, in plain
// notation, or SQL's name of a non-finite one.
func doubleText(n float64) string {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// Number returns the value as a number in plain notation; ok is false where it is
// none. Text counts if it is written as a number.
func (v Value) Number() (plain string, ok bool) {
	switch v.Kind {
	case Bool, Integer, Decimal:
		if v.Kind == Bool || v.Text == "" && v.Kind == Integer {
			return strconv.FormatInt(v.Int, 10), true
		}
		return v.Text, true
	case Double:
		if math.IsNaN(v.Float) || math.IsInf(v.Float, 0) {
			return "", false
		}
		return strconv.FormatFloat(v.Float, 'f', -1, 64), true
	case Text:
		return Plain(v.Text)
	}
	return "", false
}
