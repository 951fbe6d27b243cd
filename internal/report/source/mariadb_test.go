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
	"pgregory.net/rapid"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// mariadb starts a real server of its own that the authority has certified, or skips
// loudly where there is none. It returns the URL of the database and how to kill the server.
func mariadb(t *testing.T, own authority) (address string, kill func()) {
	t.Helper()
	install, server := mariadbPrograms(t)
	dir, err := os.MkdirTemp("", "reports-mariadb-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
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
	certificate, key := own.issue(t, dir, "server", attributes.Credential)
	authority := filepath.Join(dir, "authority.pem")
	writePEM(t, authority, "CERTIFICATE", own.certificate.Raw, attributes.Credential)
	port := freePort(t)
	running := exec.Command(server, "--no-defaults", data, fmt.Sprintf("--port=%d", port), "--bind-address=127.0.0.1", "--ssl-ca="+authority, "--ssl-cert="+certificate, "--ssl-key="+key,
		"--socket="+filepath.Join(dir, "socket"), "--pid-file="+filepath.Join(dir, "pid"), "--innodb-buffer-pool-size=32M")
	running.SysProcAttr, running.Dir = attributes, dir
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	kill = func() {
		if !stopped {
			_ = running.Process.Kill()
			_ = running.Wait()
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
		`create user certified require x509`,
		`grant select on shop.* to certified`,
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
	own := newAuthority(t)
	address, kill := mariadb(t, own)
	admin := fillMariaDB(t, address)
	opened, err := source.Open("shop", address)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()

	t.Run("every type keeps what the server says", func(t *testing.T) { mariadbTypes(t, opened) })
	t.Run("a query is read without being run", func(t *testing.T) {
		lists(t, opened, "sales: id int region varchar amount decimal")
		describes(t, opened, "select id, region as Region from sales where (:ids is null or id in (:ids)) and amount > :least order by id", "select sleep(3600) as id, count(*) as Region from sales", "id", "Region")
		if columns, err := opened.Describe(t.Context(), "select id, id from sales", func(string) bool { return false }); columns != nil || err != nil {
			t.Errorf("two columns of one name are %v, %v", columns, err)
		}
	})
	t.Run("moments are in the zone that was asked for", func(t *testing.T) { mariadbZones(t, address, admin) })
	t.Run("random values come back digit by digit", func(t *testing.T) { mariadbRoundTrips(t, opened) })
	t.Run("nothing gets past the one query", func(t *testing.T) { mariadbOnlyReads(t, opened, admin) })
	t.Run("a login that can write is told", func(t *testing.T) { mariadbRights(t, address, admin) })
	t.Run("a wrong login is refused and not unavailable", func(t *testing.T) { mariadbLogin(t, address) })
	t.Run("a password that changes is read from its file", func(t *testing.T) { mariadbRotates(t, address, admin) })
	t.Run("an ended report leaves no query behind", func(t *testing.T) { mariadbLeavesNothing(t, opened, admin) })
	t.Run("TLS with an own authority", func(t *testing.T) { mariadbTLS(t, address, own) })
	t.Run("a report that was cut off goes on", func(t *testing.T) {
		goesOn(t, opened, `select seq as n, concat(repeat('x', 1200), {text}) as name, seq * 0.37 as amount, date '2020-01-01' + interval seq % 2000 day as day, timestamp '2026-01-01 10:00:00' + interval seq second as moment from seq_1_to_16000 order by seq`, "seq", "uuid()")
	})
	t.Run("rows come one by one", func(t *testing.T) { mariadbStreams(t, opened) })
	t.Run("nothing can be written", func(t *testing.T) {
		for _, write := range []string{"delete from sales returning id", "create table other (id int)", "insert into sales values (0, 'x', 1)"} {
			if _, err := drain(t.Context(), opened, write, time.Minute); !errors.Is(err, source.ErrQuery) {
				t.Errorf("%s ended with %v", write, err)
			}
		}
	})
	t.Run("a query that writes by a function is refused", func(t *testing.T) {
		if _, err := admin.ExecContext(t.Context(), "create function shop.sly() returns int deterministic modifies sql data begin delete from shop.sales; return 1; end"); err != nil {
			t.Fatal(err)
		}
		if _, err := drain(t.Context(), opened, "select sly()", time.Minute); !errors.Is(err, source.ErrQuery) {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Run("bad SQL is the query's fault", func(t *testing.T) {
		if _, err := drain(t.Context(), opened, `select nothing from nowhere`, time.Minute); !errors.Is(err, source.ErrQuery) || !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Run("the server stops a slow statement", func(t *testing.T) {
		if _, err := drain(t.Context(), opened, `select sleep(30)`, 50*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Run("a cancelled report stops the statement, on the server too", func(t *testing.T) { mariadbCancels(t, opened, admin) })
	t.Run("a server that is killed under a report is unavailable", func(t *testing.T) {
		cursor, err := ask(t.Context(), opened, `select seq from seq_1_to_1000000000`, time.Minute)
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
		if _, err := drain(t.Context(), dead, `select 1`, time.Minute); !errors.Is(err, source.ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("it ended with %v", err)
		}
	})
}

func mariadbTypes(t *testing.T, opened *source.Source) {
	want := [][]string{
		{
			"1", "12345678901234.5600", "18446744073709551615", "513", "1", "1", "0.1", "2.5",
			"2026-02-28", "2026-02-28 23:59:58.25", "10:20:30", "2026", "señal 🚀", "x", `{"a": [1, "ñ"]}`, "0x414243", "b", "1234567890123456789012345678901234567890",
		},
		{"2", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"},
	}
	for _, query := range []source.Query{
		{SQL: "select * from kinds where id >= 1 order by id"},
		{SQL: "select * from kinds where id >= :least order by id", Values: map[string]value.Value{"least": value.OfInt(1)}},
	} {
		if _, rows := texts(t, opened, query); !cmp.Equal(rows, want) {
			t.Errorf("%s (-want +got):\n%s", query.SQL, cmp.Diff(want, rows))
		}
	}
	for sql, want := range map[string]string{
		"cast(9007199254740993 as signed)": "9007199254740993", "cast(18446744073709551615 as unsigned)": "18446744073709551615", "1e6": "1000000", "12345678.9e0": "12345678.9",
		"cast(16777217 as float)": "16777216", "date('9999-12-31')": "9999-12-31", "cast('1000-01-01 00:00:00.000001' as datetime(6))": "1000-01-01 00:00:00.000001",
		"timediff('-838:59:59', '0')": "-838:59:59", "x'00ff'": "0x00FF", "'it''s \\'x\\''": "it's 'x'", "json_object('a', 1.50)": `{"a": 1.50}`, "null": "-", "true": "1",
		"cast(1234567890123456789012345678.1234567890 as decimal(38,10))": "1234567890123456789012345678.1234567890", "inet6_ntoa(inet6_aton('::1'))": "::1",
	} {
		if _, rows := texts(t, opened, source.Query{SQL: "select " + sql + " as v"}); rows[0][0] != want {
			t.Errorf("%s reads %q, want %q", sql, rows[0][0], want)
		}
	}
	lists := source.Query{SQL: `select count(*) as n from sales where (:id is null or id in (:id)) and (:none is null or id in (:none))`, Lists: map[string][]value.Value{"id": {value.OfInt(1), value.OfInt(2), value.OfInt(-5)}, "none": {}}}
	if _, rows := texts(t, opened, lists); rows[0][0] != "2" {
		t.Errorf("a list of two rows and one that is not there gives %s", rows[0][0])
	}
	query := source.Query{SQL: `select id, amount from sales where region = :region and (:least is null or amount > :least)`, Values: map[string]value.Value{"region": value.OfText("norte"), "least": value.OfDecimal("2.0")}}
	count, err := opened.Count(t.Context(), query)
	if err != nil || count != 5000 {
		t.Errorf("counted %d, %v", count, err)
	}
	query.Values["least"] = value.OfDecimal("0.12345678901234567890")
	if _, err := opened.Count(t.Context(), query); !errors.Is(err, source.ErrQuery) || !strings.Contains(err.Error(), "least") {
		t.Errorf("a number that loses digits: %v", err)
	}
}

// mariadbZones: zones and dates that no calendar has.
func mariadbZones(t *testing.T, address string, admin *sql.DB) {
	for _, statement := range []string{
		"create table shop.moments (at timestamp, clock datetime, day date)", "set sql_mode = ''", "set time_zone = '+00:00'",
		"insert into shop.moments values ('2026-07-01 22:30:00', '2026-01-01 00:00:00', '0000-00-00')",
	} {
		if _, err := admin.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for zone, want := range map[string][]string{
		"": {"2026-07-01 22:30:00", "2026-01-01 00:00:00", "0000-00-00"}, "?timezone=%2B05:30": {"2026-07-02 04:00:00", "2026-01-01 00:00:00", "0000-00-00"}, "?timezone=-03:00": {"2026-07-01 19:30:00", "2026-01-01 00:00:00", "0000-00-00"},
	} {
		opened, err := source.Open("shop", address+zone)
		if err != nil {
			t.Fatal(err)
		}
		if _, rows := texts(t, opened, source.Query{SQL: "select * from moments"}); !cmp.Equal(rows, [][]string{want}) {
			t.Errorf("%s reads %v", zone, rows)
		}
		opened.Close()
	}
	named, err := source.Open("shop", address+"?timezone=Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	defer named.Close()
	if _, err := drain(t.Context(), named, "select 1", time.Minute); err != nil && !strings.Contains(err.Error(), "time zone tables") {
		t.Errorf("a zone by name: %v", err)
	}
}

func mariadbRoundTrips(t *testing.T, opened *source.Source) {
	shapes := map[string]string{
		"decimal(50,20)": `-?[1-9][0-9]{0,29}\.[0-9]{20}`, "signed": `-?[1-9][0-9]{0,17}`, "unsigned": `1[0-7][0-9]{18}|184467440737095516(0[0-9]|1[0-5])|[1-9][0-9]{0,18}`, "date": `[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])`,
		"datetime(6)": `[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]) [01][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{5}[1-9]`, "char": `[a-zñ😀'"\\;:, ]{0,20}`,
	}
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom([]string{"decimal(50,20)", "signed", "unsigned", "date", "datetime(6)", "char"}).Draw(rt, "type")
		given := strings.TrimSpace(rapid.StringMatching(shapes[kind]).Draw(rt, "given"))
		_, rows := texts(t, opened, source.Query{SQL: "select cast(:v as " + kind + ") as v", Values: map[string]value.Value{"v": value.OfText(given)}})
		got := rows[0][0]
		if kind == "datetime(6)" { // a report leaves zeros at the end of a second's fraction out
			given = strings.TrimSuffix(strings.TrimRight(given, "0"), ".")
		}
		if got != given {
			rt.Fatalf("%s %q reads %q", kind, given, got)
		}
	})
}

// mariadbOnlyReads runs as root: only the check of statements and the session's
// settings prevent a query from writing.
func mariadbOnlyReads(t *testing.T, opened *source.Source, admin *sql.DB) {
	for _, statement := range []string{
		"create table shop.audit (n int)", "create procedure shop.evil() begin set session transaction read write; start transaction read write; insert into shop.audit values (1); commit; select 1 as a; end",
		"create function shop.slyer() returns int deterministic modifies sql data begin insert into shop.audit values (2); return 1; end",
	} {
		if _, err := admin.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(os.TempDir(), fmt.Sprintf("reports-outfile-%d", time.Now().UnixNano()))
	for _, sql := range []string{
		`EXECUTE IMMEDIATE 'BEGIN NOT ATOMIC COMMIT; SET SESSION TRANSACTION READ WRITE; START TRANSACTION READ WRITE; INSERT INTO audit VALUES (66); COMMIT; SELECT 1 AS a; END'`,
		"CALL evil()", "select slyer()", "select 1 into outfile '" + file + "'", "select 1 /*! into outfile '" + file + "' */", "set global max_connections = 77", "flush tables with read lock", "analyze table sales",
		"select 1; insert into audit values (3)", "insert into audit values (4) returning n", "select * from sales for update", "select * from sales lock in share mode", "select '\\'; insert into audit values (5); -- ",
		"create or replace table audit (n int)", "do sleep(0)", "handler sales open", "show tables",
	} {
		if _, err := drain(t.Context(), opened, sql, time.Minute); !errors.Is(err, source.ErrQuery) {
			t.Errorf("%s ended with %v", sql, err)
		}
	}
	var written, most int
	if err := admin.QueryRowContext(t.Context(), "select (select count(*) from shop.audit), @@global.max_connections").Scan(&written, &most); err != nil || written != 0 || most == 77 {
		t.Errorf("%d rows were written, %d connections, %v", written, most, err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a file was written")
	}
	if _, err := admin.ExecContext(t.Context(), "set global sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'"); err != nil {
		t.Fatal(err)
	}
	if _, rows := texts(t, opened, source.Query{SQL: `select 'it\'s', "x"`}); !cmp.Equal(rows, [][]string{{"it's", "x"}}) {
		t.Errorf("with another mode it reads %v", rows)
	}
	if _, err := admin.ExecContext(t.Context(), "set global sql_mode = default"); err != nil {
		t.Fatal(err)
	}
}

// mariadbLeavesNothing: no query runs on after a count or a report has ended.
func mariadbLeavesNothing(t *testing.T, opened *source.Source, admin *sql.DB) {
	running := func(what string) (count int, id int64) {
		if err := admin.QueryRowContext(t.Context(), "select count(*), coalesce(max(id), 0) from information_schema.processlist where info like ? and id <> connection_id()", "%"+what+"%").Scan(&count, &id); err != nil {
			t.Fatal(err)
		}
		return count, id
	}
	if _, err := opened.Count(t.Context(), source.Query{SQL: "select sleep(300) as counted_in_a_test"}); err == nil {
		t.Error("a query of 300 seconds was counted")
	}
	testkit.Eventually(t, "the server to stop the count", func() bool { count, _ := running("counted_in_a_test"); return count == 0 })

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := opened.Count(ctx, source.Query{SQL: "select sleep(300) as counted_and_cancelled"})
		ended <- err
	}()
	testkit.Eventually(t, "the server to count", func() bool { count, _ := running("counted_and_cancelled"); return count == 1 })
	cancel()
	if err := <-ended; err == nil {
		t.Error("a cancelled count has a result")
	}
	testkit.Eventually(t, "the server to stop the cancelled count", func() bool { count, _ := running("counted_and_cancelled"); return count == 0 })

	cursor, err := ask(t.Context(), opened, "select seq, repeat('x', 20000), if(seq > 10, sleep(300), 0) as left_in_a_test from seq_1_to_20", time.Minute)
	if err == nil {
		_, err = cursor.Next()
		cursor.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the server to stop what was left", func() bool { count, _ := running("left_in_a_test"); return count == 0 })

	go func() {
		_, err := drain(t.Context(), opened, "select sleep(300) as killed_in_a_test", time.Minute)
		ended <- err
	}()
	var id int64
	testkit.Eventually(t, "the server to run what is killed", func() bool { count, found := running("killed_in_a_test"); id = found; return count == 1 })
	if _, err := admin.ExecContext(t.Context(), fmt.Sprintf("kill query %d", id)); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; errors.Is(err, source.ErrUnavailable) {
		t.Errorf("a query that was killed ended with %v", err)
	}
}

func mariadbLogin(t *testing.T, address string) {
	for _, wrong := range []string{strings.Replace(address, "root@", "nobody:geheim@", 1), strings.Replace(address, "/shop", "/nowhere", 1)} {
		opened, err := source.Open("shop", wrong)
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		if _, err := drain(t.Context(), opened, "select 1", time.Minute); !errors.Is(err, source.ErrLogin) || errors.Is(err, source.ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s ended with %v", wrong, err)
		}
	}
}

// mariadbStreams reads a little of a result of a thousand million rows and leaves.
func mariadbStreams(t *testing.T, opened *source.Source) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cursor, err := ask(t.Context(), opened, `select seq, repeat('x', 100) from seq_1_to_1000000000`, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(50_000) {
		if row, err := cursor.Next(); err != nil || row[0].Int != i+1 {
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
		_, err := drain(ctx, opened, slow, 10*time.Minute)
		ended <- err
	}()
	testkit.Eventually(t, "the server to run the statement", func() bool { return running() == 1 })
	cancel(gone)
	if err := <-ended; !errors.Is(err, gone) {
		t.Errorf("it ended with %v", err)
	}
	testkit.Eventually(t, "the server to stop the statement", func() bool { return running() == 0 })
}
