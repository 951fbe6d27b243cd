package source_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

func TestTheShopIsTheSameEverywhere(t *testing.T) {
	opened := shop.Open(t)
	query := `select count(*), min(sold_on), max(sold_on), cast(round(sum(quantity * unit_price * (1 - discount)) * 100) as integer) from sales`
	cursor, err := ask(t.Context(), opened, query, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Close()
	row, err := cursor.Next()
	if err != nil {
		t.Fatal(err)
	}
	want := []value.Value{value.OfInt(43_558), value.OfText("2022-01-01"), value.OfText("2026-06-30"), value.OfInt(111_116_470)}
	if diff := cmp.Diff(want, row); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLists(t *testing.T) {
	opened := shop.Open(t)
	for _, test := range []struct {
		ids  []value.Value
		want string
	}{{nil, "43558"}, {[]value.Value{value.OfInt(7)}, "1"}, {[]value.Value{value.OfInt(7), value.OfInt(8), value.OfInt(-1)}, "2"}} {
		_, rows := texts(t, opened, source.Query{SQL: `select count(*) as n from sales where (:id is null or id in (:id))`, Lists: map[string][]value.Value{"id": test.ids}})
		if rows[0][0] != test.want {
			t.Errorf("%d values give %s rows, want %s", len(test.ids), rows[0][0], test.want)
		}
	}
}

func TestTheShopIsMadeOnceAndWhole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.db")
	if err := source.MakeShop(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(content, shop.Content(t)) {
		t.Error("two shops differ")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	half := filepath.Join(t.TempDir(), "half.db")
	if err := source.MakeShop(ctx, half); err == nil {
		t.Error("an interrupted shop is no error")
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("an interrupted shop is there under its own name")
	}
}

func TestSQLiteRefuses(t *testing.T) {
	opened := shop.Open(t)
	for name, test := range map[string]struct {
		sql  string
		says string
	}{
		"writing":        {"delete from sales returning id", `begins with "delete"`},
		"unknown tables": {"select * from nowhere", "nowhere"},
		"bad syntax":     {"select from 1", "syntax"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := drain(t.Context(), opened, test.sql, time.Minute)
			if !errors.Is(err, source.ErrQuery) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

func TestADatabaseThatIsNotThere(t *testing.T) {
	for name, address := range map[string]string{
		"sqlite":    "sqlite:" + filepath.Join(t.TempDir(), "none.db"),
		"postgres":  "postgres://u:geheim@127.0.0.1:1/db",
		"mysql":     "mysql://u:geheim@127.0.0.1:1/db",
		"sqlserver": "sqlserver://u:geheim@127.0.0.1:1?database=db",
	} {
		t.Run(name, func(t *testing.T) {
			opened, err := source.Open("shop", address)
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			_, err = drain(t.Context(), opened, "select 1", time.Minute)
			if !errors.Is(err, source.ErrUnavailable) || strings.Contains(err.Error(), "geheim") {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

func TestOpenSaysWhatIsWrongWithAnAddress(t *testing.T) {
	for address, says := range map[string]string{
		"":                                      "must begin with",
		"oracle://x":                            "must begin with",
		"sqlite:":                               "file name",
		"postgres://[::1":                       "cannot be read",
		"mysql://u:geheim@h/db?x=1":             "unknown option",
		"mysql://u:geheim@h/db?ca=/none/ca.pem": "ca: ",
		"mysql://u:geheim@h/db?ca=x&tls=skip-verify":       "go with tls=true",
		"postgres://u:geheim@h/db?timezone=Mars/Base":      "time zone Mars/Base is not known",
		"sqlserver://u:geheim@h?database=d&timezone=;drop": "time zone",
		"mysql://u:gehe im@h/db%zz":                        "shop",
		"sqlserver://u:geheim@h:x:y":                       "shop",
	} {
		_, err := source.Open("shop", address)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "gehe") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestACancelledReportStopsSQLite(t *testing.T) {
	opened := shop.Open(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("cancelled")
	time.AfterFunc(50*time.Millisecond, func() { cancel(gone) })
	began := time.Now()
	_, err := drain(ctx, opened, "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n", time.Minute)
	if !errors.Is(err, gone) || time.Since(began) > 2*time.Second {
		t.Errorf("after %s it ended with %v", time.Since(began), err)
	}
}
