package render_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

func report(t *testing.T, text string) ([][]string, render.Result, error) {
	t.Helper()
	opened := shop.Open(t)
	d, err := definition.Read("d.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	run := &render.Run{Definition: d, Source: opened, Language: "es", Format: definition.CSV, Made: time.Now(), Out: &out}
	result, err := run.Make(context.Background())
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
	reader.Comma = ';'
	records, csvErr := reader.ReadAll()
	if csvErr != nil {
		t.Fatal(csvErr)
	}
	return records, result, err
}

func TestColumnsAreFoundByTheirOwnName(t *testing.T) {
	records, _, err := report(t, "type: d\ntitle: D\nsql: select 1 as Total, 2 as total, 3 as Other\ncolumns: [{ name: total, header: a }, { name: Total, header: b }, { name: other }]\n")
	if diff := cmp.Diff([][]string{{"a", "b", "other"}, {"2", "1", "3"}}, records); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for sql, says := range map[string]string{
		"select 1 as a, 2 as a": "more than one column a", "select 1 as A, 2 as A": "more than one column a", "select 1 as b": "no column a; it has b",
	} {
		if _, _, err := report(t, "type: d\ntitle: D\nsql: "+sql+"\ncolumns: [{ name: a }]\n"); !errors.Is(err, source.ErrQuery) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestAQueryRunsOnceUnlessACountIsAsked(t *testing.T) {
	for count, want := range map[string]int64{"count: true": 3, "count: false": 0, "": 0} {
		_, result, err := report(t, "type: d\ntitle: D\n"+count+"\nsql: select 1 as a union all select 2 union all select 3\ncolumns: [{ name: a }]\n")
		if err != nil || result.Rows != 3 || result.Total != want {
			t.Errorf("%q: %+v, %v", count, result.Progress, err)
		}
	}
}

func TestTooManySheetsAreTooManyRows(t *testing.T) {
	opened := shop.Open(t)
	d, err := definition.Read("d.yaml", []byte("type: d\ntitle: D\nsheet: { rows: 10 }\nsql: select id from sales\ncolumns: [{ name: id }]\n"))
	if err != nil {
		t.Fatal(err)
	}
	run := &render.Run{Definition: d, Source: opened, Language: "es", Format: definition.XLSX, Made: time.Now(), Out: &bytes.Buffer{}}
	if _, err := run.Make(t.Context()); !errors.Is(err, render.ErrTooManyRows) {
		t.Errorf("it ended with %v", err)
	}
}
