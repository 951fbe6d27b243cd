package vtl

// kind is what a token is. The names follow the productions of Velocity 1.7's
// grammar, which is a state machine over longest matches (vtl §2); several
// tokens that look alike exist once per state because the parser takes them at
// different places.
type kind uint8

const (
	kindNone kind = iota // nothing matches here
	kindEOF

	// Matches that are only the beginning of a token.
	moreDollar
	moreDollarBang
	moreVerbatim
	moreFormalComment
	moreBlockComment
	moreHash
	moreText

	// Matches that leave no token behind.
	skipChar
	endReference
	endDirective

	kindText
	kindDoubleEscape
	kindEscape
	kindEscapedDirective
	kindEmptyIndex
	kindSet
	kindLineComment    // ##
	kindLineCommentEnd // the newline behind it
	kindComment        // #* *#
	kindFormalComment  // #** *#
	kindVerbatim       // #[[ ]]#
	kindEnd
	kindIf
	kindElseIf
	kindElse
	kindWord
	kindBracedWord // {word}
	kindIdentifier
	kindDot
	kindLeftCurly  // { of a reference
	kindRightCurly // } of a reference
	kindOpenIndex  // [ of a reference
	kindCloseIndex
	kindLeftParen
	kindRightParen     // ) of a directive, with the line end it swallows
	kindCloseArguments // ) of a method call
	kindLeftBracket    // [ of a list
	kindRightBracket
	kindLeftBrace // { of a map
	kindRightBrace
	kindComma
	kindColon
	kindDoubleDot
	kindBlank
	kindString
	kindInteger
	kindFloat
	kindTrue
	kindFalse
	kindMinus
	kindPlus
	kindMultiply
	kindDivide
	kindModulus
	kindAnd
	kindOr
	kindLess
	kindLessEqual
	kindGreater
	kindGreaterEqual
	kindEqual
	kindNotEqual
	kindNot
	kindAssign
)

func (k kind) more() bool { return k >= moreDollar && k <= moreText }

// kindNames are how tokens are called in messages.
var kindNames = [...]string{
	kindEOF: "end of template", kindEnd: "#end", kindRightParen: `")"`, kindCloseArguments: `")"`,
	kindLeftParen: `"("`, kindRightCurly: `"}"`, kindRightBrace: `"}"`, kindCloseIndex: `"]"`, kindRightBracket: `"]"`,
	kindAssign: `"="`, kindColon: `":"`, kindDoubleDot: `".."`, kindIdentifier: "a name", kindWord: "a word",
	kindElse: "#else", kindElseIf: "#elseif", kindComma: `","`,
}

func (k kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "token"
}

// token is a piece of the template. image is its text, from the first of the
// matches that it is made of; special is what swallowed terminators before it
// leave to print.
type token struct {
	kind    kind
	at      int // offset in the template
	image   string
	special string
}

// literal is the text that a token stands for when its node is printed as
// source.
func (t *token) literal() string {
	if t.kind == kindComment {
		return ""
	}
	return t.special + t.image
}
