package source

import (
	"context"
	"database/sql"
	"runtime"
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
	pool *sql.DB
	// An engine in this process computes on our processors, and until its first
	// row it cannot be paused: so many queries may be at that at once, and
	// whoever answers requests keeps a processor. Nil for servers.
	slots chan struct{}
}

func openGeneric(spoken dialect, address string) (*generic, error) {
	dsn, err := spoken.dsn(address)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open(spoken.driver, dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(4)
	pool.SetConnMaxIdleTime(idleTime)
	reader := &generic{dialect: spoken, pool: pool}
	if spoken.inProcess {
		reader.slots = make(chan struct{}, max(runtime.GOMAXPROCS(0)-1, 1))
	}
	return reader, nil
}

// enter takes a slot where they are counted, and leave gives it back.
func (g *generic) enter(ctx context.Context) (leave func(), err error) {
	if g.slots == nil {
		return func() {}, nil
	}
	select {
	case g.slots <- struct{}{}:
		return func() { <-g.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (g *generic) mark(n int) string       { return g.dialect.mark(n) }
func (g *generic) timedOut(err error) bool { return g.dialect.timedOut(err) }
func (g *generic) lost(err error) bool     { return g.dialect.lost(err) }
func (g *generic) close() error            { return g.pool.Close() }

func (g *generic) count(ctx context.Context, query string, bound []any) (int64, error) {
	leave, err := g.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	tx, err := g.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	var count int64
	return count, tx.QueryRowContext(ctx, query, bound...).Scan(&count)
}

func (g *generic) open(ctx context.Context, query string, bound []any, timeout time.Duration) (*Cursor, error) {
	leave, err := g.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
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
	if statement := g.limit(timeout); statement != "" {
		if _, err := tx.ExecContext(ctx, statement); err != nil && !g.limitOptional {
			return nil, err
		}
	}
	rows, err := tx.QueryContext(ctx, query, bound...)
	if err != nil {
		return nil, err
	}
	columns, err := rows.Columns()
	if err != nil {
		rows.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	return genericCursor(tx, rows, columns), nil
}

func genericCursor(tx *sql.Tx, rows *sql.Rows, columns []string) *Cursor {
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	next := func() ([]any, error) {
		if !rows.Next() {
			return nil, rows.Err()
		}
		return values, rows.Scan(targets...)
	}
	done := func() {
		rows.Close()  //nolint:errcheck // read-only: nothing can be lost
		tx.Rollback() //nolint:errcheck // nothing was written
	}
	return &Cursor{columns: columns, next: next, close: done}
}

// unreachable marks an error of connecting, whatever its kind.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }
