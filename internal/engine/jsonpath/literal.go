package jsonpath

import (
	"strings"

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
