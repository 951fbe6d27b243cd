package source

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/statement"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

const (
	maxConnections = 64
	idleTime       = time.Minute
	connectTime    = 10 * time.Second
)

// An sqlReader reads through database/sql.
type sqlReader struct {
	driverDialect
	pool  *sql.DB
	slots Slots  // of an engine in this process, which cannot be paused until its first row
	file  string // that such an engine reads; its errors do not name it
}

func openSQL(dialect driverDialect, address, passwordFile string) (*sqlReader, error) {
	pool, err := dialect.pool(address, passwordFile)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(maxConnections)
	pool.SetConnMaxIdleTime(idleTime)
	// A server's connection is used once: nothing that a query left in its session
	// is there for the next.
	pool.SetMaxIdleConns(-1)
	file := ""
	if dialect.inProcess {
		pool.SetMaxIdleConns(4)
		_, file, _ = strings.Cut(address, ":")
	}
	return &sqlReader{driverDialect: dialect, pool: pool, file: file}, nil
}

func (s *driverDialect) pool(address, passwordFile string) (*sql.DB, error) {
	if s.connector == nil {
		dsn, err := s.dsn(address)
		if err != nil {
			return nil, err
		}
		return sql.Open(s.driver, dsn)
	}
	connector, err := s.connector(address)
	if err != nil {
		return nil, err
	}
	if passwordFile != "" {
		connector = &rotating{address, passwordFile, s.connector, connector.Driver()}
	}
	return sql.OpenDB(connector), nil
}

func (g *sqlReader) dialect() statement.Dialect { return g.sql }
func (g *sqlReader) placeholder(n int) string   { return g.driverDialect.placeholder(n) }
func (g *sqlReader) timedOut(err error) bool    { return g.driverDialect.timedOut(err) }
func (g *sqlReader) lost(err error) bool        { return g.driverDialect.lost(err) }
func (g *sqlReader) refused(err error) bool     { return isUntrusted(err) || g.driverDialect.refused(err) }
func (g *sqlReader) close() error               { return g.pool.Close() }

func (g *sqlReader) open(ctx context.Context, run run) (*Cursor, error) {
	bound, err := arguments(run)
	if err != nil {
		return nil, err
	}
	if err := g.slots.Acquire(ctx); err != nil {
		return nil, err
	}
	defer g.slots.Release()
	connection, err := g.pool.Conn(ctx)
	if err != nil {
		return nil, g.named(unreachable{err})
	}
	walk := &sqlWalk{of: g, connection: connection, abandon: func() {}, disarm: func() {}}
	cursor, err := walk.open(ctx, run, bound)
	if err != nil {
		walk.close()
		return nil, g.named(err)
	}
	return cursor, nil
}

// named adds the file to an error about it.
func (g *sqlReader) named(err error) error {
	if g.file != "" && g.lost(err) {
		return fmt.Errorf("%s: %w", g.file, err)
	}
	return err
}

// arguments are the values for database/sql. Its drivers take decimals as float64,
// so one that a float64 does not hold is refused.
func arguments(run run) ([]any, error) {
	bound := make([]any, len(run.bound))
	for i, given := range run.bound {
		switch given.Kind {
		case value.Null:
		case value.Bool:
			bound[i] = given.Int == 1
		case value.Integer:
			bound[i] = given.Int
		case value.Decimal:
			n, ok := exactFloat(given.Text)
			if !ok {
				return nil, fmt.Errorf("the parameter %s has more digits than this database can be given: %s", run.names[i], given.Text)
			}
			bound[i] = n
		default:
			bound[i] = given.String()
		}
	}
	return bound, nil
}

// A sqlWalk walks the rows of a query.
type sqlWalk struct {
	of         *sqlReader
	connection *sql.Conn
	tx         *sql.Tx
	prepared   *sql.Stmt
	rows       *sql.Rows
	columns    []column
	raw        []any
	targets    []any
	values     []value.Value
	session    int64              // 0: closing the connection stops the query
	abandon    context.CancelFunc // ends the driver's wait
	disarm     func()
	ended      bool
}

// A column is one of a result and how to read what the driver gives for it.
type column struct {
	name, kind string
	read       func(any) (value.Value, error)
}

func (w *sqlWalk) open(ctx context.Context, run run, bound []any) (*Cursor, error) {
	if err := w.begin(ctx, run); err != nil {
		return nil, err
	}
	running, abandon := context.WithCancel(ctx)
	w.abandon = abandon
	if err := w.query(running, run.text, bound); err != nil {
		return nil, err
	}
	if err := w.describe(run); err != nil {
		return nil, err
	}
	names := make([]string, len(w.columns))
	w.raw, w.targets, w.values = make([]any, len(w.columns)), make([]any, len(w.columns)), make([]value.Value, len(w.columns))
	for i := range w.columns {
		names[i], w.targets[i] = w.columns[i].name, &w.raw[i]
	}
	return &Cursor{columns: names, next: w.next, close: w.close}, nil
}

// begin sets the session's options and begins the read-only transaction.
func (w *sqlWalk) begin(ctx context.Context, run run) (err error) {
	if w.of.setUp != nil {
		if w.session, err = w.of.setUp(ctx, w.connection, run); err != nil {
			return err
		}
	}
	if w.session != 0 {
		w.disarm = w.of.killOnCancel(ctx, w.session)
	}
	w.tx, err = w.connection.BeginTx(ctx, &sql.TxOptions{ReadOnly: w.of.readOnly})
	return err
}

// query prepares the query where that keeps a second statement out and brings
// numbers as numbers.
func (w *sqlWalk) query(ctx context.Context, text string, bound []any) (err error) {
	if !w.of.prepares {
		w.rows, err = w.tx.QueryContext(ctx, text, bound...)
		return err
	}
	if w.prepared, err = w.tx.PrepareContext(ctx, text); err != nil {
		return err
	}
	w.rows, err = w.prepared.QueryContext(ctx, bound...)
	return err
}

func (w *sqlWalk) describe(run run) error {
	types, err := w.rows.ColumnTypes()
	if err != nil {
		return err
	}
	for _, t := range types {
		kind := t.DatabaseTypeName()
		w.columns = append(w.columns, column{t.Name(), kind, w.of.reading(kind, run.zone)})
	}
	return nil
}

// killOnCancel makes the server stop the session's query when the context ends, where
// closing the connection does not.
func (g *sqlReader) killOnCancel(ctx context.Context, session int64) (disarm func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		g.stop(session)
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}

// stop ends what runs in the session of the server. If it fails, the server's own time
// limit ends the query.
func (g *sqlReader) stop(session int64) {
	ctx, cancel := context.WithTimeout(context.Background(), connectTime)
	defer cancel()
	_, _ = g.pool.ExecContext(ctx, g.kill(session)) // it may have ended by itself
}

func (w *sqlWalk) next() ([]value.Value, error) {
	if !w.rows.Next() {
		w.ended = true
		return nil, w.rows.Err()
	}
	if err := w.rows.Scan(w.targets...); err != nil {
		return nil, err
	}
	for i, given := range w.raw {
		if given == nil {
			w.values[i] = value.Value{}
			continue
		}
		var err error
		if w.values[i], err = w.columns[i].read(given); err != nil {
			return nil, fmt.Errorf("column %q of type %s: %w", w.columns[i].name, w.columns[i].kind, err)
		}
	}
	return w.values, nil
}

// close does not read what is left of a result: a driver whose context ends closes
// the connection instead, and a server that does not notice gets a KILL QUERY.
func (w *sqlWalk) close() {
	w.disarm()
	if !w.ended && w.session != 0 && w.rows != nil {
		w.of.stop(w.session)
	}
	if !w.ended {
		w.abandon()
	}
	if w.rows != nil {
		_ = w.rows.Close() // read-only: nothing can be lost
	}
	if w.prepared != nil {
		_ = w.prepared.Close() // the connection is closed
	}
	if w.tx != nil {
		_ = w.tx.Rollback() // nothing was written
	}
	_ = w.connection.Close() // read-only: nothing can be lost
	w.abandon()
}
