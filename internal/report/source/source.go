// Package source reads the rows of reports from databases: the embedded SQLite
// shop, PostgreSQL, MySQL or MariaDB, and SQL Server. Reading is all it does:
// every query runs in a read-only transaction that is rolled back.
package source

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
)

// ErrUnavailable marks a database that cannot be reached: trying again later
// may help. ErrQuery marks a query that the database refuses: it will not.
var (
	ErrUnavailable = errors.New("the database cannot be reached")
	ErrQuery       = errors.New("the database refuses the query")
)

// A Source is one database. It opens connections when they are needed, so a
// database that is down does not keep the service from starting.
type Source struct {
	name   string
	reader reader
}

// A reader speaks to one kind of database. Its errors are the driver's own.
type reader interface {
	mark(n int) string
	count(ctx context.Context, query string, bound []any) (int64, error)
	open(ctx context.Context, query string, bound []any, timeout time.Duration) (*Cursor, error)
	timedOut(err error) bool
	lost(err error) bool
	close() error
}

// Open makes a source of a URL: sqlite:FILE, postgres://, mysql:// or
// sqlserver://. Errors never hold the password.
func Open(name, address string) (*Source, error) {
	scheme, _, _ := strings.Cut(address, ":")
	var opened reader
	var err error
	switch scheme {
	case "postgres", "postgresql":
		opened, err = openPostgres(address)
	case "sqlite":
		opened, err = openGeneric(sqliteDialect, address)
	case "mysql", "mariadb":
		opened, err = openGeneric(mysqlDialect, address)
	case "sqlserver":
		opened, err = openGeneric(sqlServerDialect, address)
	default:
		err = errors.New("the address must begin with sqlite:, postgres://, mysql:// or sqlserver://")
	}
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", name, withoutSecrets(err))
	}
	return &Source{name, opened}, nil
}

// Computes tells whether the database is an engine in this process.
func (s *Source) Computes() bool {
	reader, ok := s.reader.(*generic)
	return ok && reader.inProcess
}

// Share has a database in this process take its turns at computing; it is called
// before the source is used.
func (s *Source) Share(turns Turns) {
	if s.Computes() {
		s.reader.(*generic).turns = turns
	}
}

// Close closes the connections.
func (s *Source) Close() error { return s.reader.close() }

// Count returns how many rows the query will have, for progress.
func (s *Source) Count(ctx context.Context, query definition.Statement, values map[string]any) (int64, error) {
	text, bound := query.Bind(values, s.reader.mark)
	count, err := s.reader.count(ctx, "SELECT COUNT(*) FROM (\n"+text+"\n) counted", bound)
	return count, s.explain(ctx, err)
}

// Query runs the query and returns a cursor before its first row. The database
// itself stops the statement after the timeout, where it knows how to.
func (s *Source) Query(ctx context.Context, query definition.Statement, values map[string]any, timeout time.Duration) (*Cursor, error) {
	text, bound := query.Bind(values, s.reader.mark)
	cursor, err := s.reader.open(ctx, text, bound, timeout)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	cursor.explain = func(err error) error { return s.explain(ctx, err) }
	return cursor, nil
}

func (s *Source) explain(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case s.reader.timedOut(err):
		return fmt.Errorf("source %s: %w: %w", s.name, context.DeadlineExceeded, withoutSecrets(err))
	case s.reader.lost(err):
		return fmt.Errorf("source %s: %w: %w", s.name, ErrUnavailable, withoutSecrets(err))
	}
	return fmt.Errorf("source %s: %w: %w", s.name, ErrQuery, withoutSecrets(err))
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
