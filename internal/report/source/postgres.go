package source

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// fetchRows is how many rows the cursor brings at a time: few enough to hold,
// many enough that the way to the server does not count.
const fetchRows = 2000

// postgres reads through a server-side cursor, so that neither side ever holds
// the whole result. A connection a report: what it costs is lost beside a report.
type postgres struct{ config *pgx.ConnConfig }

func openPostgres(address string) (*postgres, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the postgres:// address cannot be read; it is postgres://user:password@host:port/database")
	}
	config.ConnectTimeout = connectTime
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // no statement is run twice on a connection
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "pasarela-reports"
	}
	return &postgres{config}, nil
}

func (p *postgres) mark(n int) string { return "$" + strconv.Itoa(n) }

func (p *postgres) close() error { return nil }

func (p *postgres) count(ctx context.Context, query string, bound []any) (int64, error) {
	connection, tx, err := p.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer hangUp(connection)
	var count int64
	return count, tx.QueryRow(ctx, query, bound...).Scan(&count)
}

func (p *postgres) open(ctx context.Context, query string, bound []any, timeout time.Duration) (*Cursor, error) {
	connection, tx, err := p.begin(ctx)
	if err != nil {
		return nil, err
	}
	cursor, err := declare(ctx, connection, tx, query, bound, timeout)
	if err != nil {
		hangUp(connection)
	}
	return cursor, err
}

func (p *postgres) begin(ctx context.Context) (*pgx.Conn, pgx.Tx, error) {
	connection, err := pgx.ConnectConfig(ctx, p.config)
	if err != nil {
		return nil, nil, unreachable{err}
	}
	tx, err := connection.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		hangUp(connection)
		return nil, nil, err
	}
	return connection, tx, nil
}

func declare(ctx context.Context, connection *pgx.Conn, tx pgx.Tx, query string, bound []any, timeout time.Duration) (*Cursor, error) {
	if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = "+milliseconds(timeout)); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, "DECLARE report NO SCROLL CURSOR FOR "+query, bound...); err != nil {
		return nil, err
	}
	walk := &postgresWalk{ctx: ctx, tx: tx}
	if err := walk.fetch(); err != nil {
		return nil, err
	}
	var columns []string
	for _, field := range walk.rows.FieldDescriptions() {
		columns = append(columns, field.Name)
	}
	return &Cursor{columns: columns, next: walk.next, close: func() { walk.rows.Close(); hangUp(connection) }}, nil
}

// postgresWalk fetches batch after batch from the cursor.
type postgresWalk struct {
	ctx   context.Context
	tx    pgx.Tx
	rows  pgx.Rows
	batch int // rows seen of this batch
}

func (w *postgresWalk) fetch() (err error) {
	w.batch = 0
	// QueryExecModeExec sends text without parameters' types; a FETCH has none.
	w.rows, err = w.tx.Query(w.ctx, fmt.Sprintf("FETCH FORWARD %d FROM report", fetchRows), pgx.QueryExecModeDescribeExec)
	return err
}

func (w *postgresWalk) next() ([]any, error) {
	for !w.rows.Next() {
		if err := w.rows.Err(); err != nil || w.batch < fetchRows {
			return nil, err
		}
		if err := w.fetch(); err != nil {
			return nil, err
		}
	}
	w.batch++
	values, err := w.rows.Values()
	if err != nil {
		return nil, err
	}
	for i, value := range values {
		if values[i], err = plain(value); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func hangUp(connection *pgx.Conn) {
	// The report's own context may be over; a good-bye is still polite, briefly.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	connection.Close(ctx) //nolint:errcheck // read-only: nothing can be lost
}

func (p *postgres) timedOut(err error) bool { return postgresCode(err) == "57014" }

// lost knows connection exceptions (08), too many connections and no memory
// (53), and a server that goes down (57P).
func (p *postgres) lost(err error) bool {
	code := postgresCode(err)
	for _, class := range []string{"08", "53", "57P"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return lostConnection(err) || code == "" && pgconn.SafeToRetry(err)
}

func postgresCode(err error) string {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}
