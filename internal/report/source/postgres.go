package source

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/statement"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// fetchRows is how many rows the cursor brings at a time: few enough to hold in
// memory, enough that the round trips do not matter.
const fetchRows = 2000

// postgres reads through a server-side cursor, so that neither side ever holds
// the whole result. Each query has a connection of its own: its cost is small beside a
// report's.
// Values come in the server's own text form, and a report's query goes by the
// extended protocol, which takes one statement.
type postgres struct {
	config       *pgconn.Config
	passwordFile string
}

func openPostgres(address, passwordFile string) (*postgres, error) {
	config, err := pgconn.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the postgres:// address cannot be read; it is postgres://user:password@host:port/database")
	}
	config.ConnectTimeout = connectTime
	config.RuntimeParams["client_encoding"] = "UTF8" // for what the server says before the first statement
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "pasarela-reports"
	}
	return &postgres{config, passwordFile}, nil
}

func (p *postgres) dialect() statement.Dialect { return statement.PostgreSQL }

func (p *postgres) placeholder(n int) string { return "$" + strconv.Itoa(n) }

func (p *postgres) close() error { return nil }

func (p *postgres) connect(ctx context.Context) (*pgconn.PgConn, error) {
	config := p.config
	if p.passwordFile != "" {
		password, err := readPassword(p.passwordFile)
		if err != nil {
			return nil, unreachable{err}
		}
		config = config.Copy()
		config.Password = password
	}
	connection, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, unreachable{err}
	}
	return connection, nil
}

func (p *postgres) open(ctx context.Context, run run) (*Cursor, error) {
	connection, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	walk := &postgresWalk{ctx: ctx, connection: connection, timeout: run.timeout}
	columns, err := walk.declare(run)
	if err != nil {
		closeConnection(connection)
		return nil, withParameter(err, run.names)
	}
	return &Cursor{columns: columns, next: walk.next, close: walk.close}, nil
}

// session begins the read-only transaction and sets what the form of values and the
// meaning of literals depend on. All of it ends with the transaction, so that a pool of
// connections in between (pgbouncer) keeps nothing of it.
func session(run run) string {
	zone := run.zone.String()
	if run.zone.Fixed() { // POSIX counts its offsets west, ISO 8601 east
		zone = "<" + zone + ">" + map[byte]string{'+': "-", '-': "+"}[zone[0]] + zone[1:]
	}
	return "BEGIN READ ONLY; SET LOCAL client_encoding = 'UTF8'; SET LOCAL standard_conforming_strings = on; SET LOCAL DateStyle = 'ISO'; " +
		"SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; " +
		"SET LOCAL TimeZone = '" + zone + "'; SET LOCAL statement_timeout = " + milliseconds(run.timeout)
}

// postgresWalk fetches batch after batch from the cursor.
type postgresWalk struct {
	ctx        context.Context
	connection *pgconn.PgConn
	timeout    time.Duration
	began      time.Time // the statement that runs
	rows       *pgconn.ResultReader
	batch      int // rows seen of this batch
	columns    []postgresColumn
	values     []value.Value
	ready      bool // a row was read that next has not returned yet
	ended      bool
}

const fetch = "FETCH FORWARD 2000 FROM report"

func (p *postgres) describe(ctx context.Context, run run) ([]string, error) {
	connection, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer closeConnection(connection)
	walk := &postgresWalk{ctx: ctx, connection: connection, timeout: run.timeout}
	if err := walk.begin(run); err != nil {
		return nil, err
	}
	columns, err := walk.describe(run.text)
	return columns, withParameter(err, run.names)
}

func (w *postgresWalk) begin(run run) error {
	w.began = time.Now()
	_, err := w.connection.Exec(w.ctx, session(run)).ReadAll()
	return w.failed(err)
}

// declare opens the cursor and reads up to its first row, so that an error of the
// query shows before anything else is made of the result.
func (w *postgresWalk) declare(run run) ([]string, error) {
	if err := w.begin(run); err != nil {
		return nil, err
	}
	result := w.connection.ExecParams(w.ctx, declaring+run.text, parameterTexts(run.bound), nil, nil, nil).Read()
	if result.Err != nil {
		return nil, declared{w.failed(result.Err)}
	}
	names, err := w.describe(fetch)
	if err != nil {
		return nil, err
	}
	w.values = make([]value.Value, len(w.columns))
	w.fetch()
	w.ready, err = w.advance()
	return names, err
}

// describe finds the columns of a statement and how their values are read.
func (w *postgresWalk) describe(text string) (names []string, err error) {
	described, err := w.connection.Prepare(w.ctx, "", text, nil)
	if err != nil {
		return nil, w.failed(err)
	}
	for _, field := range described.Fields {
		read, err := w.reading(field.DataTypeOID)
		if err != nil {
			return nil, err
		}
		names = append(names, field.Name)
		w.columns = append(w.columns, postgresColumn{field.Name, field.DataTypeOID, read})
	}
	return names, nil
}

// parameterTexts are the values as text, whose types the server finds out.
func parameterTexts(bound []value.Value) [][]byte {
	texts := make([][]byte, len(bound))
	for i, given := range bound {
		if given.Kind != value.Null {
			texts[i] = []byte(given.String())
		}
	}
	return texts
}

func (w *postgresWalk) fetch() {
	w.batch, w.began = 0, time.Now()
	w.rows = w.connection.ExecParams(w.ctx, fetch, nil, nil, nil, nil)
}

// advance moves to the next row; more is false behind the last.
func (w *postgresWalk) advance() (more bool, err error) {
	for !w.rows.NextRow() {
		if _, err := w.rows.Close(); err != nil {
			return false, w.failed(err)
		}
		if w.batch < fetchRows {
			w.ended = true
			return false, nil
		}
		w.fetch()
	}
	w.batch++
	return true, nil
}

func (w *postgresWalk) next() ([]value.Value, error) {
	if !w.ready && !w.ended {
		more, err := w.advance()
		if err != nil {
			return nil, err
		}
		w.ready = more
	}
	if w.ended {
		return nil, nil
	}
	w.ready = false
	for i, raw := range w.rows.Values() {
		if raw == nil {
			w.values[i] = value.Value{}
			continue
		}
		var err error
		if w.values[i], err = w.columns[i].read(raw); err != nil {
			return nil, fmt.Errorf("column %q (type %d): %w", w.columns[i].name, w.columns[i].oid, err)
		}
	}
	return w.values, nil
}

func (w *postgresWalk) close() { closeConnection(w.connection) }

// failed adds what the SQLSTATE does not say: a statement that reached its timeout has
// the code of a cancelled one (57014), and an error without a code is the connection's.
func (w *postgresWalk) failed(err error) error {
	code := postgresCode(err)
	switch {
	case err == nil:
		return nil
	case code == "":
		return unreachable{err}
	case code == "57014" && time.Since(w.began) >= w.timeout:
		return timeUp{err}
	}
	return err
}

// timeUp marks a statement that the server stopped in time.
type timeUp struct{ error }

func (t timeUp) Unwrap() error { return t.error }

var numbered = regexp.MustCompile(`\$(\d+)`)

// withParameter names the parameter whose type the server cannot find out.
func withParameter(err error, names []string) error {
	code := postgresCode(err)
	found := numbered.FindStringSubmatch(fmt.Sprint(err))
	if code != "42P18" && code != "42P08" || found == nil {
		return err
	}
	n, convertErr := strconv.Atoi(found[1])
	if convertErr != nil || n < 1 || n > len(names) {
		return err
	}
	return language.Errorf("source.parameter_type", "error", err, "name", names[n-1])
}

func closeConnection(connection *pgconn.PgConn) {
	// The report's context may have ended; the server still gets its Terminate message.
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = connection.Close(ctx) // read-only: nothing can be lost
}

func (p *postgres) timedOut(err error) bool {
	var late timeUp
	return errors.As(err, &late)
}

// lost recognizes connection exceptions (08), conflicts with a standby's
// recovery and other transactions (40), too many connections and no memory (53),
// and a server that goes down (57P).
func (p *postgres) lost(err error) bool {
	code := postgresCode(err)
	for _, class := range []string{"08", "40", "53", "57P"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return lostConnection(err)
}

// refused recognizes errors of the login, the database's name or the
// certificate. Connecting tries several addresses and ways, so the error may
// hold several.
func (p *postgres) refused(err error) bool {
	var connecting *pgconn.ConnectError
	if !errors.As(err, &connecting) {
		return false
	}
	code := postgresCode(err)
	return strings.HasPrefix(code, "28") || strings.HasPrefix(code, "3D") || code == "42501" || isUntrusted(err)
}

func postgresCode(err error) string {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}
