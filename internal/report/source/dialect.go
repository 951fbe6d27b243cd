package source

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"modernc.org/sqlite"

	"github.com/pasarela-ws/pasarela/internal/report/statement"
	"github.com/pasarela-ws/pasarela/internal/report/value"
)

// A driverDialect holds what differs between the databases that database/sql reads.
type driverDialect struct {
	sql         statement.Dialect
	connector   func(address string) (driver.Connector, error) // or driver and dsn
	driver      string
	dsn         func(address string) (string, error)
	inProcess   bool
	readOnly    bool // takes sql.TxOptions.ReadOnly
	prepares    bool // prepared, the server takes one statement
	placeholder func(n int) string
	// setUp sets the session up. It returns the session's id where a query
	// continues after the connection is closed, else 0.
	setUp    func(ctx context.Context, connection *sql.Conn, run run) (session int64, err error)
	kill     func(session int64) string                                                        // stops what runs in it
	columns  func(ctx context.Context, tx *sql.Tx, text string, bound []any) ([]string, error) // of a query that is not run
	reading  func(kind string, zone value.Zone) func(any) (value.Value, error)
	timedOut func(error) bool
	lost     func(error) bool
	refused  func(error) bool // the login
}

var sqliteDialect = driverDialect{
	sql:       statement.SQLite,
	driver:    "sqlite",
	inProcess: true,
	readOnly:  true,
	dsn: func(address string) (string, error) {
		file := strings.TrimPrefix(strings.TrimPrefix(address, "sqlite:"), "//")
		if file == "" {
			return "", errors.New("sqlite: needs a file name after it")
		}
		return "file:" + (&url.URL{Path: file}).EscapedPath() + "?mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(10000)", nil
	},
	placeholder: func(int) string { return "?" },
	columns:     sqliteColumns,
	reading:     sqliteReading,
	timedOut:    func(error) bool { return false }, // the context interrupts the engine
	lost: func(err error) bool {
		var failure *sqlite.Error
		// SQLITE_BUSY, _LOCKED, _IOERR, _CORRUPT, _CANTOPEN, _NOTADB
		return lostConnection(err) || errors.As(err, &failure) && oneOfCodes(failure.Code()&0xff, 5, 6, 10, 11, 14, 26)
	},
	refused: func(error) bool { return false },
}

// SQL Server has no read-only transaction; ApplicationIntent, the reader of
// statements and the rollback are what there is, and the login should be a member
// of db_datareader only (A-REPORT-6).
var sqlServerDialect = driverDialect{
	sql: statement.SQLServer,
	connector: func(address string) (driver.Connector, error) {
		address, err := sqlServerAddress(address)
		if err != nil {
			return nil, err
		}
		return mssql.NewConnector(address)
	},
	placeholder: func(n int) string { return "@p" + strconv.Itoa(n) },
	setUp: func(ctx context.Context, connection *sql.Conn, run run) (int64, error) {
		_, err := connection.ExecContext(ctx, "SET LOCK_TIMEOUT "+milliseconds(run.timeout)+"; SET QUOTED_IDENTIFIER ON; SET IMPLICIT_TRANSACTIONS OFF")
		return 0, err // the driver cancels the query when the context ends
	},
	columns:  sqlServerColumns,
	reading:  sqlServerReading,
	timedOut: func(err error) bool { return sqlServerNumber(err) == 1222 },
	lost: func(err error) bool {
		// deadlock, out of memory, shutdown, and what Azure calls transient
		return oneOfCodes(sqlServerNumber(err), 1205, 701, 6005, 40197, 40501, 40613, 49918, 49919, 49920) || lostConnection(err)
	},
	// login failed, cannot open the database, untrusted domain, disabled, locked out, password expired
	refused: func(err error) bool {
		return oneOfCodes(sqlServerNumber(err), 18456, 4060, 18452, 18470, 18486, 18487, 18488)
	},
}

// sqlServerAddress is an address as the driver takes it.
func sqlServerAddress(address string) (string, error) {
	address, err := withDefault(address, "ApplicationIntent", "ReadOnly")
	if err != nil {
		return "", err
	}
	return withDefault(address, "dial timeout", "10")
}

func withDefault(address, option, value string) (string, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	query := parsed.Query()
	if !query.Has(option) {
		query.Set(option, value)
	}
	parsed.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return parsed.String(), nil
}

func sqlServerNumber(err error) int {
	var failure interface{ SQLErrorNumber() int32 }
	if errors.As(err, &failure) {
		return int(failure.SQLErrorNumber())
	}
	return 0
}

func oneOfCodes(code int, codes ...int) bool { return slices.Contains(codes, code) }

// exactFloat is a decimal as a float64; ok is false where digits are lost.
func exactFloat(plain string) (n float64, ok bool) {
	n, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return 0, false
	}
	var given, taken value.Sum
	given.Add(plain)
	taken.Add(strconv.FormatFloat(n, 'f', -1, 64))
	return n, given.Plain() == taken.Plain()
}

// moment reads a driver's time.
func moment(kind value.Kind, t time.Time, zoned bool) value.Value {
	return value.Value{Kind: kind, Moment: value.OfTime(t, zoned)}
}
