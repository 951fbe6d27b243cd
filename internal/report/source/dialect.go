package source

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
)

// A dialect is what differs between the databases that database/sql reads.
type dialect struct {
	connector     func(address string) (driver.Connector, error) // or driver and dsn
	driver        string
	inProcess     bool
	readOnly      bool // takes sql.TxOptions.ReadOnly
	limitOptional bool // a server that does not know the limit runs without
	dsn           func(address string) (string, error)
	guard         string // keeps the session from writing what the transaction does not forbid
	mark          func(n int) string
	limit         func(timeout time.Duration) string
	session       string                      // asks for the session's id, where hanging up leaves a query running
	kill          func(id int64) string       // stops that session's query
	raw           map[string]func([]byte) any // how values of a database type come, where not as text
	timedOut      func(error) bool
	lost          func(error) bool
}

var sqliteDialect = dialect{
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
	mark:     func(int) string { return "?" },
	limit:    func(time.Duration) string { return "" }, // the context interrupts the engine
	timedOut: func(error) bool { return false },
	lost: func(err error) bool {
		var failure *sqlite.Error
		// SQLITE_BUSY, _LOCKED, _IOERR, _CORRUPT, _CANTOPEN, _NOTADB
		return lostConnection(err) || errors.As(err, &failure) && oneOfCodes(failure.Code()&0xff, 5, 6, 10, 11, 14, 26)
	},
}

var mysqlDialect = dialect{
	connector:     mysqlConnector,
	readOnly:      true,
	limitOptional: true, // MySQL before 5.7.8
	// MariaDB commits before it looks whether a CREATE TABLE may be; what it looks at
	// then is the session's.
	guard:    "SET SESSION TRANSACTION READ ONLY",
	mark:     func(int) string { return "?" },
	limit:    mysqlLimit,
	session:  "SELECT CONNECTION_ID()",
	kill:     func(id int64) string { return "KILL QUERY " + strconv.FormatInt(id, 10) },
	raw:      map[string]func([]byte) any{"BIT": bits},
	timedOut: func(err error) bool { return oneOfCodes(mysqlCode(err), 3024, 1969) },
	lost: func(err error) bool {
		// too many connections (1040, 1203), blocked host, shutdown, lock wait, killed (1317, 1927)
		return oneOfCodes(mysqlCode(err), 1040, 1203, 1129, 1053, 1205, 1317, 1927) || lostConnection(err)
	},
}

// mysqlLimit is one statement for both: MariaDB reads the first comment, which has
// seconds, and skips the second as one for later MySQLs; MySQL reads the second.
func mysqlLimit(timeout time.Duration) string {
	seconds := strconv.FormatFloat(max(timeout.Seconds(), 0.001), 'f', 3, 64)
	return "SET SESSION /*M! max_statement_time = " + seconds + " */ /*!50708 max_execution_time = " + milliseconds(timeout) + " */"
}

// SQL Server has no read-only transaction; ApplicationIntent and the rollback
// are what there is, and the login should be a member of db_datareader only.
var sqlServerDialect = dialect{
	driver: "sqlserver",
	dsn: func(address string) (string, error) {
		address, err := withDefault(address, "ApplicationIntent", "ReadOnly")
		if err != nil {
			return "", err
		}
		return withDefault(address, "dial timeout", "10")
	},
	mark:     func(n int) string { return "@p" + strconv.Itoa(n) },
	raw:      map[string]func([]byte) any{"UNIQUEIDENTIFIER": uniqueIdentifier},
	limit:    func(timeout time.Duration) string { return "SET LOCK_TIMEOUT " + milliseconds(timeout) },
	timedOut: func(err error) bool { return sqlServerNumber(err) == 1222 },
	lost:     lostConnection,
}

func mysqlConnector(address string) (driver.Connector, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	config := mysql.NewConfig()
	config.Net, config.Addr = "tcp", parsed.Host
	if parsed.Port() == "" {
		config.Addr = net.JoinHostPort(parsed.Hostname(), "3306")
	}
	config.User = parsed.User.Username()
	config.Passwd, _ = parsed.User.Password()
	config.DBName = strings.TrimPrefix(parsed.Path, "/")
	config.Timeout = connectTime
	config.ParseTime = true
	config.Logger = &mysql.NopLogger{} // what it would write to standard error comes as an error, too
	for key, values := range parsed.Query() {
		if key != "tls" {
			return nil, fmt.Errorf("unknown option %q; mysql:// knows tls", key)
		}
		config.TLSConfig = values[0]
	}
	return mysql.NewConnector(config)
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

func lostConnection(err error) bool {
	var network net.Error
	var connecting unreachable
	return errors.As(err, &connecting) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded)
}

func mysqlCode(err error) int {
	var failure *mysql.MySQLError
	if errors.As(err, &failure) {
		return int(failure.Number)
	}
	return 0
}

func sqlServerNumber(err error) int {
	var failure interface{ SQLErrorNumber() int32 }
	if errors.As(err, &failure) {
		return int(failure.SQLErrorNumber())
	}
	return 0
}

func oneOfCodes(code int, codes ...int) bool {
	for _, known := range codes {
		if code == known {
			return true
		}
	}
	return false
}
