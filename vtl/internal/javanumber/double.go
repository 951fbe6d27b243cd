package javanumber

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// AppendDouble appends Double.toString, or Float.toString where size is 32 and
// not 64: plain from 1e-3 to below 1e7, else d.dddE±n, and with at least one digit
// behind the point.
func AppendDouble(dst []byte, f float64, size int) []byte {
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
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], f, 'e', -1, size)
	if bytes.IndexByte(text, '.') < 0 {
		text = strconv.AppendFloat(buf[:0], f, 'e', 1, size)
	}
	e := bytes.IndexByte(text, 'e')
	power, _ := strconv.Atoi(string(text[e+1:]))
	dst = append(dst, text[:e]...)
	dst = append(dst, 'E')
	return strconv.AppendInt(dst, int64(power), 10)
}

// wholeDigits are the digits of a large whole number as Java before 19 prints
// them: all digits of the exact value that the precision determines. That can
// be more than the shortest text that identifies the number (JDK-4511638).
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

// HexDouble is Double.toHexString.
func HexDouble(f float64) string {
	s := strconv.FormatFloat(f, 'x', -1, 64)
	mantissa, power, ok := strings.Cut(s, "p")
	if !ok {
		return string(AppendDouble(nil, f, 64))
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	e, _ := strconv.Atoi(power)
	return mantissa + "p" + strconv.Itoa(e)
}

// ParseDouble is Double.parseDouble. Java allows white space around the number
// and a type suffix, but not the forms that only Go accepts: underscores and
// "inf".
func ParseDouble(s string) (f float64, ok bool) {
	trimmed := strings.TrimFunc(s, func(c rune) bool { return c <= ' ' })
	plain := strings.TrimRight(trimmed, "dDfF")
	if len(trimmed)-len(plain) > 1 || strings.ContainsAny(plain, "_") {
		plain = ""
	}
	switch trimmed {
	case "NaN", "Infinity", "+Infinity", "-Infinity":
		plain = trimmed
	default:
		if strings.ContainsAny(plain, "nNiI") {
			plain = ""
		}
	}
	f, err := strconv.ParseFloat(plain, 64)
	return f, err == nil || math.IsInf(f, 0)
}

// FormatDouble is a number that is not negative as java.util.Formatter writes it
// by the conversions e, f and g.
func FormatDouble(f float64, conversion byte, precision int) string {
	switch conversion {
	case 'f':
		return halfUp(f, precision)
	case 'e':
		return strconv.FormatFloat(f, 'e', precision, 64)
	}
	precision = max(precision, 1)
	if f != 0 && (f < 1e-4 || f >= math.Pow10(precision)) {
		return strconv.FormatFloat(f, 'e', precision-1, 64)
	}
	whole := 1
	if f >= 1 {
		whole = int(math.Log10(f)) + 1
	}
	return halfUp(f, max(precision-whole, 0))
}

// halfUp is a number that is not negative with so many digits behind the point.
// It rounds the shortest decimal text of the double half up, as
// java.util.Formatter does, and not its exact value.
func halfUp(f float64, precision int) string {
	shortest := strconv.FormatFloat(f, 'f', -1, 64)
	whole, part, _ := strings.Cut(shortest, ".")
	if len(part) <= precision {
		part += strings.Repeat("0", precision-len(part))
	} else {
		i, _ := new(big.Int).SetString(whole+part[:precision], 10)
		if part[precision] >= '5' {
			i.Add(i, big.NewInt(1))
		}
		text := i.String()
		if len(text) <= precision {
			text = strings.Repeat("0", precision-len(text)+1) + text
		}
		whole, part = text[:len(text)-precision], text[len(text)-precision:]
	}
	if precision == 0 {
		return whole
	}
	return whole + "." + part
}
