package source_test

import (
	"context"
	"net/netip"
	"os"
	"os/user"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// owner gives a folder to an account of the system and returns its credential.
func owner(t *testing.T, name, dir string) *syscall.Credential {
	t.Helper()
	account, err := user.Lookup(name)
	if err != nil {
		t.Skipf("SKIPPED: running as root and there is no user %s to run the server as", name)
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// freePort is for servers that cannot choose their port by themselves.
func freePort(t *testing.T) int {
	t.Helper()
	return int(netip.MustParseAddrPort(testkit.FreeAddress(t)).Port())
}

// ask runs a query.
func ask(ctx context.Context, from *source.Source, sql string, timeout time.Duration) (*source.Cursor, error) {
	return from.Query(ctx, source.Query{SQL: sql, Timeout: timeout})
}

func drain(ctx context.Context, from *source.Source, sql string, timeout time.Duration) (rows int, err error) {
	cursor, err := ask(ctx, from, sql, timeout)
	if err != nil {
		return 0, err
	}
	defer cursor.Close()
	for {
		row, err := cursor.Next()
		if err != nil || row == nil {
			return rows, err
		}
		rows++
	}
}

// texts reads a whole result as text, NULL as "-".
func texts(t *testing.T, from *source.Source, query source.Query) (columns []string, rows [][]string) {
	t.Helper()
	query.Timeout = time.Minute
	cursor, err := from.Query(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query.SQL, err)
	}
	defer cursor.Close()
	for {
		values, err := cursor.Next()
		if err != nil {
			t.Fatalf("%s: %v", query.SQL, err)
		}
		if values == nil {
			return cursor.Columns(), rows
		}
		row := make([]string, len(values))
		for i, one := range values {
			if row[i] = one.String(); one.Kind == value.Null {
				row[i] = "-"
			}
		}
		rows = append(rows, row)
	}
}
