package syntax

import (
	"strings"
	"unicode/utf8"
)

// matchKeyword matches word or {word}, and with line the rest of the line too
// if that is empty.
func matchKeyword(m *match, s string, k Kind, word string, line bool) {
	n := len(word)
	if strings.HasPrefix(s, "{"+word+"}") {
		n += 2
	} else if !strings.HasPrefix(s, word) {
		return
	}
	if line {
		n += blankLine(s[n:])
	}
	m.try(k, n)
}

var operators = [...]struct {
	kind Kind
	text string
}{
	{KindMinus, "-"},
	{KindPlus, "+"},
	{KindMultiply, "*"},
	{KindDivide, "/"},
	{KindModulus, "%"},
	{KindAnd, "&&"},
	{KindAnd, "and"},
	{KindOr, "||"},
	{KindOr, "or"},
	{KindLess, "<"},
	{KindLess, "lt"},
	{KindLessEqual, "<="},
	{KindLessEqual, "le"},
	{KindGreater, ">"},
	{KindGreater, "gt"},
	{KindGreaterEqual, ">="},
	{KindGreaterEqual, "ge"},
	{KindEqual, "=="},
	{KindEqual, "eq"},
	{KindNotEqual, "!="},
	{KindNotEqual, "ne"},
	{KindNot, "!"},
	{KindNot, "not"},
	{KindAssign, "="},
}

func matchPunctuation(m *match, s string) {
	switch s[0] {
	case '[':
		m.try(KindLeftBracket, 1)
	case ']':
		m.try(KindRightBracket, 1)
	case ',':
		m.try(KindComma, 1)
	case ':':
		m.try(KindColon, 1)
	case '{':
		m.try(KindLeftBrace, 1)
	case '}':
		m.try(KindRightBrace, 1)
	case '.':
		m.tryText(KindDoubleDot, s, "..")
	}
}

// matchOperand matches white space, strings and booleans.
func matchOperand(m *match, s string) {
	if n := len(s) - len(strings.TrimLeft(s, " \t\r\n")); n > 0 {
		m.try(KindBlank, n)
	}
	m.try(KindString, stringLength(s))
	m.tryText(KindTrue, s, "true")
	m.tryText(KindFalse, s, "false")
}

// matchNumber matches an integer, with the ".." of a range behind it so that
// 1..3 is no float, or a float.
func matchNumber(m *match, s string) {
	i := 0
	if s[0] == '-' {
		i++
	}
	whole := digits(s[i:])
	i += whole
	if whole > 0 {
		m.try(KindInteger, i)
		if strings.HasPrefix(s[i:], "..") {
			m.try(KindInteger, i+2)
		}
	}
	if i < len(s) && s[i] == '.' {
		if part := digits(s[i+1:]); whole > 0 || part > 0 {
			i += 1 + part
			m.try(KindFloat, i+exponent(s[i:]))
		}
	} else if e := exponent(s[i:]); whole > 0 && e > 0 {
		m.try(KindFloat, i+e)
	}
}

func matchDot(m *match, s string) {
	if len(s) > 1 && s[0] == '.' && isLetter(s[1]) {
		m.try(KindDot, 2)
	}
}

// slashes is the length of the run of backslashes at offset at.
func (l *lexer) slashes(at int) int {
	if at < l.slashFrom || at >= l.slashTo {
		end := at
		for end < len(l.src) && l.src[end] == '\\' {
			end++
		}
		if end == at {
			return 0
		}
		l.slashFrom, l.slashTo = at, end
	}
	return l.slashTo - at
}

// setLength matches [ \t]*("#set"|"#{set}")" "*"(".
func setLength(s string) int {
	rest := strings.TrimLeft(s, " \t")
	switch {
	case strings.HasPrefix(rest, "#set"):
		rest = rest[len("#set"):]
	case strings.HasPrefix(rest, "#{set}"):
		rest = rest[len("#{set}"):]
	default:
		return 0
	}
	rest = strings.TrimLeft(rest, " ")
	if rest == "" || rest[0] != '(' {
		return 0
	}
	return len(s) - len(rest) + 1
}

// stringLength matches a quoted text; a doubled quote stands for one.
func stringLength(s string) int {
	quote := s[0]
	if quote != '"' && quote != '\'' {
		return 0
	}
	length := 0
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		length = i + 1
		if i+1 == len(s) || s[i+1] != quote {
			return length
		}
		i++
	}
	return length
}

// blankLine is the length of spaces and tabs with a newline after them, or 0.
func blankLine(s string) int {
	rest := strings.TrimLeft(s, " \t")
	n := newline(rest)
	if n == 0 {
		return 0
	}
	return len(s) - len(rest) + n
}

func newline(s string) int {
	switch {
	case strings.HasPrefix(s, "\r\n"):
		return 2
	case s != "" && (s[0] == '\n' || s[0] == '\r'):
		return 1
	}
	return 0
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n]-'0' <= 9 {
		n++
	}
	return n
}

func exponent(s string) int {
	if s == "" || s[0]|0x20 != 'e' {
		return 0
	}
	i := 1
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	n := digits(s[i:])
	if n == 0 {
		return 0
	}
	return i + n
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// wordLength matches the name of a directive.
func wordLength(s string) int {
	if s == "" || !isLetter(s[0]) && s[0] != '_' && s[0] != '@' {
		return 0
	}
	n := 1
	for n < len(s) && (isLetter(s[n]) || s[n]-'0' <= 9 || s[n] == '_' || s[n] == '@') {
		n++
	}
	return n
}

func bracedLength(s string) int {
	if len(s) < 3 || s[0] != '{' || s[1] == '@' {
		return 0
	}
	n := wordLength(s[1:])
	if n == 0 || len(s) < n+2 || s[n+1] != '}' {
		return 0
	}
	return n + 2
}

// identifierLength matches the name of a variable, property or method.
func identifierLength(s string) int {
	if s == "" || !isLetter(s[0]) && s[0] != '_' {
		return 0
	}
	n := 1
	for n < len(s) && (isLetter(s[n]) || s[n]-'0' <= 9 || s[n] == '_' || s[n] == '-') {
		n++
	}
	return n
}

func firstRune(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}
