package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// postgres starts a real server of its own, or skips loudly where there is none.
// It returns the URL of the database and how to stop the server.
func postgres(t *testing.T) (address string, stop func()) {
	t.Helper()
	initdb, server := postgresPrograms(t)
	dir, err := os.MkdirTemp("", "reports-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	attributes := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // the server refuses to run as root
		attributes.Credential = owner(t, "postgres", dir)
	}
	data := filepath.Join(dir, "data")
	setup := exec.Command(initdb, "-D", data, "-U", "reports", "-A", "trust", "--no-sync", "-E", "UTF8")
	setup.SysProcAttr, setup.Dir = attributes, dir
	if said, err := setup.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, said)
	}
	port := freePort(t)
	running := exec.Command(server, "-D", data, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1", "-k", dir, "-F")
	running.SysProcAttr, running.Dir = attributes, dir
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if !stopped {
			_ = running.Process.Signal(syscall.SIGQUIT)
			_ = running.Wait()
			stopped = true
		}
	}
	t.Cleanup(stop)
	address = fmt.Sprintf("postgres://reports@127.0.0.1:%d/postgres", port)
	return address, stop
}

func postgresPrograms(t *testing.T) (initdb, server string) {
	t.Helper()
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for _, folder := range append(folders, filepath.SplitList(os.Getenv("PATH"))...) {
		initdb, server = filepath.Join(folder, "initdb"), filepath.Join(folder, "postgres")
		if _, err := os.Stat(initdb); err == nil {
			if _, err := os.Stat(server); err == nil {
				return initdb, server
			}
		}
	}
	t.Skip("SKIPPED: PostgreSQL is missing; apt-get install postgresql")
	return "", ""
}

// fill connects as soon as the server takes connections and makes the table.
func fill(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
	defer cancel()
	for {
		connection, err := pgx.Connect(ctx, address)
		if err == nil {
			defer connection.Close(ctx)
			_, err = connection.Exec(ctx, `
				create table sales (id int primary key, sold_on date, sold_at timestamptz, amount numeric(12,2), share real, region text, paid boolean, note text);
				insert into sales select i, date '2026-01-01' + (i % 90), timestamptz '2026-01-01 10:00:00+00' + i * interval '1 minute', i * 1.25, 0.5,
					(array['norte','sur'])[1 + i % 2], i % 2 = 0, case when i % 3 = 0 then null else 'venta ' || i end from generate_series(1, 10000) i`)
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the server never took connections: %v", err)
		}
	}
}

func TestPostgreSQL(t *testing.T) {
	address, stop := postgres(t)
	fill(t, address)
	opened, err := source.Open("shop", address)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()

	t.Run("a password that changes is read from its file", func(t *testing.T) { postgresRotates(t, address) })
	t.Run("lists", func(t *testing.T) {
		list := func(values ...value.Value) map[string][]value.Value { return map[string][]value.Value{"id": values} }
		const sql = `select count(*) as n from sales where (:id is null or id in (:id))`
		for given, test := range map[string]map[string][]value.Value{"all": list(), "1": list(value.OfInt(1)), "2": list(value.OfInt(1), value.OfInt(2), value.OfInt(-5))} {
			_, rows := texts(t, opened, source.Query{SQL: sql, Lists: test})
			if _, all := texts(t, opened, source.Query{SQL: "select count(*) as n from sales"}); given == "all" {
				given = all[0][0]
			}
			if rows[0][0] != given {
				t.Errorf("%d values give %s rows, want %s", len(test["id"]), rows[0][0], given)
			}
		}
	})

	t.Run("a query is read without being run", func(t *testing.T) {
		lists(t, opened, "sales: id integer sold_on date sold_at timestamp with time zone amount numeric share real region text paid boolean note text")
		describes(t, opened, `select id, sold_on as "Day" from sales where (:ids is null or id in (:ids)) and amount > :least order by id`, `select pg_sleep(3600) as id, 1 as "Day"`, "id", "Day")
		if _, err := opened.Describe(t.Context(), "select :a as a where :a is null", func(string) bool { return false }); err == nil || !strings.Contains(err.Error(), ":a::text") {
			t.Errorf("a parameter without a type: %v", err)
		}
	})

	t.Run("a login that can write is told", func(t *testing.T) {
		admin, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer admin.Close(t.Context())
		execute := func(statement string) error { _, err := admin.Exec(t.Context(), statement); return err }
		statements := []string{
			"CREATE ROLE reader LOGIN", "GRANT SELECT ON sales TO reader",
			"CREATE ROLE sellers", "GRANT UPDATE ON sales TO sellers", "CREATE ROLE seller LOGIN IN ROLE sellers",
		}
		rightsOf(t, address, execute, statements, map[string]string{"reader": "", "seller": "write public.sales", "reports": "superuser"})
	})

	t.Run("rows come through the cursor with their types", func(t *testing.T) {
		query := source.Query{
			SQL:     `select id, sold_on, amount, share, region, paid, note from sales where sold_on >= :from and (:region::text is null or region = :region) and amount > :least order by id`,
			Values:  map[string]value.Value{"from": value.OfText("2026-01-02"), "region": value.OfText("norte"), "least": value.OfDecimal("2.0")},
			Timeout: time.Minute,
		}
		count, err := opened.Count(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		cursor, err := opened.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer cursor.Close()
		if want := []string{"id", "sold_on", "amount", "share", "region", "paid", "note"}; !cmp.Equal(cursor.Columns(), want) {
			t.Errorf("columns %v", cursor.Columns())
		}
		first, err := cursor.Next()
		if err != nil {
			t.Fatal(err)
		}
		want := []value.Value{value.OfInt(2), value.OfDate("2026-01-03"), value.OfDecimal("2.50"), value.OfDouble(0.5), value.OfText("norte"), value.OfBool(true), value.OfText("venta 2")}
		if diff := cmp.Diff(want, first); diff != "" {
			t.Errorf("the first row (-want +got):\n%s", diff)
		}
		rows := int64(1)
		for row, err := cursor.Next(); row != nil || err != nil; row, err = cursor.Next() {
			if err != nil {
				t.Fatal(err)
			}
			rows++
		}
		if rows != count || rows < 4000 {
			t.Errorf("%d rows for a count of %d", rows, count)
		}
	})

	t.Run("every type keeps what the server says", func(t *testing.T) { postgresTypes(t, opened) })
	t.Run("moments are in the zone that was asked for", func(t *testing.T) { postgresZones(t, address) })
	t.Run("random values come back digit by digit", func(t *testing.T) { postgresRoundTrips(t, opened) })
	t.Run("a LATIN1 database is read as UTF-8", func(t *testing.T) { postgresLatin(t, address) })
	t.Run("errors in the first rows are the database's own", func(t *testing.T) { postgresFirstRows(t, opened, address) })
	t.Run("nothing gets past the one query", func(t *testing.T) { postgresOnlyReads(t, opened, address) })
	t.Run("a wrong login is refused and not unavailable", func(t *testing.T) { postgresLogin(t, address) })
	t.Run("a connection that breaks is unavailable", func(t *testing.T) { postgresBreaks(t, address) })
	t.Run("TLS with an own authority", func(t *testing.T) { postgresTLS(t, address) })
	t.Run("a report that was cut off goes on", func(t *testing.T) {
		goesOn(t, opened, `select i as n, repeat('x', 1200) || {text} as name, i * 0.37 as amount, date '2020-01-01' + i % 2000 as day, timestamptz '2026-01-01 10:00:00+00' + i * interval '1 second' as moment from generate_series(1, 16000) i order by i`, "i", "random()")
	})
	t.Run("a transaction lasts as long as its rows are read", func(t *testing.T) { postgresTransactions(t, opened, address) })
	t.Run("a count leaves nothing behind", func(t *testing.T) { postgresCount(t, opened, address) })

	t.Run("nothing can be written", func(t *testing.T) {
		_, err := drain(t.Context(), opened, `with gone as (delete from sales returning id) select count(*) from gone`, time.Minute)
		if !errors.Is(err, source.ErrQuery) {
			t.Errorf("a delete ended with %v", err)
		}
	})

	t.Run("bad SQL is the query's fault", func(t *testing.T) {
		_, err := drain(t.Context(), opened, `select nothing from nowhere`, time.Minute)
		if !errors.Is(err, source.ErrQuery) || !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("it ended with %v", err)
		}
	})

	t.Run("the server stops a slow statement", func(t *testing.T) {
		_, err := drain(t.Context(), opened, `select pg_sleep(30)`, 50*time.Millisecond)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
	})

	t.Run("a cancelled report stops the statement", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		gone := errors.New("cancelled")
		time.AfterFunc(50*time.Millisecond, func() { cancel(gone) })
		began := time.Now()
		_, err := drain(ctx, opened, `select pg_sleep(30)`, time.Minute)
		if !errors.Is(err, gone) || time.Since(began) > 5*time.Second {
			t.Errorf("after %s it ended with %v", time.Since(began), err)
		}
	})

	t.Run("a dead server is unavailable, and the error has no password", func(t *testing.T) {
		stop()
		dead, err := source.Open("shop", strings.Replace(address, "reports@", "reports:geheim@", 1))
		if err != nil {
			t.Fatal(err)
		}
		_, err = drain(t.Context(), dead, `select 1`, time.Minute)
		if !errors.Is(err, source.ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("it ended with %v", err)
		}
	})
}
