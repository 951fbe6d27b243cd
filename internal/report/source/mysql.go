package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/pasarela-ws/pasarela/internal/report/statement"
)

var mysqlDialect = driverDialect{
	sql:         statement.MySQL,
	connector:   mysqlConnector,
	readOnly:    true,
	prepares:    true,
	placeholder: func(int) string { return "?" },
	setUp:       mysqlSettle,
	kill:        func(session int64) string { return "KILL QUERY " + strconv.FormatInt(session, 10) },
	columns:     mysqlColumns,
	reading:     mysqlReading,
	timedOut:    func(err error) bool { return oneOfCodes(mysqlCode(err), 3024, 1969) },
	lost: func(err error) bool {
		// Too many connections (1040, 1203), shutdown, lock wait, deadlock, connection
		// killed. A query that an administrator killed (1317) is not retried.
		return oneOfCodes(mysqlCode(err), 1040, 1203, 1053, 1205, 1213, 1927) || mysqlCode(err) == 0 && lostConnection(err)
	},
	// access denied, unknown database, host blocked or not allowed, password expired, account locked
	refused: func(err error) bool {
		return oneOfCodes(mysqlCode(err), 1044, 1045, 1049, 1129, 1130, 1698, 1820, 1862, 3118, 4151)
	},
}

// mysqlSettle makes the session read what statement.MySQL reads, gives it its zone
// and limit, and keeps it from writing: MariaDB commits before it looks whether a
// statement may write, and what it looks at then is the session's.
func mysqlSettle(ctx context.Context, connection *sql.Conn, run run) (session int64, err error) {
	var mode string
	if err := connection.QueryRowContext(ctx, "SELECT CONNECTION_ID(), @@SESSION.sql_mode").Scan(&session, &mode); err != nil {
		return 0, err
	}
	zone := run.zone.String()
	if zone == "UTC" { // needs no tables of zones
		zone = "+00:00"
	}
	_, err = connection.ExecContext(ctx, "SET SESSION sql_mode = '"+readableMode(mode)+"', SESSION time_zone = '"+zone+"'")
	if mysqlCode(err) == 1298 {
		return 0, fmt.Errorf("%w: load the server's time zone tables (mysql_tzinfo_to_sql), or give an offset such as +01:00", err)
	}
	if err != nil {
		return 0, err
	}
	if _, err := connection.ExecContext(ctx, "SET SESSION TRANSACTION READ ONLY"); err != nil {
		return 0, err
	}
	// MySQL before 5.7.8 has no limit; the context's end kills the query there, too.
	if _, err := connection.ExecContext(ctx, mysqlLimit(run.timeout)); err != nil && mysqlCode(err) == 0 {
		return 0, err
	}
	return session, nil
}

// readableMode drops from a session's mode what changes how quotes and backslashes
// are read, and the names of groups that would bring it back.
func readableMode(mode string) string {
	groups := []string{"NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ANSI", "DB2", "MAXDB", "MSSQL", "ORACLE", "POSTGRESQL"}
	return strings.Join(slices.DeleteFunc(strings.Split(mode, ","), func(one string) bool { return slices.Contains(groups, one) }), ",")
}

// mysqlLimit is one statement for both: MariaDB reads the first comment, which has
// seconds, and skips the second as one for later MySQLs; MySQL reads the second.
func mysqlLimit(timeout time.Duration) string {
	seconds := strconv.FormatFloat(max(timeout.Seconds(), 0.001), 'f', 3, 64)
	return "SET SESSION /*M! max_statement_time = " + seconds + " */ /*!50708 max_execution_time = " + milliseconds(timeout) + " */"
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
	config.Logger = &mysql.NopLogger{} // what it would write to standard error comes as an error, too
	if err := config.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return nil, err
	}
	if err := mysqlOptions(config, parsed); err != nil {
		return nil, err
	}
	return mysql.NewConnector(config)
}

func mysqlOptions(config *mysql.Config, address *url.URL) error {
	options := address.Query()
	for key := range options {
		if !slices.Contains([]string{"tls", "ca", "cert", "key"}, key) {
			return fmt.Errorf("unknown option %q; mysql:// knows tls, ca, cert, key and timezone", key)
		}
	}
	config.TLSConfig = options.Get("tls")
	authority, certificate, key := options.Get("ca"), options.Get("cert"), options.Get("key")
	if authority == "" && certificate == "" && key == "" {
		return nil
	}
	if mode := options.Get("tls"); mode != "" && mode != "true" {
		return fmt.Errorf("ca, cert and key go with tls=true, not with tls=%s", mode)
	}
	config.TLSConfig = ""
	config.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: address.Hostname()}
	if authority != "" {
		content, err := os.ReadFile(authority)
		if err != nil {
			return fmt.Errorf("ca: %w", err)
		}
		config.TLS.RootCAs = x509.NewCertPool()
		if !config.TLS.RootCAs.AppendCertsFromPEM(content) {
			return fmt.Errorf("ca: %s holds no certificate in PEM form", authority)
		}
	}
	if certificate == "" && key == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return fmt.Errorf("cert and key: %w", err)
	}
	config.TLS.Certificates = []tls.Certificate{pair}
	return nil
}

func mysqlCode(err error) int {
	var failure *mysql.MySQLError
	if errors.As(err, &failure) {
		return int(failure.Number)
	}
	return 0
}
