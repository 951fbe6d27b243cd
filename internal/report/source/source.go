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
// help. ErrQuery marks a query, and ErrLogin a login, that the database refuses: it
// will not.
var (
	ErrUnavailable error = language.Errorf("source.unavailable")
	ErrQuery       error = language.Errorf("source.query_refused")
	ErrLogin       error = language.Errorf("source.login_refused")
)

// countTimeout bounds [Source.Count].
const countTimeout = 3 * time.Second

// A Source is one database. It opens connections when they are needed, so a
// database that is down does not keep the service from starting.
type Source struct {
	name   string
	zone   value.Zone
	reader reader
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

// Open makes a source of a URL: sqlite:FILE, postgres://, mysql:// or sqlserver://.
// The option timezone of each but SQLite is the zone in which moments are shown,
// UTC without. Errors never hold the password.
func Open(name, address string) (*Source, error) {
	opened, zone, err := openReader(address)
	if err != nil {
		return nil, language.Errorf("source.named", "name", name, "why", withoutSecrets(err))
	}
	return &Source{name, zone, opened}, nil
}

func openReader(address string) (reader, value.Zone, error) {
	scheme, _, _ := strings.Cut(address, ":")
	if scheme == "sqlite" {
		opened, err := openSQL(sqliteDialect, address)
		return opened, value.Zone{}, err
	}
	if !slices.Contains([]string{"postgres", "postgresql", "mysql", "mariadb", "sqlserver"}, scheme) {
		return nil, value.Zone{}, errors.New("the address must begin with sqlite:, postgres://, mysql:// or sqlserver://")
	}
	address, zone, err := cutZone(address)
	if err != nil {
		return nil, zone, err
	}
	var opened reader
	switch scheme {
	case "postgres", "postgresql":
		opened, err = openPostgres(address)
	case "mysql", "mariadb":
		opened, err = openSQL(mysqlDialect, address)
	default:
		opened, err = openSQL(sqlServerDialect, address)
	}
	return opened, zone, err
}

// cutZone takes the option timezone out of an address.
func cutZone(address string) (string, value.Zone, error) {
	before, options, found := strings.Cut(address, "?")
	if !found {
		return address, value.Zone{}, nil
	}
	var zone value.Zone
	var kept []string
	for _, option := range strings.Split(options, "&") {
		key, text, _ := strings.Cut(option, "=")
		if !strings.EqualFold(key, "timezone") {
			kept = append(kept, option)
			continue
		}
		// A plus sign is one here: "+01:00" is an offset.
		text, err := url.PathUnescape(text)
		if err != nil {
			return "", zone, errors.New("the option timezone cannot be read")
		}
		if zone, err = value.ParseZone(text); err != nil {
			return "", zone, err
		}
	}
	if len(kept) == 0 {
		return before, zone, nil
	}
	return before + "?" + strings.Join(kept, "&"), zone, nil
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
func (s *Source) Zone() value.Zone { return s.zone }

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
	sent := run{timeout: query.Timeout, zone: s.zone}
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
