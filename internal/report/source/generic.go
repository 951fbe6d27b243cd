package source

import (
	"context"
	"database/sql"
	"time"
)

const (
	maxConnections = 64
	idleTime       = time.Minute
	connectTime    = 10 * time.Second
)

// generic reads through database/sql.
type generic struct {
	dialect
	pool  *sql.DB
	turns Turns // of an engine in this process: until its first row it cannot be paused
}

func openGeneric(spoken dialect, address string) (*generic, error) {
	pool, err := spoken.pool(address)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(4)
	pool.SetConnMaxIdleTime(idleTime)
	return &generic{dialect: spoken, pool: pool}, nil
}

func (d *dialect) pool(address string) (*sql.DB, error) {
	if d.connector != nil {
		connector, err := d.connector(address)
		if err != nil {
			return nil, err
		}
		return sql.OpenDB(connector), nil
	}
	dsn, err := d.dsn(address)
	if err != nil {
		return nil, err
	}
	return sql.Open(d.driver, dsn)
}

func (g *generic) mark(n int) string       { return g.dialect.mark(n) }
func (g *generic) timedOut(err error) bool { return g.dialect.timedOut(err) }
func (g *generic) lost(err error) bool     { return g.dialect.lost(err) }
func (g *generic) close() error            { return g.pool.Close() }

func (g *generic) count(ctx context.Context, query string, bound []any) (int64, error) {
	if err := g.turns.Take(ctx); err != nil {
		return 0, err
	}
	defer g.turns.Give()
	tx, err := g.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	var count int64
	return count, tx.QueryRowContext(ctx, query, bound...).Scan(&count)
}

func (g *generic) open(ctx context.Context, query string, bound []any, timeout time.Duration) (*Cursor, error) {
	if err := g.turns.Take(ctx); err != nil {
		return nil, err
	}
	defer g.turns.Give()
	tx, err := g.begin(ctx)
	if err != nil {
		return nil, err
	}
	cursor, err := g.query(ctx, tx, query, bound, timeout)
	if err != nil {
		tx.Rollback() //nolint:errcheck // the first error counts
	}
	return cursor, err
}

func (g *generic) begin(ctx context.Context) (*sql.Tx, error) {
	tx, err := g.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: g.readOnly})
	if err != nil && ctx.Err() == nil {
		return nil, unreachable{err}
	}
	return tx, err
}

func (g *generic) query(ctx context.Context, tx *sql.Tx, query string, bound []any, timeout time.Duration) (*Cursor, error) {
	if g.guard != "" {
		if _, err := tx.ExecContext(ctx, g.guard); err != nil {
			return nil, err
		}
	}
	if statement := g.limit(timeout); statement != "" {
		if _, err := tx.ExecContext(ctx, statement); err != nil && !g.limitOptional {
			return nil, err
		}
	}
	disarm, err := g.arm(ctx, tx)
	if err != nil {
		return nil, err
	}
	running, abandon := context.WithCancel(ctx)
	rows, err := tx.QueryContext(running, query, bound...)
	var columns []column
	if err == nil {
		columns, err = g.columnsOf(rows)
	}
	if err != nil {
		disarm()
		abandon()
		return nil, err
	}
	walk := &genericWalk{tx: tx, rows: rows, columns: columns, abandon: abandon, disarm: disarm}
	return walk.cursor(), nil
}

// arm has the server stop what runs in the transaction when the context ends, where
// hanging up does not.
func (g *generic) arm(ctx context.Context, tx *sql.Tx) (disarm func(), err error) {
	if g.session == "" {
		return func() {}, nil
	}
	var id int64
	if err := tx.QueryRowContext(ctx, g.session).Scan(&id); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() {
		killing, done := context.WithTimeout(context.WithoutCancel(ctx), connectTime)
		defer done()
		g.pool.ExecContext(killing, g.kill(id)) //nolint:errcheck // it may have ended by itself
	})
	return func() { stop() }, nil
}

// A column is one of a result, with how to read the raw bytes that its database
// type comes in, nil where they are its text.
type column struct {
	name string
	read func([]byte) any
}

func (g *generic) columnsOf(rows *sql.Rows) ([]column, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		rows.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	columns := make([]column, len(types))
	for i, t := range types {
		columns[i] = column{t.Name(), g.raw[t.DatabaseTypeName()]}
	}
	return columns, nil
}

// A genericWalk walks the rows of a query.
type genericWalk struct {
	tx      *sql.Tx
	rows    *sql.Rows
	columns []column
	values  []any
	targets []any
	abandon context.CancelFunc
	disarm  func()
	ended   bool
}

func (w *genericWalk) cursor() *Cursor {
	names := make([]string, len(w.columns))
	w.values, w.targets = make([]any, len(w.columns)), make([]any, len(w.columns))
	for i := range w.columns {
		names[i], w.targets[i] = w.columns[i].name, &w.values[i]
	}
	return &Cursor{columns: names, next: w.next, close: w.close}
}

func (w *genericWalk) next() ([]any, error) {
	if !w.rows.Next() {
		w.ended = true
		return nil, w.rows.Err()
	}
	if err := w.rows.Scan(w.targets...); err != nil {
		return nil, err
	}
	for i, value := range w.values {
		if bytes, ok := value.([]byte); ok && w.columns[i].read != nil {
			w.values[i] = w.columns[i].read(bytes)
			continue
		}
		var err error
		if w.values[i], err = plain(value); err != nil {
			return nil, err
		}
	}
	return w.values, nil
}

// close does not read what is left of a result: a driver whose context ends hangs
// up instead.
func (w *genericWalk) close() {
	if !w.ended {
		w.abandon()
	}
	w.rows.Close()  //nolint:errcheck // read-only: nothing can be lost
	w.tx.Rollback() //nolint:errcheck // nothing was written
	w.disarm()
	w.abandon()
}

// unreachable marks an error of connecting, whatever its kind.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }
