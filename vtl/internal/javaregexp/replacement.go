package javaregexp

import (
	"errors"
	"unicode/utf8"
)

// ErrReplacement is the error for a replacement that Matcher.appendReplacement
// refuses.
var ErrReplacement = errors.New(`"$" must name a group and "\" must escape something`)

// Expand appends a replacement for a match of [Expression.FindAll] in s: $1 is a
// group, with as many digits as name an existing group, and \x is x. The error
// is [ErrReplacement].
func Expand(dst []byte, s string, match []int, replacement string) ([]byte, error) {
	for i := 0; i < len(replacement); i++ {
		switch c := replacement[i]; c {
		case '\\':
			i++
			if i == len(replacement) {
				return dst, ErrReplacement
			}
			_, size := utf8.DecodeRuneInString(replacement[i:])
			dst = append(dst, replacement[i:i+size]...)
			i += size - 1
		case '$':
			group, digits, err := groupNumber(replacement[i+1:], len(match)/2-1)
			if err != nil {
				return dst, err
			}
			i += digits
			if match[2*group] >= 0 {
				dst = append(dst, s[match[2*group]:match[2*group+1]]...)
			}
		default:
			dst = append(dst, c)
		}
	}
	return dst, nil
}

// groupNumber reads the number of a group; digits that would make the number
// larger than the last group's are text after it.
func groupNumber(s string, groups int) (group, digits int, err error) {
	if s == "" || !isDigit(s[0]) {
		return 0, 0, ErrReplacement
	}
	group = int(s[0] - '0')
	if group > groups {
		return 0, 0, ErrReplacement
	}
	digits = 1
	for digits < len(s) && isDigit(s[digits]) {
		longer := group*10 + int(s[digits]-'0')
		if longer > groups {
			break
		}
		group = longer
		digits++
	}
	return group, digits, nil
}
