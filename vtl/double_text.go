package vtl

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// appendDouble writes Double.toString: plain from 1e-3 to below 1e7, else
// d.dddE±n, and never one digit alone.
func appendDouble(dst []byte, f float64, size int) []byte {
	switch a := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 0):
		if f < 0 {
			dst = append(dst, '-')
		}
		return append(dst, "Infinity"...)
	case f == 0 || a >= 1e-3 && a < 1e7:
		from := len(dst)
		dst = strconv.AppendFloat(dst, f, 'f', -1, size)
		if bytes.IndexByte(dst[from:], '.') < 0 {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	if digits, ok := wholeDigits(f, size); ok {
		return appendScientific(dst, f < 0, digits)
	}
	var room [32]byte
	text := strconv.AppendFloat(room[:0], f, 'e', -1, size)
	if bytes.IndexByte(text, '.') < 0 {
		text = strconv.AppendFloat(room[:0], f, 'e', 1, size)
	}
	e := bytes.IndexByte(text, 'e')
	power, _ := strconv.Atoi(string(text[e+1:]))
	dst = append(dst, text[:e]...)
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(power), 10)
}

// wholeDigits are the digits of a large whole number as Java before 19 prints
// them: of the exact value all but those that its precision leaves open, which
// can be more than it takes to tell the number from its neighbours.
func wholeDigits(f float64, size int) (uint64, bool) {
	precision := 53
	if size == 32 {
		precision = 24
	}
	_, exponent := math.Frexp(f)
	exponent--
	whole := math.Abs(f)
	if exponent > 62 || whole != math.Trunc(whole) {
		return 0, false
	}
	digits := uint64(whole)
	if open := exponent - precision - 1; open > 1 {
		power := uint64(1)
		for range int(float64(open) * math.Log10(2)) {
			power *= 10
		}
		rest := digits % power
		digits /= power
		if power > 1 && rest >= power/2 {
			digits++
		}
		for range int(float64(open) * math.Log10(2)) {
			digits *= 10
		}
	}
	return digits, true
}

// appendScientific writes digits as d.dddEn.
func appendScientific(dst []byte, negative bool, digits uint64) []byte {
	text := strconv.FormatUint(digits, 10)
	power := len(text) - 1
	text = strings.TrimRight(text, "0")
	if negative {
		dst = append(dst, '-')
	}
	dst = append(dst, text[0], '.')
	if len(text) == 1 {
		text += "0"
	}
	dst = append(dst, text[1:]...)
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(power), 10)
}
