package source_test

import (
	"context"
	"net"
	"os"
	"os/user"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/source"
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

func freePort(t *testing.T) int {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return free.Addr().(*net.TCPAddr).Port
}

func statement(t *testing.T, sql string) definition.Statement {
	t.Helper()
	parsed, err := definition.ParseStatement(sql)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func drain(ctx context.Context, from *source.Source, query definition.Statement, timeout time.Duration) (rows int, err error) {
	cursor, err := from.Query(ctx, query, nil, timeout)
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
