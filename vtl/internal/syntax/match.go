package syntax

import "strings"

// match is the longest match at a place; of equally long ones the first tried
// wins, so the order below is that of Velocity's grammar file.
type match struct {
	kind   Kind
	length int
}

func (m *match) try(k Kind, length int) {
	if length > m.length {
		*m = match{k, length}
	}
}

func (m *match) tryText(k Kind, s, text string) {
	if strings.HasPrefix(s, text) {
		m.try(k, len(text))
	}
}

// match finds the longest match of the current state at pos.
func (l *lexer) match() match {
	var m match
	s := l.src[l.pos:]
	switch l.state {
	case inText:
		l.matchText(&m, s)
	case inDirective:
		l.matchDirective(&m, s)
	case afterHash:
		l.matchAfterHash(&m, s)
	case inReference, afterDot:
		l.matchReference(&m, s)
	case inArguments:
		l.matchArguments(&m, s)
	case inIndex:
		m.tryText(KindCloseIndex, s, "]")
		l.matchMarks(&m, s)
		matchOperand(&m, s)
		matchNumber(&m, s)
	case inVerbatim:
		l.matchMarks(&m, s)
		m.tryText(KindVerbatim, s, "]]#")
		m.try(moreText, 1)
	default:
		l.matchComment(&m, s)
	}
	return m
}

func (l *lexer) matchComment(m *match, s string) {
	l.matchMarks(m, s)
	switch {
	case l.state == inBlockComment:
		m.tryText(KindComment, s, "*#")
	case l.state == inFormalComment:
		m.tryText(KindFormalComment, s, "*#")
	case newline(s) > 0:
		m.try(KindLineCommentEnd, newline(s))
	}
	m.try(skipChar, 1)
}

// matchMarks matches the beginnings of tokens that every state has.
func (l *lexer) matchMarks(m *match, s string) {
	switch s[0] {
	case '\\', '$':
		n := l.slashes(l.pos)
		if n == len(s) || s[n] != '$' {
			return
		}
		m.try(moreDollar, n+1)
		if bang := n + 1 + l.slashes(l.pos+n+1); bang < len(s) && s[bang] == '!' {
			m.try(moreDollarBang, bang+1)
		}
	case '#':
		m.tryText(moreVerbatim, s, "#[[")
		if strings.HasPrefix(s, "#**") && len(s) > 3 && s[3] != '#' {
			m.try(moreFormalComment, 4)
		}
		m.tryText(moreBlockComment, s, "#*")
		m.try(moreHash, 1)
	}
}

// matchText finds the longest token that the lexer of Velocity has in text outside of
// directives.
func (l *lexer) matchText(m *match, s string) {
	if s[0] == '\\' {
		n := l.slashes(l.pos)
		if n%2 == 1 && n < len(s) && s[n] == '#' {
			if w := max(wordLength(s[n+1:]), bracedLength(s[n+1:])); w > 0 {
				m.try(KindEscapedDirective, n+1+w)
			}
		}
		l.matchMarks(m, s)
		m.tryText(KindDoubleEscape, s, `\\`)
		m.try(KindEscape, 1)
		matchEmptyIndex(m, s)
		return
	}
	m.try(KindSet, setLength(s))
	l.matchMarks(m, s)
	m.tryText(KindLineComment, s, "##")
	if n := strings.IndexAny(s, `$#\`); n > 0 {
		m.try(KindText, n)
	} else if n < 0 {
		m.try(KindText, len(s))
	}
	matchEmptyIndex(m, s)
}

func matchEmptyIndex(m *match, s string) {
	for _, text := range [...]string{"$[", "$![", `$\![`, "$."} {
		m.tryText(KindEmptyIndex, s, text)
	}
}

// matchReference matches what follows '$' (inReference) or a '.' of a reference
// (afterDot); the two states differ in three tokens.
func (l *lexer) matchReference(m *match, s string) {
	m.tryText(KindOpenIndex, s, "[")
	if l.state == afterDot {
		m.tryText(KindLeftParen, s, "(")
	}
	m.try(KindSet, setLength(s))
	l.matchMarks(m, s)
	if l.state == inReference {
		m.tryText(KindLineComment, s, "##")
	}
	m.tryText(KindTrue, s, "true")
	m.tryText(KindFalse, s, "false")
	m.try(KindIdentifier, identifierLength(s))
	matchDot(m, s)
	m.tryText(KindLeftCurly, s, "{")
	m.tryText(KindRightCurly, s, "}")
	m.try(endReference, 1)
	if l.state == inReference {
		matchEmptyIndex(m, s)
	}
}

func (l *lexer) matchArguments(m *match, s string) {
	matchPunctuation(m, s)
	m.tryText(KindCloseArguments, s, ")")
	m.try(KindSet, setLength(s))
	l.matchMarks(m, s)
	matchOperand(m, s)
	matchNumber(m, s)
	m.try(KindIdentifier, identifierLength(s))
	matchDot(m, s)
}

func (l *lexer) matchAfterHash(m *match, s string) {
	l.matchMarks(m, s)
	m.tryText(KindLineComment, s, "##")
	matchKeyword(m, s, KindEnd, "end", true)
	matchKeyword(m, s, KindIf, "if", false)
	matchKeyword(m, s, KindElseIf, "elseif", false)
	matchKeyword(m, s, KindElse, "else", true)
	matchNumber(m, s)
	m.try(KindWord, wordLength(s))
	m.try(KindBracedWord, bracedLength(s))
	m.try(endDirective, 1)
}

func (l *lexer) matchDirective(m *match, s string) {
	matchPunctuation(m, s)
	m.tryText(KindLeftParen, s, "(")
	if s[0] == ')' {
		m.try(KindRightParen, 1+blankLine(s[1:]))
	}
	l.matchMarks(m, s)
	m.tryText(KindLineComment, s, "##")
	matchOperand(m, s)
	for _, o := range operators {
		m.tryText(o.kind, s, o.text)
	}
	matchNumber(m, s)
	m.try(KindWord, wordLength(s))
	m.try(KindBracedWord, bracedLength(s))
}
