package source_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/source"
)

// mariadb starts a real server of its own, or skips loudly where there is none. It
// returns the URL of the database and how to kill the server.
func mariadb(t *testing.T) (address string, kill func()) {
	t.Helper()
	install, server := mariadbPrograms(t)
	dir, err := os.MkdirTemp("", "reports-mariadb-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	attributes := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // the server refuses to run as root
		attributes.Credential = owner(t, "mysql", dir)
	}
	data := "--datadir=" + filepath.Join(dir, "data")
	setup := exec.Command(install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-flush-log-at-trx-commit=0")
	setup.SysProcAttr, setup.Dir = attributes, dir
	if said, err := setup.CombinedOutput(); err != nil {
		t.Fatalf("mariadb-install-db: %v\n%s", err, said)
	}
	port := freePort(t)
	running := exec.Command(server, "--no-defaults", data, fmt.Sprintf("--port=%d", port), "--bind-address=127.0.0.1",
		"--socket="+filepath.Join(dir, "socket"), "--pid-file="+filepath.Join(dir, "pid"), "--innodb-buffer-pool-size=32M")
	running.SysProcAttr, running.Dir = attributes, dir
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	kill = func() {
		if !stopped {
			running.Process.Kill()
			running.Wait()
			stopped = true
		}
	}
	t.Cleanup(kill)
	return fmt.Sprintf("mysql://root@127.0.0.1:%d/shop", port), kill
}

func mariadbPrograms(t *testing.T) (install, server string) {
	t.Helper()
	install, err := exec.LookPath("mariadb-install-db")
	for _, path := range []string{"mariadbd", "/usr/sbin/mariadbd"} {
		if found, lookErr := exec.LookPath(path); err == nil && lookErr == nil {
			return install, found
		}
	}
	t.Skip("SKIPPED: MariaDB is missing; apt-get install mariadb-server")
	return "", ""
}

// fillMariaDB makes the tables as soon as the server takes connections, and returns
// a connection of its own to look at the server with.
func fillMariaDB(t *testing.T, address string) *sql.DB {
	t.Helper()
	_, host, _ := strings.Cut(address, "@")
	host, _, _ = strings.Cut(host, "/")
	admin, err := sql.Open("mysql", "root@tcp("+host+")/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for err := admin.PingContext(ctx); err != nil; err = admin.PingContext(ctx) {
		if ctx.Err() != nil {
			t.Fatalf("the server never took connections: %v", err)
		}
		runtime.Gosched()
	}
	for _, statement := range []string{
		`create database shop character set utf8mb4`,
		`create table shop.kinds (id int primary key, price decimal(20,4), huge bigint unsigned, flags bit(10), one bit(1), paid tinyint(1), share float, rate double,
			day date, moment datetime(3), clock time, year_ year, name varchar(40), note text, doc json, raw varbinary(4), kind enum('a','b'), big decimal(40,0))`,
		`insert into shop.kinds values (1, 12345678901234.5600, 18446744073709551615, b'1000000001', b'1', 1, 0.1, 2.5,
			'2026-02-28', '2026-02-28 23:59:58.250', '10:20:30', 2026, 'señal 🚀', 'x', '{"a": [1, "ñ"]}', x'414243', 'b', 1234567890123456789012345678901234567890)`,
		`insert into shop.kinds (id) values (2)`,
		`create table shop.sales (id int primary key, region varchar(10), amount decimal(10,2))`,
		`insert into shop.sales select seq, elt(1 + seq % 2, 'norte', 'sur'), seq * 1.25 from shop.seq_1_to_10000`,
	} {
		if _, err := admin.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return admin
}

func TestMariaDB(t *testing.T) {
	address, kill := mariadb(t)
	admin := fillMariaDB(t, address)
	opened, err := source.Open("shop", address)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()

	t.Run("values come in plain types, prepared or not", func(t *testing.T) { mariadbTypes(t, opened) })
	t.Run("rows come one by one", func(t *testing.T) { mariadbStreams(t, opened) })
	t.Run("nothing can be written", func(t *testing.T) {
		for _, write := range []string{"delete from sales returning id", "create table other (id int)", "insert into sales values (0, 'x', 1)"} {
			if _, err := drain(t.Context(), opened, statement(t, write), time.Minute); !errors.Is(err, source.ErrQuery) {
				t.Errorf("%s ended with %v", write, err)
			}
		}
	})
	t.Run("a query that writes by a function is refused", func(t *testing.T) {
		if _, err := admin.ExecContext(t.Context(), "create function shop.sly() returns int deterministic modifies sql data begin delete from shop.sales; return 1; end"); err != nil {
			t.Fatal(err)
		}
		if _, err := drain(t.Context(), opened, statement(t, "select sly()"), time.Minute); !errors.Is(err, source.ErrQuery) {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Run("bad SQL is the query's fault", func(t *testing.T) {
		if _, err := drain(t.Context(), opened, statement(t, `select nothing from nowhere`), time.Minute); !errors.Is(err, source.ErrQuery) || !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Run("the server stops a slow statement", func(t *testing.T) {
		if _, err := drain(t.Context(), opened, statement(t, `select sleep(30)`), 50*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Run("a cancelled report stops the statement, on the server too", func(t *testing.T) { mariadbCancels(t, opened, admin) })
	t.Run("a server that is killed under a report is unavailable", func(t *testing.T) {
		cursor, err := opened.Query(t.Context(), statement(t, `select seq from seq_1_to_1000000000`), nil, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		defer cursor.Close()
		kill()
		for err == nil {
			_, err = cursor.Next()
		}
		if !errors.Is(err, source.ErrUnavailable) {
			t.Errorf("it ended with %v", err)
		}
		dead, err := source.Open("shop", strings.Replace(address, "root@", "root:geheim@", 1))
		if err != nil {
			t.Fatal(err)
		}
		defer dead.Close()
		if _, err := drain(t.Context(), dead, statement(t, `select 1`), time.Minute); !errors.Is(err, source.ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("it ended with %v", err)
		}
	})
}

// mariadbTypes: the text protocol (no parameters) and the binary one (with them)
// bring the same values.
func mariadbTypes(t *testing.T, opened *source.Source) {
	day, moment := time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 28, 23, 59, 58, 250e6, time.UTC)
	want := []any{
		int64(1), "12345678901234.5600", "18446744073709551615", int64(513), int64(1), int64(1), 0.1, 2.5,
		day, moment, "10:20:30", int64(2026), "señal 🚀", "x", `{"a": [1, "ñ"]}`, "ABC", "b", "1234567890123456789012345678901234567890",
	}
	for name, values := range map[string]map[string]any{"select * from kinds where id >= 1 order by id": nil, "select * from kinds where id >= :least order by id": {"least": int64(1)}} {
		cursor, err := opened.Query(t.Context(), statement(t, name), values, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		row, err := cursor.Next()
		if err != nil {
			t.Fatal(err)
		}
		got := make([]any, len(row))
		for i, value := range row {
			if bytes, ok := value.([]byte); ok {
				value = string(bytes)
			}
			got[i] = value
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if row, err = cursor.Next(); err != nil || row[0] != int64(2) {
			t.Fatalf("%v %v", row, err)
		}
		for i, value := range row[1:] {
			if value != nil {
				t.Errorf("%s: column %s is %v, not nil", name, cursor.Columns()[i+1], value)
			}
		}
		cursor.Close()
	}
	query := statement(t, `select id, amount from sales where region = :region and (:least is null or amount > :least)`)
	count, err := opened.Count(t.Context(), query, map[string]any{"region": "norte", "least": 2.0})
	if err != nil || count != 5000 {
		t.Errorf("counted %d, %v", count, err)
	}
}

// mariadbStreams reads a little of a result of a thousand million rows and leaves.
func mariadbStreams(t *testing.T, opened *source.Source) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cursor, err := opened.Query(t.Context(), statement(t, `select seq, repeat('x', 100) from seq_1_to_1000000000`), nil, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(50_000) {
		if row, err := cursor.Next(); err != nil || row[0] != i+1 {
			t.Fatalf("row %d is %v, %v", i, row, err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("%d bytes are held after 50,000 rows", grown)
	}
	began := time.Now()
	cursor.Close()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("leaving took %s: the rest was read", took)
	}
}

func mariadbCancels(t *testing.T, opened *source.Source, admin *sql.DB) {
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("cancelled")
	const slow = "select sleep(300) as cancelled_in_a_test"
	running := func() (count int) {
		err := admin.QueryRowContext(t.Context(), `select count(*) from information_schema.processlist where info like 'select sleep(300)%'`).Scan(&count)
		if err != nil {
			t.Fatal(err)
		}
		return count
	}
	ended := make(chan error, 1)
	go func() {
		_, err := drain(ctx, opened, statement(t, slow), 10*time.Minute)
		ended <- err
	}()
	waitUntil(t, "the server to run the statement", func() bool { return running() == 1 })
	cancel(gone)
	if err := <-ended; !errors.Is(err, gone) {
		t.Errorf("it ended with %v", err)
	}
	waitUntil(t, "the server to stop the statement", func() bool { return running() == 0 })
}

func waitUntil(t *testing.T, what string, done func() bool) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	limit := time.After(20 * time.Second)
	for !done() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
