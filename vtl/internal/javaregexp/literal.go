package javaregexp

import (
	"strings"
	"unicode/utf8"
)

// Literal is the text that an expression matches, if it is nothing but a text, of
// which at most the first character is escaped. Many templates on AWS have one,
// replaceAll("\\'", "'") after $util.escapeJavaScript, which needs no engine.
func Literal(regex string) (string, bool) {
	escaped := 0
	if len(regex) > 1 && regex[0] == '\\' && standsForItself(regex[1]) && regex[1] < utf8.RuneSelf {
		escaped = 1
	}
	literal := regex[escaped:]
	return literal, literal != "" && !strings.ContainsAny(literal[escaped:], `.$|()[]{}^?*+\`)
}

// Separator is the one character that String.split splits at, if the expression
// is one character without special meaning, or an escaped one: Java's own fast
// path.
func Separator(regex string) (string, bool) {
	if len(regex) == 2 && regex[0] == '\\' && standsForItself(regex[1]) {
		return regex[1:], true
	}
	return regex, len(regex) == 1 && !strings.Contains(`.$|()[{^?*+\`, regex)
}

// standsForItself says whether a character behind a backslash is that character,
// and no class or group.
func standsForItself(c byte) bool { return !isLetter(c) && !isDigit(c) }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c-'0' <= 9 }
