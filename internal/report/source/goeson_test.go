package source_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/report/source"
)

const many = `
type: many
title: Many
sql: %s
columns:
  - { name: n, format: integer, total: count }
  - { name: name }
  - { name: amount, format: money, total: sum }
  - { name: day, format: date }
  - { name: moment, format: datetime }
chart: { category: day, value: amount }
count: true
`

var errCutOff = errors.New("cut off")

// goesOn has reports of a database be cut off behind a checkpoint and made again. Where the
// query gives the same rows the second run goes on from there, and the file is byte for
// byte that of one run; where they differ it begins again. The query gives 16,000 rows of
// 1,200 bytes, which are more than one block; {text} in it becomes a column.
func goesOn(t *testing.T, from *source.Source, query, same, other string) {
	dir := t.TempDir()
	store, err := blobstore.Open(dir, "", blobstore.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	made := time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)
	const never = 1 << 40
	run := func(id, column string, until int64) (render.Result, error) {
		t.Helper()
		d, err := definition.Read("many.yaml", fmt.Appendf(nil, many, strings.Replace(query, "{text}", column, 1)))
		if err != nil {
			t.Fatal(err)
		}
		draft, err := store.Draft(id)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		made = made.Add(time.Hour) // what is gone on with keeps the time of its first run
		one := &render.Run{Definition: d, Source: from, Language: "en", Format: definition.XLSX, Made: made, Out: draft, Checkpoints: draft, KeepEvery: 1}
		one.Progress = func(p render.Progress) {
			if p.Rows >= until {
				cancel(errCutOff)
			}
		}
		result, err := one.Make(ctx)
		if err != nil {
			draft.Park()
			return result, err
		}
		defer draft.Discard()
		return result, draft.Keep(t.Context(), "xlsx", []byte("{}"))
	}
	read := func(id string) []byte {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(dir, "kept", id+".xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	first := made
	for _, test := range []struct {
		id, column string
		goesOn     bool
	}{{"same", same, true}, {"other", other, false}} {
		made = first
		if _, err := run(test.id, test.column, 12_000); !errors.Is(err, errCutOff) {
			t.Fatalf("%s: it ended with %v", test.id, err)
		}
		got, err := run(test.id, test.column, never)
		if err != nil || got.Rows != 16_000 || got.Total != 16_000 || got.From > 0 != test.goesOn {
			t.Errorf("%s rows: gone on from row %d to %d of %d, %v", test.id, got.From, got.Rows, got.Total, err)
		}
	}
	made = first
	if _, err := run("whole", same, never); err != nil || !bytes.Equal(read("whole"), read("same")) {
		t.Errorf("the file has %d bytes, and that of one run %d, %v", len(read("same")), len(read("whole")), err)
	}
}
