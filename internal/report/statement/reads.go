package statement

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// first lists the words that a query may begin with, after opening brackets.
var first = map[Dialect][]string{
	PostgreSQL: {"SELECT", "WITH", "VALUES", "TABLE"},
	MySQL:      {"SELECT", "WITH", "VALUES", "TABLE"},
	SQLServer:  {"SELECT", "WITH"},
	SQLite:     {"SELECT", "WITH", "VALUES"},
}

// writers begin statements that write, and may stand behind WITH or in brackets.
// With "(" after it each of them is a function (MySQL's INSERT and REPLACE).
var writers = []string{"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "UPSERT"}

// notInSQLServer are reserved words of statements other than queries. T-SQL puts
// no semicolon between statements, so any of them may begin a second one.
// Source: Microsoft, "Reserved keywords (Transact-SQL)".
var notInSQLServer = []string{
	"ADD", "ALTER", "BACKUP", "BEGIN", "BREAK", "BULK", "CHECKPOINT", "CLOSE", "COMMIT", "CONTINUE", "CREATE", "DBCC", "DEALLOCATE", "DECLARE",
	"DELETE", "DENY", "DISK", "DROP", "DUMP", "EXEC", "EXECUTE", "EXIT", "GOTO", "GRANT", "IF", "INSERT", "KILL", "LOAD", "MERGE", "OPEN",
	"OPENDATASOURCE", "OPENQUERY", "OPENROWSET", "PRINT", "PROC", "PROCEDURE", "RAISERROR", "READTEXT", "RECONFIGURE", "RESTORE", "RETURN",
	"REVERT", "REVOKE", "ROLLBACK", "SAVE", "SET", "SETUSER", "SHUTDOWN", "THROW", "TRUNCATE", "UPDATE", "UPDATETEXT", "USE", "WAITFOR", "WHILE", "WRITETEXT",
}

// onlyReads refuses, by name, what is no query or does more than read.
func onlyReads(tokens []token, dialect Dialect) error {
	start := slices.IndexFunc(tokens, func(t token) bool { return t.text != "(" })
	if start < 0 || !slices.ContainsFunc(first[dialect], tokens[start].is) {
		shown := "("
		if start >= 0 {
			shown = excerpt(tokens[start].text)
		}
		return language.Errorf("sql.begins", "word", strconv.Quote(shown), "words", joined(first[dialect]))
	}
	depth, selects := 0, 0 // selects outside brackets
	for i, t := range tokens {
		switch t.text {
		case "(":
			depth++
		case ")":
			if depth--; depth < 0 {
				return language.Errorf("sql.bracket_closed")
			}
		}
		if t.kind != word {
			continue
		}
		if err := refused(tokens, i, dialect); err != nil {
			return err
		}
		if depth == 0 && t.is("SELECT") {
			if dialect == SQLServer && !continuesQuery(tokens, i, selects) {
				return language.Errorf("sql.statements")
			}
			selects++
		}
	}
	if depth != 0 {
		return language.Errorf("sql.bracket_open")
	}
	return nil
}

func refused(tokens []token, i int, dialect Dialect) error {
	t, next := tokens[i], at(tokens, i+1)
	switch {
	case t.is("INTO"):
		return language.Errorf("sql.into")
	case t.is("FOR") && (next.is("UPDATE") || next.is("SHARE") || next.is("NO") || next.is("KEY")):
		return language.Errorf("sql.locks", "words", "FOR "+strings.ToUpper(next.text))
	case t.is("LOCK") && next.is("IN"):
		return language.Errorf("sql.locks", "words", "LOCK IN SHARE MODE")
	case t.is("NEXT") && next.is("VALUE") || t.is("PREVIOUS") && next.is("VALUE") && dialect == SQLServer:
		return language.Errorf("sql.sequence", "words", "NEXT VALUE")
	case next.text == "(" && (t.is("NEXTVAL") || t.is("SETVAL")):
		return language.Errorf("sql.sequence", "words", strings.ToUpper(t.text))
	case slices.ContainsFunc(writers, t.is) && begins(tokens, i) && next.kind != symbol && next.text != "":
		return language.Errorf("sql.writes", "word", strings.ToUpper(t.text))
	case dialect == SQLServer && slices.ContainsFunc(notInSQLServer, t.is):
		return language.Errorf("sql.writes_or_column", "word", strings.ToUpper(t.text))
	}
	return nil
}

// begins tells whether a statement can begin at the place: in brackets, or behind
// those of WITH.
func begins(tokens []token, i int) bool {
	return i == 0 || tokens[i-1].text == "(" || tokens[i-1].text == ")"
}

// continuesQuery tells whether a SELECT outside brackets belongs to what is before
// it: the first one behind WITH x AS (...), or one behind UNION.
func continuesQuery(tokens []token, i, selects int) bool {
	if i == 0 {
		return true
	}
	before := tokens[i-1]
	if before.text == ")" {
		return tokens[0].is("WITH") && selects == 0
	}
	return before.is("UNION") || before.is("ALL") || before.is("EXCEPT") || before.is("INTERSECT")
}

func at(tokens []token, i int) token {
	if i < len(tokens) {
		return tokens[i]
	}
	return token{kind: symbol}
}

func joined(words []string) string {
	return strings.Join(words, ", ")
}
