package workbook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

const blocks = `
type: blocks
title: Blocks
sql: select 1
columns:
  - { name: who, total: count }
  - { name: amount, format: money, total: sum }
  - { name: share, format: percent, total: average }
  - { name: big, format: integer, total: sum }
chart: { category: who, value: amount, limit: 3 }
sheet: { rows: 700 }
`

// TestAFileGoesOnFromEveryBlock: a file that another writer continues from the end of
// any block, with the state and the bytes only, is the same as an uninterrupted one.
func TestAFileGoesOnFromEveryBlock(t *testing.T) {
	t.Parallel()
	d := read(t, blocks)
	row := func(i int) []any {
		switch {
		case i%97 == 0:
			return []any{"\xff", "no number", nil, decimal("123456789012345678901234567890")}
		case i%89 == 0:
			return []any{strings.Repeat("long ", 10_000), nil, 0.5, int64(1) << 62}
		}
		return []any{fmt.Sprint("who ", i*i%7), decimal(fmt.Sprintf("%d.%02d", i*7919%10007, i%100)), float64(i%100) / 100, int64(1) << 62}
	}
	const rows, every = 3000, 250
	for _, format := range []definition.Format{definition.XLSX, definition.CSV} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			options := workbook.Options{Language: locale.English, Format: format, Made: time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)}
			// finish writes the rows from one on, and returns the states at the ends of blocks.
			finish := func(out *bytes.Buffer, from int, options workbook.Options) (states [][]byte, preview workbook.Preview) {
				w, err := workbook.Create(out, d, options)
				if err != nil {
					t.Fatal(err)
				}
				for i := from; i < rows; i++ {
					if i > from && i%every == 0 {
						state, err := w.Block()
						if err != nil {
							t.Fatal(err)
						}
						if state.Bytes != int64(out.Len()) || state.Rows != int64(i) {
							t.Fatalf("after %d rows and %d bytes the state says %d and %d", i, out.Len(), state.Rows, state.Bytes)
						}
						kept, err := json.Marshal(state)
						if err != nil {
							t.Fatal(err)
						}
						states = append(states, kept)
					}
					if err := w.Row(valuesOf(t, row(i))); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				return states, w.Preview()
			}
			var whole bytes.Buffer
			states, preview := finish(&whole, 0, options)
			if len(states) != rows/every-1 {
				t.Fatalf("%d states", len(states))
			}
			shown, _ := json.Marshal(preview)
			for i, kept := range states {
				var state workbook.State
				if err := json.Unmarshal(kept, &state); err != nil {
					t.Fatal(err)
				}
				again := bytes.NewBuffer(bytes.Clone(whole.Bytes()[:state.Bytes]))
				options.From = &state
				_, preview := finish(again, (i+1)*every, options)
				if !bytes.Equal(again.Bytes(), whole.Bytes()) {
					t.Errorf("gone on from row %d, the file has %d bytes and differs from the unbroken one of %d", state.Rows, again.Len(), whole.Len())
				}
				if seen, _ := json.Marshal(preview); !bytes.Equal(seen, shown) {
					t.Errorf("gone on from row %d, the preview is %s, not %s", state.Rows, seen, shown)
				}
			}
			if format == definition.XLSX {
				checkPackage(t, whole.Bytes(), d)
			}
		})
	}
}

// TestAStateOfAnotherFileIsRefused: nothing is written after bytes that the state does
// not belong to.
func TestAStateOfAnotherFileIsRefused(t *testing.T) {
	t.Parallel()
	d := read(t, blocks)
	for name, state := range map[string]workbook.State{"empty": {}, "bytes without files": {Bytes: 10}, "another definition": {Sums: nil, Sheets: []int{2}}} {
		for _, format := range []definition.Format{definition.XLSX, definition.CSV} {
			var out bytes.Buffer
			if _, err := workbook.Create(&out, d, workbook.Options{Language: locale.English, Format: format, From: &state}); err == nil || out.Len() > 0 {
				t.Errorf("%s, %s: %v, and %d bytes were written", name, format, err, out.Len())
			}
		}
	}
}
