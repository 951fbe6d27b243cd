package jsonpath

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
)

// decimal is a Java BigDecimal, as far as filters need one.
type decimal struct {
	text  string
	near  float64 // the nearest double
	exact bool    // so few digits that comparing the doubles gives the same result as comparing the decimals
}

// parseDecimal takes what new BigDecimal(String) takes.
func parseDecimal(s string) (d decimal, valid bool) {
	s = strings.TrimPrefix(s, "+")
	digits := strings.TrimPrefix(s, "-")
	mantissa, power, hasPower := digits, "", false
	if i := strings.IndexAny(digits, "eE"); i >= 0 {
		mantissa, power, hasPower = digits[:i], digits[i+1:], true
	}
	whole, part, _ := strings.Cut(mantissa, ".")
	if whole+part == "" || !allDigits(whole) || !allDigits(part) {
		return d, false
	}
	if hasPower {
		if _, err := strconv.ParseInt(power, 10, 32); err != nil {
			return d, false
		}
	}
	d = decimal{text: s, exact: !hasPower && len(s) <= 15}
	d.near, _ = strconv.ParseFloat(s, 64)
	return d, true
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// java is the text of BigDecimal.toString.
func (d decimal) java() string { return string(jsonvalue.AppendDecimal(nil, d.text)) }

// integer is BigDecimal.intValue for numbers in the range of a size.
func (d decimal) integer() int {
	if d.near != d.near || d.near > 1e9 || d.near < -1e9 {
		return -2
	}
	return int(d.near)
}

func (d decimal) compare(other decimal) int {
	if d.exact && other.exact {
		return cmp.Compare(d.near, other.near)
	}
	a, b := d.parts(), other.parts()
	if a.sign != b.sign || a.sign == 0 {
		return cmp.Compare(a.sign, b.sign)
	}
	if a.power != b.power {
		return a.sign * cmp.Compare(a.power, b.power)
	}
	return a.sign * strings.Compare(a.digits, b.digits)
}

// parts is sign * 0.digits * 10^power without zeros at either end of digits.
type parts struct {
	sign   int
	digits string
	power  int64
}

func (d decimal) parts() parts {
	s, negative := strings.CutPrefix(d.text, "-")
	var power int64
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		power, _ = strconv.ParseInt(s[i+1:], 10, 64)
		s = s[:i]
	}
	whole, part, _ := strings.Cut(s, ".")
	digits := strings.TrimLeft(whole+part, "0")
	power += int64(len(digits) - len(part))
	digits = strings.TrimRight(digits, "0")
	switch {
	case digits == "":
		return parts{}
	case negative:
		return parts{-1, digits, power}
	}
	return parts{1, digits, power}
}
