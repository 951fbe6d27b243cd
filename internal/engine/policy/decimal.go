package policy

import (
	"cmp"
	"strconv"
	"strings"
)

// decimal is a number in decimal notation, compared exactly without rounding: 0.digits times ten to
// the exponent. Zero has no digits.
type decimal struct {
	negative bool
	digits   string // without zeros at either end
	exponent int
}

// maxDigits bounds a number of a condition, and its exponent.
const maxDigits = 400

// parseDecimal reads -12.50 or 1e3. NaN, Infinity, hexadecimal numbers, underscores and
// spaces are refused (A-IAM-15).
func parseDecimal(text string) (d decimal, ok bool) {
	if len(text) > maxDigits {
		return d, false
	}
	rest, negative := strings.CutPrefix(text, "-")
	if !negative {
		rest = strings.TrimPrefix(text, "+")
	}
	mantissa, power, scaled := cutExponent(rest)
	whole, fraction, point := strings.Cut(mantissa, ".")
	if !isDigits(whole) || point && !isDigits(fraction) {
		return d, false
	}
	exponent := 0
	if scaled {
		sign := strings.TrimLeft(power, "+-")
		if !isDigits(sign) || len(power)-len(sign) > 1 {
			return d, false
		}
		var err error
		if exponent, err = strconv.Atoi(power); err != nil || exponent > maxDigits || exponent < -maxDigits {
			return d, false
		}
	}
	digits := whole + fraction
	significant := strings.TrimLeft(digits, "0")
	d = decimal{negative: negative, exponent: exponent + len(whole) - (len(digits) - len(significant))}
	if d.digits = strings.TrimRight(significant, "0"); d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

func cutExponent(text string) (mantissa, power string, ok bool) {
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

func (d decimal) compare(other decimal) int {
	if d.sign() != other.sign() || d.sign() == 0 {
		return cmp.Compare(d.sign(), other.sign())
	}
	order := cmp.Compare(d.exponent, other.exponent)
	if order == 0 {
		order = strings.Compare(d.digits, other.digits)
	}
	return order * d.sign()
}
