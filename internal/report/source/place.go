package source

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	mssql "github.com/microsoft/go-mssqldb"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// A LineError is an error of a query of which the database tells, or lets know, the line.
type LineError struct {
	Line int // of the query, from 1
	error
}

func (e *LineError) Unwrap() error { return e.error }

// LineOf is the line of a query that an error is about; 0 where it is not known.
func LineOf(err error) int {
	var at *LineError
	if errors.As(err, &at) {
		return at.Line
	}
	return 0
}

// located adds the line to an error that is made of the database's. Placeholders stand in the
// lines of their parameters, so those of the query that was sent are those of the query.
func located(err, cause error, sent string) error {
	if err == nil || cause == nil {
		return err
	}
	if line := placeOf(cause, sent); line > 0 {
		return &LineError{line, err}
	}
	return err
}

var (
	// atLine is how MariaDB and MySQL end a syntax error.
	atLine = regexp.MustCompile(`at line (\d+)$`)
	// named is what SQLite, MariaDB and MySQL say of a name that they do not know.
	named = regexp.MustCompile(`(?:no such (?:column|table|function): |ambiguous column name: |Unknown column '|Table '|FUNCTION )([^\s']+)`)
	// near is SQLite's word at which it could not go on.
	near = regexp.MustCompile(`near "([^"]+)": syntax error|unrecognized token: "([^"]+)`)
)

func placeOf(cause error, sent string) int {
	var postgres *pgconn.PgError
	if errors.As(cause, &postgres) {
		return lineAt(sent, int(postgres.Position)-declaredLength(cause))
	}
	var server mssql.Error
	if errors.As(cause, &server) {
		return int(server.LineNo)
	}
	text := cause.Error()
	if found := atLine.FindStringSubmatch(text); found != nil {
		line, err := strconv.Atoi(found[1])
		if err == nil {
			return line
		}
	}
	if found := named.FindStringSubmatch(text); found != nil {
		return lineWith(sent, found[1][strings.LastIndexByte(found[1], '.')+1:], false)
	}
	if found := near.FindStringSubmatch(text); found != nil {
		return lineWith(sent, found[1]+found[2], true)
	}
	return 0
}

// lineAt is the line of the n-th character, from 1; 0 where there is none.
func lineAt(text string, n int) int {
	line := 1
	for _, r := range text {
		if n--; n == 0 {
			return line
		}
		if r == '\n' {
			line++
		}
	}
	return 0
}

// lineWith is the first line that has a word; 0 without, or where only one line may have it and
// several have.
func lineWith(text, word string, once bool) (found int) {
	pattern := regexp.MustCompile(`(?i)(?:^|\W)` + regexp.QuoteMeta(word) + `(?:\W|$)`)
	for i, line := range strings.Split(text, "\n") {
		switch {
		case !pattern.MatchString(line):
		case found == 0:
			found = i + 1
		case once:
			return 0
		}
	}
	return found
}

// A declared error counts its place with the words before the query.
type declared struct{ error }

func (d declared) Unwrap() error { return d.error }

const declaring = "DECLARE report NO SCROLL CURSOR FOR "

func declaredLength(cause error) int {
	if _, ok := errors.AsType[declared](cause); ok {
		return len(declaring)
	}
	return 0
}

// foreign are the placeholders of drivers, which stand where a parameter should.
var foreign = regexp.MustCompile(`missing named argument "(\w+)"|missing argument with index|expected \d+ arguments, got \d+`)

// asParameter says how a parameter is written, where the query has a placeholder of a driver.
func asParameter(err error) error {
	found := foreign.FindStringSubmatch(err.Error())
	switch {
	case found == nil:
		return err
	case found[1] != "":
		return language.Errorf("sql.placeholder", "name", found[1])
	}
	return language.Errorf("sql.placeholder", "name", language.ID("sql.placeholder_name"))
}
