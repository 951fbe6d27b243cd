// Package statement reads the SQL of report definitions as the database that runs
// it does, finds its parameters, and accepts exactly one statement that only
// reads. The same code runs when definitions are checked and before every run.
//
// It is the first of two guards: the second is the session, which is read-only
// where the database has such a thing (A-REPORT-6).
package statement

import (
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A Dialect is how one kind of database reads SQL.
type Dialect uint8

// The dialects. MySQL is MariaDB's, too.
const (
	PostgreSQL Dialect = iota
	MySQL
	SQLServer
	SQLite
)

var dialectNames = [...]string{"PostgreSQL", "MySQL", "SQL Server", "SQLite"}

func (d Dialect) String() string { return dialectNames[d] }

// All lists the dialects.
func All() []Dialect { return []Dialect{PostgreSQL, MySQL, SQLServer, SQLite} }

// A Statement is one query whose parameters are written :name.
type Statement struct {
	pieces   []piece
	ordered  bool
	takesAll []string // parameters, see [Statement.TakesAll]
}

// A piece is literal SQL, or the name of a parameter and where it stands.
type piece struct {
	literal, parameter string
	place              place
}

// Arguments are what a query is run with: of every parameter its value, or its list.
type Arguments struct {
	Values map[string]value.Value
	Lists  map[string][]value.Value // empty: none was given
}

// Parse reads a query. :name is a parameter outside quotes and comments, unless it
// follows another colon, as in PostgreSQL's casts (::text). The error says what in
// the text is not allowed.
func Parse(text string, dialect Dialect) (Statement, error) {
	tokens, err := scan(text, dialect)
	if err != nil {
		return Statement{}, err
	}
	if len(tokens) == 0 {
		return Statement{}, language.Errorf("sql.empty")
	}
	end := len(text)
	for i, t := range tokens {
		if t.kind != symbol || t.text != ";" {
			continue
		}
		if slices.ContainsFunc(tokens[i:], func(after token) bool { return after.text != ";" }) {
			return Statement{}, language.Errorf("sql.statements")
		}
		tokens, end = tokens[:i], t.at
		break
	}
	if len(tokens) == 0 {
		return Statement{}, language.Errorf("sql.empty")
	}
	if err := onlyReads(tokens, dialect); err != nil {
		return Statement{}, err
	}
	return split(text[:end], tokens), nil
}

func split(text string, tokens []token) Statement {
	statement := Statement{ordered: ordered(tokens), takesAll: takesAll(tokens)}
	start := 0
	for i, t := range tokens {
		if t.kind == parameter {
			statement.pieces = append(statement.pieces, piece{literal: text[start:t.at]}, piece{parameter: t.text, place: placeOf(tokens, i)})
			start = t.at + 1 + len(t.text)
		}
	}
	statement.pieces = append(statement.pieces, piece{literal: text[start:]})
	return statement
}

// Parameters lists the names that the query uses, each once, in order.
func (s Statement) Parameters() []string {
	var names []string
	for _, part := range s.pieces {
		if part.parameter != "" && !slices.Contains(names, part.parameter) {
			names = append(names, part.parameter)
		}
	}
	return names
}

// Bind writes the query with the placeholders that mark returns for the n-th
// value (from 1), and lists the values and their names in that order. A parameter
// without an entry in the arguments is an error: NULL is an entry, too. A list has one
// placeholder a value, and one of NULL if it is empty.
func (s Statement) Bind(arguments Arguments, mark func(n int) string) (query string, bound []value.Value, names []string, err error) {
	var text strings.Builder
	add := func(name string, given value.Value) {
		bound, names = append(bound, given), append(names, name)
		text.WriteString(mark(len(bound)))
	}
	for _, part := range s.pieces {
		text.WriteString(part.literal)
		if part.parameter == "" {
			continue
		}
		given, known := arguments.Values[part.parameter]
		list, isList := arguments.Lists[part.parameter]
		switch {
		case isList && part.place == beforeIs:
			text.WriteString(isNull(list))
		case isList && part.place == inBrackets:
			if len(list) == 0 {
				list = []value.Value{{}}
			}
			for i, one := range list {
				if i > 0 {
					text.WriteString(", ")
				}
				add(part.parameter, one)
			}
		case isList:
			return "", nil, nil, misplaced(part.parameter)
		case known:
			add(part.parameter, given)
		default:
			return "", nil, nil, language.Errorf("sql.no_parameter", "name", part.parameter)
		}
	}
	return text.String(), bound, names, nil
}

// Check reads a query whose database is not known: at least one of the dialects
// must take it. It returns the query by that one.
func Check(text string, dialects ...Dialect) (parsed Statement, err error) {
	for _, dialect := range dialects {
		statement, failed := Parse(text, dialect)
		if failed == nil {
			return statement, nil
		}
		if err == nil {
			err = failed
		}
	}
	return Statement{}, err
}
