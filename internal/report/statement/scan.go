package statement

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// A tokenKind is what a piece of SQL is.
type tokenKind uint8

const (
	word      tokenKind = iota // a keyword or a name without quotes
	quoted                     // a string or a name in quotes
	number                     //
	parameter                  // :name, text is the name
	symbol                     // one character
)

// A token is one piece of SQL; comments and white space are none.
type token struct {
	kind tokenKind
	text string
	at   int
}

// is tells whether the token is that keyword, given in capitals.
func (t token) is(keyword string) bool {
	return t.kind == word && len(t.text) == len(keyword) && strings.EqualFold(t.text, keyword)
}

// A scanner walks the text of a query.
type scanner struct {
	sql     string
	dialect Dialect
	at      int
	tokens  []token
}

func scan(sql string, dialect Dialect) ([]token, error) {
	if err := readable(sql); err != nil {
		return nil, err
	}
	s := &scanner{sql: sql, dialect: dialect}
	for s.at < len(s.sql) {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	return s.tokens, nil
}

// readable refuses what databases do not agree on: which control characters end a
// comment, and which rarer spaces are white space.
func readable(sql string) error {
	if !utf8.ValidString(sql) {
		return language.Errorf("sql.not_text")
	}
	for i, r := range sql {
		if r == '\r' && (i+1 >= len(sql) || sql[i+1] != '\n') || r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0x7F || r == 0xFEFF || r >= 0x80 && unicode.IsSpace(r) {
			return language.Errorf("sql.character", "character", fmt.Sprintf("%U", r))
		}
	}
	return nil
}

func (s *scanner) next() error {
	rest := s.sql[s.at:]
	c := rest[0]
	switch {
	case strings.IndexByte(" \t\r\n", c) >= 0:
		s.at++
		return nil
	case s.lineComment(rest):
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			s.at += end + 1
		} else {
			s.at = len(s.sql)
		}
		return nil
	case strings.HasPrefix(rest, "/*"):
		return s.blockComment(rest)
	case c == '\'':
		return s.quote('\'', s.dialect == MySQL)
	case c == '"':
		return s.quote('"', s.dialect == MySQL)
	case c == '`' && (s.dialect == MySQL || s.dialect == SQLite):
		return s.quote('`', false)
	case c == '[' && (s.dialect == SQLServer || s.dialect == SQLite):
		return s.quote(']', false)
	case c == '$' && s.dialect == PostgreSQL:
		return s.dollar(rest)
	case c >= '0' && c <= '9' || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		s.keep(number, numberLength(rest))
	case startsName(c):
		return s.word(rest)
	case c == ':':
		s.colon(rest)
	default:
		s.keep(symbol, 1)
	}
	return nil
}

func (s *scanner) keep(kind tokenKind, length int) {
	s.tokens = append(s.tokens, token{kind, s.sql[s.at : s.at+length], s.at})
	s.at += length
}

// lineComment: MySQL requires white space or the end of the text after "--", and has "#"
// comments. Source: MySQL 8.0 Reference Manual, "Comments".
func (s *scanner) lineComment(rest string) bool {
	if s.dialect != MySQL {
		return strings.HasPrefix(rest, "--")
	}
	return rest[0] == '#' || strings.HasPrefix(rest, "--") && (len(rest) == 2 || rest[2] <= ' ')
}

// blockComment skips a comment. PostgreSQL and SQL Server nest them. MySQL runs
// what is in /*! */ and obeys /*+ */, so those are refused.
func (s *scanner) blockComment(rest string) error {
	if s.dialect == MySQL && (strings.HasPrefix(rest, "/*!") || strings.HasPrefix(rest, "/*M!") || strings.HasPrefix(rest, "/*+")) {
		return language.Errorf("sql.executed_comment", "text", strconv.Quote(excerpt(rest)))
	}
	nests := s.dialect == PostgreSQL || s.dialect == SQLServer
	depth, i := 1, 2
	for ; i < len(rest) && depth > 0; i++ {
		switch {
		case strings.HasPrefix(rest[i:], "*/"):
			depth--
			i++
		case nests && strings.HasPrefix(rest[i:], "/*"):
			depth++
			i++
		}
	}
	if depth > 0 {
		return unclosed(rest)
	}
	s.at += i
	return nil
}

// quote skips a quoted text; the mark doubled is itself, and with escapes a
// backslash takes the next character with it.
func (s *scanner) quote(mark byte, escapes bool) error {
	rest := s.sql[s.at:]
	for i := 1; i < len(rest); i++ {
		switch {
		case escapes && rest[i] == '\\':
			i++
		case rest[i] != mark:
		case i+1 < len(rest) && rest[i+1] == mark:
			i++
		default:
			s.keep(quoted, i+1)
			return nil
		}
	}
	return unclosed(rest)
}

// dollar skips PostgreSQL's $$ and $tag$ quotes.
func (s *scanner) dollar(rest string) error {
	tag := dollarTag(rest)
	if tag == "" {
		s.keep(symbol, 1)
		return nil
	}
	end := strings.Index(rest[len(tag):], tag)
	if end < 0 {
		return unclosed(rest)
	}
	s.keep(quoted, len(tag)+end+len(tag))
	return nil
}

func dollarTag(rest string) string {
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '$':
			return rest[:i+1]
		case !startsName(c) && (i == 1 || !isDigit(c)):
			return ""
		}
	}
	return ""
}

// word reads a name, and the string that PostgreSQL's E begins: E'it\'s'.
func (s *scanner) word(rest string) error {
	length := 1
	for length < len(rest) && (startsName(rest[length]) || isDigit(rest[length]) || rest[length] == '$') {
		length++
	}
	escaped := s.dialect == PostgreSQL && length == 1 && (rest[0] == 'E' || rest[0] == 'e') && len(rest) > 1 && rest[1] == '\''
	if !escaped {
		s.keep(word, length)
		return nil
	}
	s.at++
	if err := s.quote('\'', true); err != nil {
		return err
	}
	// A string on the next line goes on with this one, its escapes included.
	if after := strings.TrimLeft(s.sql[s.at:], " \t\r\n"); strings.HasPrefix(after, "'") || strings.HasPrefix(after, "--") && continues(after) {
		return language.Errorf("sql.string_goes_on", "text", strconv.Quote(excerpt(after)))
	}
	return nil
}

// continues tells whether a string stands after line comments.
func continues(rest string) bool {
	for strings.HasPrefix(rest, "--") {
		_, after, _ := strings.Cut(rest, "\n")
		rest = strings.TrimLeft(after, " \t\r\n")
	}
	return strings.HasPrefix(rest, "'")
}

// colon reads a parameter; a cast (::) and an assignment (:=) are none.
func (s *scanner) colon(rest string) {
	if strings.HasPrefix(rest, "::") {
		s.keep(symbol, 2)
		return
	}
	length := 1
	for length < len(rest) && rest[length] < utf8.RuneSelf && (startsName(rest[length]) || length > 1 && isDigit(rest[length])) {
		length++
	}
	if length == 1 {
		s.keep(symbol, 1)
		return
	}
	s.tokens = append(s.tokens, token{parameter, rest[1:length], s.at})
	s.at += length
}

// numberLength is the length of "12", "1.", ".5" or "1.5e-3".
func numberLength(rest string) int {
	length := digits(rest, 0)
	if length < len(rest) && rest[length] == '.' {
		length = digits(rest, length+1)
	}
	if length < len(rest) && (rest[length] == 'e' || rest[length] == 'E') {
		start := length + 1
		if start < len(rest) && (rest[start] == '+' || rest[start] == '-') {
			start++
		}
		if end := digits(rest, start); end > start {
			return end
		}
	}
	return length
}

func digits(text string, from int) int {
	for from < len(text) && isDigit(text[from]) {
		from++
	}
	return from
}

func startsName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func unclosed(rest string) error {
	return language.Errorf("sql.unclosed", "text", strconv.Quote(excerpt(rest)))
}

func excerpt(text string) string {
	if runes := []rune(text); len(runes) > 20 {
		return string(runes[:20]) + "..."
	}
	return text
}
