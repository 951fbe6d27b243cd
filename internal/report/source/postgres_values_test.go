package source_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func postgresTypes(t *testing.T, opened *source.Source) {
	for sql, want := range map[string]string{
		"true": "true", "9007199254740993::bigint": "9007199254740993", "(-9223372036854775808)::bigint": "-9223372036854775808", "32767::smallint": "32767",
		"1234567890123456789012345678.1234567890::numeric(38,10)": "1234567890123456789012345678.1234567890", "1.50::numeric": "1.50", "'NaN'::numeric": "NaN", "'Infinity'::numeric": "Infinity",
		"1000000::double precision": "1000000", "12345678.9::double precision": "12345678.9", "0.1::real": "0.1", "'-Infinity'::double precision": "-Infinity", "1e-7::double precision": "0.0000001",
		"'9999-12-31'::date": "9999-12-31", "'2192-04-12'::date": "2192-04-12", "'5874897-12-31'::date": "5874897-12-31", "'4713-01-01 BC'::date": "4713-01-01 BC", "'infinity'::date": "infinity",
		"'1850-05-05 10:00:00.25'::timestamp": "1850-05-05 10:00:00.25", "'2026-01-01 23:30:00+00'::timestamptz": "2026-01-01 23:30:00+00", "'-infinity'::timestamp": "-infinity",
		"'23:59:59.999'::time": "23:59:59.999", "'10:00+02'::timetz": "10:00:00+02", "'-1 day 2 hours'::interval": "-1 days +02:00:00", "'1 year'::interval": "1 year",
		`'{"a": 1, "b": [1, 2], "c": null}'::json`: `{"a": 1, "b": [1, 2], "c": null}`, `'{"b":[1,2],"a":1}'::jsonb`: `{"a": 1, "b": [1, 2]}`,
		"array[1,2,null]": "{1,2,NULL}", "array['x,y','z']": `{"x,y",z}`, "array[[1,2],[3,4]]": "{{1,2},{3,4}}", "int4range(1,5)": "[1,5)", "row(1,'a b')": `(1,"a b")`,
		`'\x414200ff'::bytea`: `\x414200ff`, "'35675.71'::money": "35675.71", "'-0.5'::money": "-0.50", "'10.0.0.1/24'::inet": "10.0.0.1/24",
		"'01234567-89ab-cdef-0123-456789abcdef'::uuid": "01234567-89ab-cdef-0123-456789abcdef", "point(1,2)": "(1,2)", "null::int": "-", "''::text": "", "'señal 🚀'": "señal 🚀", "B'101'": "101",
	} {
		if _, rows := texts(t, opened, source.Query{SQL: "select " + sql + " as v"}); len(rows) != 1 || rows[0][0] != want {
			t.Errorf("%s reads %q, want %q", sql, rows, want)
		}
	}
}

func postgresZones(t *testing.T, address string) {
	const sql = "select '2026-07-01 22:30:00+00'::timestamptz, '2026-01-01 00:00:00'::timestamp, '1850-01-01 00:00:00+00'::timestamptz"
	for zone, want := range map[string][]string{
		"":              {"2026-07-01 22:30:00+00", "2026-01-01 00:00:00", "1850-01-01 00:00:00+00"},
		"Europe/Madrid": {"2026-07-02 00:30:00+02", "2026-01-01 00:00:00", "1849-12-31 23:45:16-00:14:44"},
		"+05:30":        {"2026-07-02 04:00:00+05:30", "2026-01-01 00:00:00", "1850-01-01 05:30:00+05:30"},
		"-03:00":        {"2026-07-01 19:30:00-03", "2026-01-01 00:00:00", "1849-12-31 21:00:00-03"},
	} {
		of := address
		if zone != "" {
			of += "?timezone=" + url.PathEscape(zone)
		}
		opened, err := source.Open("shop", of)
		if err != nil {
			t.Fatal(err)
		}
		_, rows := texts(t, opened, source.Query{SQL: sql})
		if diff := cmp.Diff([][]string{want}, rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", zone, diff)
		}
		if zone == "" {
			continue
		}
		plain, err := source.Open("shop", address)
		if err != nil {
			t.Fatal(err)
		}
		chosen, err := value.ParseZone(zone)
		if err != nil {
			t.Fatal(err)
		}
		if _, rows := texts(t, plain, source.Query{SQL: sql, Zone: &chosen}); !cmp.Equal(rows, [][]string{want}) {
			t.Errorf("a report's own %s reads %v", zone, rows)
		}
	}
}

// postgresRoundTrips sends digits, has the server make values of them and reads the
// server's own text beside what the source makes of it.
func postgresRoundTrips(t *testing.T, opened *source.Source) {
	shapes := map[string]string{
		"numeric": `-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?`, "bigint": `-?[1-9][0-9]{0,17}`, "double precision": `-?[1-9](\.[0-9]{1,16})?e-?[0-9]{1,2}`,
		"date": `[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|[1-3][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]) BC`, "timestamp": `[1-9][0-9]{3,4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]) [01][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{1,6}`, "text": `[a-zñ😀'"\\;:, ]{0,20}`,
	}
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom([]string{"numeric", "bigint", "double precision", "date", "timestamp", "text"}).Draw(rt, "type")
		given := strings.TrimSpace(rapid.StringMatching(shapes[kind]).Draw(rt, "given"))
		query := source.Query{SQL: fmt.Sprintf("select :v::text::%s as v, (:v::text::%s)::text as said", kind, kind), Values: map[string]value.Value{"v": value.OfText(given)}}
		_, rows := texts(t, opened, query)
		got, said := rows[0][0], rows[0][1]
		if plain, ok := value.Plain(said); ok && kind == "double precision" {
			said = plain // the server writes 1e+20, a report 100000000000000000000
		}
		if got != said && (kind != "double precision" || !sameDouble(got, said)) {
			rt.Fatalf("%s %q reads %q, and the server says %q", kind, given, got, said)
		}
	})
}

// sameDouble says whether two texts are the same number of 64 bits. A number has two shortest
// texts where one of them lies just between it and its neighbour: for 5e22 the server writes
// 4.9999999999999996e+22, since not every reader rounds the other to this number. Numbers of
// few digits have one.
func sameDouble(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y && max(len(a), len(b)) > 15
}

func administer(t *testing.T, address string, statements ...string) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close(context.Background()) })
	for _, statement := range statements {
		if _, err := connection.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return connection
}

func postgresLatin(t *testing.T, address string) {
	administer(t, address, "create database latin encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0", "alter database latin set client_encoding = 'LATIN1'")
	latin := strings.Replace(address, "/postgres", "/latin", 1)
	administer(t, latin, "set client_encoding = 'UTF8'", "create table people (name text)", "insert into people values ('señor Muñoz')")
	opened, err := source.Open("latin", latin)
	if err != nil {
		t.Fatal(err)
	}
	_, rows := texts(t, opened, source.Query{SQL: "select name from people where name like :like", Values: map[string]value.Value{"like": value.OfText("%ñ%")}})
	if !cmp.Equal(rows, [][]string{{"señor Muñoz"}}) {
		t.Errorf("it reads %q", rows)
	}
}

func postgresFirstRows(t *testing.T, opened *source.Source, address string) {
	for sql, says := range map[string]string{
		"select 10/(i-1) as a from generate_series(1,5) i":        "division by zero",
		"select 10/(i-3000) as a from generate_series(1,5000) i":  "division by zero",
		"select nosuch from pg_class":                             "nosuch",
		"select set_config('transaction_read_only', 'off', true)": "transaction read-write mode",
		"select :p is null":                                       ":p: write its type",
	} {
		cursor, err := opened.Query(t.Context(), source.Query{SQL: sql, Values: map[string]value.Value{"p": {}}, Timeout: time.Minute})
		for err == nil {
			var row []value.Value
			if row, err = cursor.Next(); row == nil && err == nil {
				t.Fatalf("%s has an end", sql)
			}
		}
		if cursor != nil {
			cursor.Close()
		}
		if !errors.Is(err, source.ErrQuery) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := drain(t.Context(), opened, "select pg_terminate_backend(pg_backend_pid())", time.Minute); !errors.Is(err, source.ErrUnavailable) {
		t.Errorf("a session that the administrator ends: %v", err)
	}
	if _, err := drain(t.Context(), opened, "select pg_cancel_backend(pg_backend_pid()), pg_sleep(30)", time.Minute); !errors.Is(err, source.ErrQuery) {
		t.Errorf("a query that the administrator cancels: %v", err)
	}
}

func postgresOnlyReads(t *testing.T, opened *source.Source, address string) {
	admin := administer(t, address, "create table audit (n int)", "create function sly() returns int language plpgsql as $$ begin insert into audit values (1); return 1; end $$", "create sequence s")
	for _, sql := range []string{
		`SELECT 1 AS a, E'\''; COMMIT; BEGIN; INSERT INTO audit VALUES (99); COMMIT; BEGIN; DECLARE report CURSOR FOR SELECT 1 AS a; -- '`,
		"select sly()", "with x as (insert into audit values (2) returning n) select n from x", "select 1; insert into audit values (3)", "insert into audit values (4) returning n",
		"select set_config('transaction_read_only', 'off', true), sly()", "select set_config('default_transaction_read_only', 'off', false), sly()", "select nextval('s')", "select * into copied from audit",
		"select * from sales for update", "call sly()", "copy audit to stdout",
	} {
		if _, err := drain(t.Context(), opened, sql, time.Minute); !errors.Is(err, source.ErrQuery) {
			t.Errorf("%s ended with %v", sql, err)
		}
	}
	var written int
	if err := admin.QueryRow(t.Context(), "select count(*) from audit").Scan(&written); err != nil || written != 0 {
		t.Errorf("%d rows were written, %v", written, err)
	}
}

func postgresLogin(t *testing.T, address string) {
	for name, wrong := range map[string]string{"user": strings.Replace(address, "reports@", "nobody:geheim@", 1), "database": strings.Replace(address, "/postgres", "/nowhere", 1)} {
		opened, err := source.Open("shop", wrong)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := drain(t.Context(), opened, "select 1", time.Minute); !errors.Is(err, source.ErrLogin) || errors.Is(err, source.ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("a wrong %s ended with %v", name, err)
		}
	}
}

// postgresBreaks breaks the connection between two batches.
func postgresBreaks(t *testing.T, address string) {
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	between := cutting(t, parsed.Host)
	parsed.Host = between.address
	opened, err := source.Open("shop", parsed.String())
	if err != nil {
		t.Fatal(err)
	}
	cursor, err := ask(t.Context(), opened, "select i, repeat('x', 1000) from generate_series(1, 100000) i", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Close()
	between.cut()
	for err == nil {
		_, err = cursor.Next()
	}
	if !errors.Is(err, source.ErrUnavailable) {
		t.Errorf("it ended with %v", err)
	}
}

func postgresCount(t *testing.T, opened *source.Source, address string) {
	admin := administer(t, address)
	if _, err := opened.Count(t.Context(), source.Query{SQL: "select pg_sleep(300) as counted_in_a_test"}); err == nil {
		t.Error("a query of 300 seconds was counted")
	}
	testkit.Eventually(t, "the server to stop the count", func() bool {
		var running int
		if err := admin.QueryRow(t.Context(), "select count(*) from pg_stat_activity where query like '%counted_in_a_test%' and pid <> pg_backend_pid() and state = 'active'").Scan(&running); err != nil {
			t.Fatal(err)
		}
		return running == 0
	})
}

// postgresTransactions: a read transaction, which keeps vacuum from removing rows, is open
// while the rows are read and not after them, also where the report's time is up.
func postgresTransactions(t *testing.T, opened *source.Source, address string) {
	admin := administer(t, address)
	open := func() (transactions int) {
		err := admin.QueryRow(t.Context(), "select count(*) from pg_stat_activity where application_name = 'pasarela-reports' and backend_xmin is not null").Scan(&transactions)
		if err != nil {
			t.Fatal(err)
		}
		return transactions
	}
	none := func() bool { return open() == 0 }
	testkit.Eventually(t, "earlier transactions to end", none)
	for name, rows := range map[string]int{"to the last row": 10_000, "until the time is up": 1_000_000_000} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			cursor, err := opened.Query(ctx, source.Query{SQL: fmt.Sprintf("select generate_series(1, %d) as n", rows), Timeout: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			read := 0
			for row, err := cursor.Next(); row != nil && err == nil; row, err = cursor.Next() {
				switch read++; read {
				case 1:
					if held := open(); held != 1 {
						t.Errorf("%d transactions are open while rows are read", held)
					}
				case 20_000:
					cancel(errors.New("the time is up"))
				}
			}
			cursor.Close()
			testkit.Eventually(t, "the transaction to end", none)
		})
	}
}

// cutter forwards the bytes of one direction until it is cut.
type cutter struct {
	address string
	mu      sync.Mutex
	open    []net.Conn
}

func cutting(t *testing.T, to string) *cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{address: listener.Addr().String()}
	var passing sync.WaitGroup
	t.Cleanup(func() { listener.Close(); c.cut(); passing.Wait() })
	passing.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				client.Close()
				continue
			}
			c.mu.Lock()
			c.open = append(c.open, client, server)
			c.mu.Unlock()
			passing.Go(func() { _, _ = io.Copy(server, client) })
			passing.Go(func() { _, _ = io.Copy(client, server) })
		}
	})
	return c
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.open {
		one.Close()
	}
}
