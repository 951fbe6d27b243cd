package value

import (
	"strconv"
	"strings"
)

// maxExponent bounds the digits that an exponent can stand for; the widest double
// has 309.
const maxExponent = 400

// Plain writes a decimal number in plain notation, every digit kept: "+1.50e2" is
// "150". ok is false where the text is no finite decimal number.
func Plain(text string) (plain string, ok bool) {
	if isPlain(text) {
		return text, true
	}
	mantissa, exponent, ok := splitExponent(text)
	if !ok {
		return "", false
	}
	sign := ""
	if mantissa != "" && (mantissa[0] == '+' || mantissa[0] == '-') {
		if mantissa[0] == '-' {
			sign = "-"
		}
		mantissa = mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole+fraction == "" || !onlyDigits(whole) || !onlyDigits(fraction) {
		return "", false
	}
	return sign + place(whole, fraction, exponent), true
}

// isPlain tells whether the text is "-12.50": what the databases write, which
// needs no work.
func isPlain(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	whole, fraction, cut := strings.Cut(digits, ".")
	if whole == "" || len(whole) > 1 && whole[0] == '0' || cut && fraction == "" {
		return false
	}
	return onlyDigits(whole) && onlyDigits(fraction)
}

func splitExponent(text string) (mantissa string, exponent int, ok bool) {
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return text, 0, true
	}
	exponent, err := strconv.Atoi(text[at+1:])
	return text[:at], exponent, err == nil && exponent <= maxExponent && exponent >= -maxExponent
}

// place moves the decimal point by the exponent.
func place(whole, fraction string, exponent int) string {
	if exponent > 0 {
		fraction += strings.Repeat("0", max(exponent-len(fraction), 0))
		whole, fraction = whole+fraction[:exponent], fraction[exponent:]
	}
	if exponent < 0 {
		whole = strings.Repeat("0", max(-exponent-len(whole), 0)) + whole
		at := len(whole) + exponent
		whole, fraction = whole[:at], whole[at:]+fraction
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

func onlyDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// Shift multiplies a plain number by a power of ten.
func Shift(plain string, places int) string {
	digits, sign := strings.CutPrefix(plain, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	shifted := place(whole, fraction, places)
	if sign {
		return "-" + shifted
	}
	return shifted
}

// Round writes a plain number with that many decimals; a half goes away from zero,
// as spreadsheets and the databases' own decimals do. A rounded zero has no sign.
func Round(plain string, decimals int) string {
	digits, negative := strings.CutPrefix(plain, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	up := len(fraction) > decimals && fraction[decimals] >= '5'
	fraction += strings.Repeat("0", max(decimals-len(fraction), 0))
	all := []byte("0" + whole + fraction[:decimals])
	for i := len(all) - 1; up && i >= 0; i-- {
		if up = all[i] == '9'; up {
			all[i] = '0'
		} else {
			all[i]++
		}
	}
	text := strings.TrimLeft(string(all[:len(all)-decimals]), "0")
	if text == "" {
		text = "0"
	}
	if decimals > 0 {
		text += "." + string(all[len(all)-decimals:])
	}
	if negative && strings.Trim(text, "0.") != "" {
		return "-" + text
	}
	return text
}

// Significant counts the digits of a plain number between its first and last that
// are not zero.
func Significant(plain string) int {
	first, last, seen := -1, -1, 0
	for i := range len(plain) {
		if c := plain[i]; c < '0' || c > '9' {
			continue
		} else if c != '0' {
			if first < 0 {
				first = seen
			}
			last = seen
		}
		seen++
	}
	if first < 0 {
		return 0
	}
	return last - first + 1
}

// Limit rounds a plain number to so many digits, counted before and behind the point
// together, and drops zeros at its end. Only decimals are rounded away: a number with more
// digits before the point keeps them all.
func Limit(plain string, digits int) string {
	whole, _, _ := strings.Cut(strings.TrimPrefix(plain, "-"), ".")
	if whole == "0" {
		whole = ""
	}
	return TrimZeros(Round(plain, max(digits-len(whole), 0)))
}
