package syntax

// Kind is the kind of a token. The names follow the productions of Velocity
// 1.7's grammar, which is a state machine over longest matches (vtl §2);
// several tokens of the same text exist once per state because the parser
// accepts them at different places.
type Kind uint8

// The kinds of tokens.
const (
	KindNone Kind = iota // nothing matches here
	KindEOF

	// Matches that are only the beginning of a token.
	moreDollar
	moreDollarBang
	moreVerbatim
	moreFormalComment
	moreBlockComment
	moreHash
	moreText

	// Matches that make no token.
	skipChar
	endReference
	endDirective

	KindText
	KindDoubleEscape
	KindEscape
	KindEscapedDirective
	KindEmptyIndex
	KindSet
	KindLineComment    // ##
	KindLineCommentEnd // the newline behind it
	KindComment        // #* *#
	KindFormalComment  // #** *#
	KindVerbatim       // #[[ ]]#
	KindEnd
	KindIf
	KindElseIf
	KindElse
	KindWord
	KindBracedWord // {word}
	KindIdentifier
	KindDot
	KindLeftCurly  // { of a reference
	KindRightCurly // } of a reference
	KindOpenIndex  // [ of a reference
	KindCloseIndex
	KindLeftParen
	KindRightParen     // ) of a directive, with the line end it swallows
	KindCloseArguments // ) of a method call
	KindLeftBracket    // [ of a list
	KindRightBracket
	KindLeftBrace // { of a map
	KindRightBrace
	KindComma
	KindColon
	KindDoubleDot
	KindBlank
	KindString
	KindInteger
	KindFloat
	KindTrue
	KindFalse
	KindMinus
	KindPlus
	KindMultiply
	KindDivide
	KindModulus
	KindAnd
	KindOr
	KindLess
	KindLessEqual
	KindGreater
	KindGreaterEqual
	KindEqual
	KindNotEqual
	KindNot
	KindAssign
)

func (k Kind) more() bool { return k >= moreDollar && k <= moreText }

// kindNames are the names of tokens in messages.
var kindNames = [...]string{
	KindEOF: "end of template", KindEnd: "#end", KindRightParen: `")"`, KindCloseArguments: `")"`,
	KindLeftParen: `"("`, KindRightCurly: `"}"`, KindRightBrace: `"}"`, KindCloseIndex: `"]"`, KindRightBracket: `"]"`,
	KindAssign: `"="`, KindColon: `":"`, KindDoubleDot: `".."`, KindIdentifier: "a name", KindWord: "a word",
	KindElse: "#else", KindElseIf: "#elseif", KindComma: `","`,
	KindMinus: "-", KindPlus: "+", KindMultiply: "*", KindDivide: "/", KindModulus: "%",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "token"
}

// Token is a piece of the template.
type Token struct {
	Kind Kind
	// At is where it begins, in bytes.
	At int
	// Image is its text, from the first of the matches that it is made of. The
	// compiler of references shortens it, so that the source text of escaped
	// references is printed as by Velocity.
	Image string

	special string // text to print of tokens without meaning before it
}

// Literal is the text that a token stands for when its node is printed as
// source.
func (t *Token) Literal() string {
	if t.Kind == KindComment {
		return ""
	}
	return t.special + t.Image
}
