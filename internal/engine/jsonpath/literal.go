package jsonpath

import (
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/engine/jsonvalue"
	"github.com/pasarela-ws/pasarela/internal/language"
)

func (f *filterCompiler) stringLiteral(quote byte) operand {
	begin := f.pos
	closing := f.unescaped(begin, quote)
	if closing == -1 {
		f.fail(language.PathStringOpen.Of())
	}
	f.pos = closing + 1
	return operand{kind: isString, text: unescapeOrThrow(f.sub(begin+1, closing))}
}

func (f *filterCompiler) boolLiteral(first byte) operand {
	word := "true"
	if first == 'f' {
		word = "false"
	}
	if !f.has(f.pos+len(word)-1) || f.sub(f.pos, f.pos+len(word)) != word {
		f.fail(language.PathExpected.Of(word))
	}
	f.pos += len(word)
	return operand{kind: isBool, boolean: first == 't'}
}

func (f *filterCompiler) nullLiteral() operand {
	if !f.has(f.pos+3) || f.sub(f.pos, f.pos+4) != "null" {
		f.fail(language.PathExpected.Of("null"))
	}
	f.pos += 4
	return operand{kind: isNull}
}

func (f *filterCompiler) numberLiteral() operand {
	begin := f.pos
	for f.hasMore() && (isDigit(f.current()) || strings.IndexByte("-.Ee", f.current()) >= 0) {
		f.pos++
	}
	text := f.sub(begin, f.pos)
	n, valid := parseDecimal(text)
	if !valid {
		f.crash(language.PathValue.Of())
	}
	return operand{kind: isNumber, number: n}
}

func (f *filterCompiler) jsonLiteral(open, closing byte) operand {
	begin := f.pos
	end := f.closing(begin, open, closing, false)
	if end == -1 {
		f.fail(language.PathJSONOpen.Of())
	}
	f.pos = end + 1
	text := f.sub(begin, f.pos)
	v, err := literal(text)
	if err != nil {
		f.fail(language.PathJSON.Of(err.Error()))
	}
	return operand{kind: isJSON, text: text, json: v, literal: true}
}

func (f *filterCompiler) patternLiteral() operand {
	begin := f.pos
	closing := f.unescaped(begin, '/')
	if closing == -1 {
		f.fail(language.PathPatternOpen.Of())
	}
	end := closing + 1
	for f.has(end) && strings.IndexByte("dixmsuU", f.at(end)) >= 0 {
		end++
	}
	f.pos = end
	pattern, err := compilePattern(f.sub(begin+1, closing), f.sub(closing+1, end))
	if err != nil {
		f.crash(language.PathPattern.Because(err))
	}
	return operand{kind: isPattern, pattern: pattern}
}

// unescape undoes backslashes in names and literals: \uNNNN and the usual ones,
// anything else stands for itself. malformed is the first \u without a number, else empty.
func unescape(s string) (text, malformed string) {
	if !strings.Contains(s, `\`) {
		return s, ""
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			b.WriteByte('\\')
			break
		}
		if s[i] == 'u' {
			if i+5 > len(s) {
				break
			}
			r, err := strconv.ParseUint(s[i+1:i+5], 16, 16)
			if err != nil {
				return "", `\u` + s[i+1:i+5]
			}
			b.WriteRune(rune(r))
			i += 4
			continue
		}
		if j := strings.IndexByte("rftnb", s[i]); j >= 0 {
			b.WriteByte("\r\f\t\n\b"[j])
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// unescapeOrThrow is unescape, where a malformed \u is an error of the path.
func unescapeOrThrow(s string) string {
	text, malformed := unescape(s)
	if malformed != "" {
		panic(thrown{offset: -1, reason: language.PathCharacter.Of(malformed)})
	}
	return text
}

// literal reads the JSON of a filter or parameter into a Document of its own,
// which does not change afterwards and may be read concurrently.
func literal(text string) (jsonvalue.Value, error) {
	d := new(jsonvalue.Document)
	err := d.Read(text)
	return d.Root(), err
}
