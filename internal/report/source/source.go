// Package source reads the rows of reports from databases: the embedded SQLite
// shop, PostgreSQL, MySQL or MariaDB, and SQL Server. It only reads: exactly one
// query is accepted (package statement), in a read-only transaction that is
// rolled back.
package source

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/statement"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// ErrUnavailable marks a database that cannot be reached: trying again later may
// help, as it may for ErrPassword, a login that is refused with the password of a file. ErrQuery
// marks a query, and ErrLogin a login, that the database refuses: it will not.
var (
	ErrUnavailable error = language.Errorf("source.unavailable")
	ErrPassword    error = language.Errorf("source.password_refused")
	ErrQuery       error = language.Errorf("source.query_refused")
	ErrLogin       error = language.Errorf("source.login_refused")
)

// countTimeout bounds [Source.Count].
const countTimeout = 3 * time.Second

// A Source is one database. It opens connections when they are needed, so a
// database that is down does not keep the service from starting.
type Source struct {
	name    string
	options options
	reader  reader
}

// A Query is one query of a report.
type Query struct {
	SQL     string
	Values  map[string]value.Value   // by parameter
	Lists   map[string][]value.Value // of parameters that take several
	Timeout time.Duration            // the database itself stops the statement then, where it knows how to
	Zone    *value.Zone              // nil: the source's
}

// A reader queries one kind of database. Its errors are the driver's own.
type reader interface {
	dialect() statement.Dialect
	placeholder(n int) string
	open(ctx context.Context, run run) (*Cursor, error)
	describe(ctx context.Context, run run) (columns []string, err error)
	timedOut(err error) bool
	lost(err error) bool
	refused(err error) bool // the login
	close() error
}

// A run is a query as it is sent.
type run struct {
	text    string
	bound   []value.Value
	names   []string // of the bound values
	timeout time.Duration
	zone    value.Zone
}

// Open makes a source of a URL: sqlite:FILE, postgres://, mysql:// or sqlserver://. Each but
// SQLite takes the options of [cutOptions]. Errors never hold the password.
func Open(name, address string) (*Source, error) {
	opened, own, err := openReader(address)
	if err != nil {
		return nil, language.Errorf("source.named", "name", name, "why", withoutSecrets(err))
	}
	return &Source{name, own, opened}, nil
}

func openReader(address string) (reader, options, error) {
	scheme, _, _ := strings.Cut(address, ":")
	if scheme == "sqlite" {
		opened, err := openSQL(sqliteDialect, address, "")
		return opened, options{}, err
	}
	if !slices.Contains([]string{"postgres", "postgresql", "mysql", "mariadb", "sqlserver"}, scheme) {
		return nil, options{}, errors.New("the address must begin with sqlite:, postgres://, mysql:// or sqlserver://")
	}
	address, own, err := cutOptions(address)
	if err != nil {
		return nil, own, err
	}
	if err := own.check(address); err != nil {
		return nil, own, err
	}
	var opened reader
	switch scheme {
	case "postgres", "postgresql":
		opened, err = openPostgres(address, own.passwordFile)
	case "mysql", "mariadb":
		opened, err = openSQL(mysqlDialect, address, own.passwordFile)
	default:
		opened, err = openSQL(sqlServerDialect, address, own.passwordFile)
	}
	return opened, own, err
}

// Computes tells whether the database is an engine in this process.
func (s *Source) Computes() bool {
	reader, ok := s.reader.(*sqlReader)
	return ok && reader.inProcess
}

// Share makes an engine in this process compute within the slots; it is called before
// the source is used.
func (s *Source) Share(slots Slots) {
	if s.Computes() {
		s.reader.(*sqlReader).slots = slots
	}
}

// Close closes the connections.
func (s *Source) Close() error { return s.reader.close() }

// Zone is the time zone in which the source shows moments.
func (s *Source) Zone() value.Zone { return s.options.zone }

// Dialect is how the database reads SQL.
func (s *Source) Dialect() statement.Dialect { return s.reader.dialect() }

// Parameters are the names that a query uses, and those of lists among them, if it is one
// query that only reads.
func (s *Source) Parameters(sql string) (names, lists []string, err error) {
	parsed, err := statement.Parse(sql, s.Dialect())
	return parsed.Parameters(), parsed.Lists(), err
}

// Count returns how many rows the query will have, for progress. It runs the query
// for three seconds at most.
func (s *Source) Count(ctx context.Context, query Query) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	run, err := s.prepare(query)
	if err != nil {
		return 0, err
	}
	run.text = "SELECT COUNT(*) AS counted FROM (\n" + run.text + "\n) counted"
	run.timeout = countTimeout
	cursor, err := s.open(ctx, run)
	if err != nil {
		return 0, err
	}
	defer cursor.Close()
	row, err := cursor.Next()
	if err != nil || len(row) != 1 {
		return 0, err
	}
	return row[0].Int, nil
}

// Query runs the query and returns a cursor before its first row.
func (s *Source) Query(ctx context.Context, query Query) (*Cursor, error) {
	run, err := s.prepare(query)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, run)
}

func (s *Source) prepare(query Query) (run, error) {
	parsed, err := statement.Parse(query.SQL, s.reader.dialect())
	if err != nil {
		return run{}, language.Errorf("source.failed", "name", s.name, "kind", ErrQuery, "why", err)
	}
	sent := run{timeout: query.Timeout, zone: s.options.zone}
	if query.Zone != nil {
		sent.zone = *query.Zone
	}
	if sent.text, sent.bound, sent.names, err = parsed.Bind(statement.Arguments{Values: query.Values, Lists: query.Lists}, s.reader.placeholder); err != nil {
		return run{}, language.Errorf("source.failed", "name", s.name, "kind", ErrQuery, "why", err)
	}
	return sent, nil
}

func (s *Source) open(ctx context.Context, run run) (*Cursor, error) {
	cursor, err := s.reader.open(ctx, run)
	if err != nil {
		return nil, located(s.explain(ctx, err), err, run.text)
	}
	cursor.explain = func(err error) error { return s.explain(ctx, err) }
	return cursor, nil
}

func (s *Source) explain(ctx context.Context, err error) error {
	kind := ErrQuery
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case s.reader.timedOut(err):
		kind = context.DeadlineExceeded
	case s.reader.refused(err):
		kind = ErrLogin
		if s.options.passwordFile != "" { // which may lag behind the database, or the other way round
			kind = ErrPassword
		}
	case s.reader.lost(err):
		kind = ErrUnavailable
	}
	return language.Errorf("source.failed", "name", s.name, "kind", kind, "why", asParameter(withoutSecrets(err)))
}

// withoutSecrets drops the address from an error of net/url, which would print
// the password with it.
func withoutSecrets(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return parse.Err
	}
	return err
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 1), 10) }
