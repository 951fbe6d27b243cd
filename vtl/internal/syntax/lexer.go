package syntax

import "strings"

// state is the construct that the lexer is inside; each has its own tokens.
type state uint8

const (
	inText      state = iota
	inDirective       // between the parentheses of a directive
	afterHash         // behind '#', before it is known which directive comes
	inReference       // behind '$'
	afterDot          // behind the '.' of a reference
	inArguments       // between the parentheses of a method call
	inIndex           // between the brackets of a reference
	inLineComment
	inFormalComment
	inBlockComment
	inVerbatim
)

// lexer splits a template into tokens on demand: the parser changes the state
// between two tokens, so no token may be read ahead.
type lexer struct {
	src    string
	pos    int // next byte
	start  int // first byte of the current token
	state  state
	lparen int
	rparen int
	stack  []savedState

	inComment bool
	inSet     bool

	slashFrom, slashTo int // the run of backslashes measured last

	specials    strings.Builder
	lastSpecial string
}

type savedState struct {
	state          state
	lparen, rparen int
}

func (l *lexer) push() {
	l.stack = append(l.stack, savedState{l.state, l.lparen, l.rparen})
	l.lparen = 0
}

func (l *lexer) pop() bool {
	if len(l.stack) == 0 {
		l.lparen = 0
		l.state = inText
		return false
	}
	top := l.stack[len(l.stack)-1]
	l.stack = l.stack[:len(l.stack)-1]
	l.state, l.lparen, l.rparen = top.state, top.lparen, top.rparen
	return true
}

func (l *lexer) enter(s state) {
	l.push()
	l.state = s
}

// next is the next token, or a *Error.
func (l *lexer) next() (Token, *Error) {
	for {
		l.start = l.pos
		if l.pos == len(l.src) {
			return Token{Kind: KindEOF, At: l.lastLine(), special: l.takeSpecial()}, nil
		}
		k, err := l.piece()
		if err != nil {
			return Token{}, err
		}
		switch k {
		case skipChar:
		case endReference, endDirective:
			l.special(l.src[l.start:l.pos])
			l.pos--
			l.pop()
		default:
			return l.finish(k), nil
		}
	}
}

// piece matches until a token is complete, and returns its kind.
func (l *lexer) piece() (Kind, *Error) {
	for {
		if l.pos == len(l.src) {
			return KindNone, l.errorAt(l.pos, problem("open_text", Quote(l.src[l.start:])))
		}
		m := l.match()
		if m.kind == KindNone {
			if c := l.src[l.pos]; c == '"' || c == '\'' {
				return KindNone, l.errorAt(l.pos, problem("open_string"))
			}
			return KindNone, l.errorAt(l.pos, problem("character", Quote(firstRune(l.src[l.pos:]))))
		}
		l.pos += m.length
		if !m.kind.more() {
			return m.kind, nil
		}
		l.begin(m.kind)
	}
}

// lastLine is the offset of the template's end for messages, before a last
// newline, which does not begin another line.
func (l *lexer) lastLine() int {
	end := len(l.src)
	return end - newline(l.src[max(end-1, 0):])
}

// begin acts on a match that is only the beginning of a token.
func (l *lexer) begin(k Kind) {
	if l.inComment || k == moreText {
		return
	}
	switch k {
	case moreDollar, moreDollarBang:
		if l.state == inReference {
			l.pop()
		}
		l.enter(inReference)
	case moreVerbatim:
		l.inComment = true
		l.enter(inVerbatim)
	case moreFormalComment:
		l.pos--
		l.inComment = true
		l.enter(inFormalComment)
	case moreBlockComment:
		l.inComment = true
		l.enter(inBlockComment)
	case moreHash:
		if l.state == inReference || l.state == afterDot {
			l.pop()
		}
		l.enter(afterHash)
	}
}

// finish acts on a complete token.
func (l *lexer) finish(k Kind) Token {
	t := Token{Kind: k, At: l.start, Image: l.src[l.start:l.pos], special: l.takeSpecial()}
	switch k {
	case KindDot:
		l.pos--
		t.Image = "."
		l.state = afterDot
	case KindInteger:
		if strings.HasSuffix(t.Image, "..") {
			l.pos -= 2
			t.Image = t.Image[:len(t.Image)-2]
		}
		if l.lparen == 0 && !l.inSet && l.state != inArguments && l.state != inIndex {
			l.pop()
		}
	case KindFloat:
		if l.lparen == 0 && !l.inSet && l.state != inArguments {
			l.pop()
		}
	case KindString:
		if l.state == inDirective && !l.inSet && l.lparen == 0 {
			l.pop()
		}
	default:
		l.shift(k)
	}
	return t
}

// shift changes the state as the token k asks.
func (l *lexer) shift(k Kind) {
	switch k {
	case KindOpenIndex:
		l.enter(inIndex)
	case KindCloseIndex, KindRightCurly, KindEnd, KindElse:
		l.pop()
	case KindLeftParen:
		l.lparen++
		if l.state == afterDot {
			l.state = inArguments
		}
	case KindRightParen:
		l.closeParen()
	case KindCloseArguments:
		l.state = inReference
	case KindSet:
		l.push()
		l.inSet = true
		l.state = inDirective
		l.lparen++
	case KindIf, KindElseIf:
		l.state = inDirective
	case KindLineComment:
		if l.state == inReference {
			l.pop()
		}
		l.inComment = true
		l.enter(inLineComment)
	case KindLineCommentEnd, KindComment, KindFormalComment, KindVerbatim:
		l.inComment = false
		l.pop()
	}
}

// closeParen drops to the state below the one that has an open parenthesis.
func (l *lexer) closeParen() {
	for l.lparen == 0 {
		if !l.pop() {
			return
		}
	}
	if l.lparen == l.rparen+1 {
		l.pop()
	} else {
		l.rparen++
	}
}

// special keeps the part of a token without meaning that is printed: its '$'
// and '#', and the backslashes before a '$'. The rest of it is read again.
func (l *lexer) special(image string) {
	l.lastSpecial = image
	for i := 0; i < len(image); i++ {
		switch image[i] {
		case '#', '$':
			l.specials.WriteByte(image[i])
		case '\\':
			end := i
			for end < len(image) && image[end] == '\\' {
				end++
			}
			if end < len(image) && image[end] == '$' {
				l.specials.WriteString(image[i : end+1])
				i = end + 1
			}
		}
	}
}

func (l *lexer) takeSpecial() string {
	if l.lastSpecial == "" {
		return ""
	}
	s := l.specials.String()
	if strings.HasPrefix(l.lastSpecial, "##") {
		s = ""
	}
	l.specials.Reset()
	l.lastSpecial = ""
	return s
}

// parenFollows says whether only spaces, tabs and newlines come before a '('.
func (l *lexer) parenFollows() bool {
	rest := strings.TrimLeft(l.src[l.pos:], " \t\r\n")
	return rest != "" && rest[0] == '('
}
