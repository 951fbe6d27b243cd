package definition

import (
	"fmt"
	"strings"
	"unicode"
)

// A Statement is one SQL query whose parameters are written :name.
type Statement struct {
	text   string
	pieces []piece
}

// A piece is literal SQL, or the name of a parameter.
type piece struct {
	literal   string
	parameter string
}

// ParseStatement splits a query at its :name parameters, which count neither in
// quotes, nor in comments, nor as PostgreSQL's casts (::text). It refuses more
// than one statement.
func ParseStatement(text string) (Statement, error) {
	trimmed := strings.TrimRight(text, " \t\r\n;")
	if strings.TrimSpace(trimmed) == "" {
		return Statement{}, fmt.Errorf("the query is empty")
	}
	statement := Statement{text: trimmed}
	start := 0
	for at := 0; at < len(trimmed); {
		if end := skipQuoted(trimmed, at); end > at {
			if end > len(trimmed) {
				return Statement{}, fmt.Errorf("a quote or comment that begins with %q is never closed", excerpt(trimmed[at:]))
			}
			at = end
			continue
		}
		if trimmed[at] == ';' {
			return Statement{}, fmt.Errorf("more than one statement: only one query is run")
		}
		if trimmed[at] != ':' {
			at++
			continue
		}
		end := parameterEnd(trimmed, at)
		if end > at+1 && (at == 0 || trimmed[at-1] != ':') {
			statement.pieces = append(statement.pieces, piece{literal: trimmed[start:at]}, piece{parameter: trimmed[at+1 : end]})
			start, at = end, end
			continue
		}
		at = max(end, at+1)
	}
	statement.pieces = append(statement.pieces, piece{literal: trimmed[start:]})
	return statement, nil
}

// String returns the query as it was written.
func (s Statement) String() string { return s.text }

// Parameters lists the names that the query uses, each once, in order.
func (s Statement) Parameters() []string {
	var names []string
	seen := map[string]bool{}
	for _, part := range s.pieces {
		if part.parameter != "" && !seen[part.parameter] {
			seen[part.parameter] = true
			names = append(names, part.parameter)
		}
	}
	return names
}

// Bind writes the query with the placeholders that mark returns for the n-th
// value (from 1), and lists the values in that order.
func (s Statement) Bind(values map[string]any, mark func(n int) string) (string, []any) {
	var query strings.Builder
	var bound []any
	for _, part := range s.pieces {
		if part.parameter == "" {
			query.WriteString(part.literal)
			continue
		}
		bound = append(bound, values[part.parameter])
		query.WriteString(mark(len(bound)))
	}
	return query.String(), bound
}

// skipQuoted returns the end of the quoted text or comment that begins at the
// place, at itself where none begins, and past the end where it never closes.
func skipQuoted(sql string, at int) int {
	rest := sql[at:]
	switch {
	case rest[0] == '\'' || rest[0] == '"' || rest[0] == '`':
		return closing(sql, at, rest[:1], rest[:1])
	case strings.HasPrefix(rest, "--"):
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			return at + end + 1
		}
		return len(sql)
	case strings.HasPrefix(rest, "/*"):
		return closing(sql, at, "/*", "*/")
	case rest[0] == '$':
		if tag := dollarTag(rest); tag != "" {
			return closing(sql, at, tag, tag)
		}
	}
	return at
}

func closing(sql string, at int, opening, ending string) int {
	end := strings.Index(sql[at+len(opening):], ending)
	if end < 0 {
		return len(sql) + 1
	}
	return at + len(opening) + end + len(ending)
}

// dollarTag recognises PostgreSQL's $$ and $tag$ quotes.
func dollarTag(rest string) string {
	for i := 1; i < len(rest); i++ {
		if rest[i] == '$' {
			return rest[:i+1]
		}
		if !isNameByte(rest[i]) || (i == 1 && unicode.IsDigit(rune(rest[i]))) {
			return ""
		}
	}
	return ""
}

func parameterEnd(sql string, at int) int {
	end := at + 1
	for end < len(sql) && isNameByte(sql[end]) {
		if end == at+1 && unicode.IsDigit(rune(sql[end])) {
			break
		}
		end++
	}
	return end
}

func isNameByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func excerpt(text string) string {
	if len(text) > 20 {
		return text[:20] + "..."
	}
	return text
}
