package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

// kept is a file with its checkpoints, in memory.
type kept struct {
	bytes.Buffer
	checkpoint []byte
	end        int // of the file when the checkpoint was kept
	restarts   int
}

func (k *kept) Checkpoint() []byte { return k.checkpoint }

func (k *kept) KeepCheckpoint(checkpoint []byte) error {
	k.checkpoint, k.end = bytes.Clone(checkpoint), k.Len()
	return nil
}

func (k *kept) Restart() error {
	k.Reset()
	k.checkpoint = nil
	k.restarts++
	return nil
}

// cut leaves what a killed process leaves: a file that may be longer than its checkpoint.
func (k *kept) cut() { k.Truncate(k.end) }

const many = `
type: many
title: Many
sql: |
  with recursive n(i) as (select 1 union all select i + 1 from n where i < 16000)
  select i, hex(zeroblob(600)) || i as name, i * 0.37 as amount, date('2020-01-01', '+' || (i % 2000) || ' days') as day from n
columns:
  - { name: i, format: integer, total: count }
  - { name: name }
  - { name: amount, format: money, total: sum }
  - { name: day, format: date }
chart: { category: day, value: amount }
sheet: { rows: 7000 }
`

// TestARunGoesOnFromItsCheckpoint: an interrupted run leaves a file that the next run
// completes, with the same bytes as those of an uninterrupted run. If the earlier rows,
// the program or the definition differ, it starts again.
func TestARunGoesOnFromItsCheckpoint(t *testing.T) {
	t.Parallel()
	from := shop.Open(t)
	d, err := definition.Read("d.yaml", []byte(many))
	if err != nil {
		t.Fatal(err)
	}
	made := time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)
	for _, format := range []definition.Format{definition.XLSX, definition.CSV} {
		t.Run(string(format), func(t *testing.T) {
			run := func(file *kept, at time.Time, until int64) (render.Result, error) {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				one := &render.Run{
					Definition: d, Source: from, Language: "en", Format: format, Made: at, Out: file, Checkpoints: file, KeepEvery: 1,
					Progress: func(p render.Progress) {
						if p.Rows >= until {
							cancel(errCutOff)
						}
					},
				}
				return one.Make(ctx)
			}
			const never = 1 << 40
			whole := &kept{}
			want, err := run(whole, made, never)
			if err != nil || want.From != 0 {
				t.Fatal(want.From, err)
			}
			part := &kept{}
			if _, err := run(part, made, 13_000); !errors.Is(err, errCutOff) || part.checkpoint == nil {
				t.Fatalf("%v, with the checkpoint %s", err, part.checkpoint)
			}
			part.cut()
			left, checkpoint := bytes.Clone(part.Bytes()), part.checkpoint
			if _, err := run(part, made.AddDate(0, 0, 1), 1); !errors.Is(err, errCutOff) || !bytes.Equal(part.Bytes(), left) {
				t.Fatalf("cut off again before its checkpoint: %v, the file has %d bytes and had %d", err, part.Len(), len(left))
			}
			got, err := run(part, made.AddDate(0, 0, 2), never)
			if err != nil || got.From < 1000 || got.Rows != want.Rows || part.restarts != 1 {
				t.Errorf("gone on from row %d to %d, %d beginnings, %v", got.From, got.Rows, part.restarts, err)
			}
			if !bytes.Equal(part.Bytes(), whole.Bytes()) {
				t.Errorf("the file has %d bytes and is not the unbroken one of %d", part.Len(), whole.Len())
			}
			for name, change := range map[string]func(*render.Checkpoint){
				"other rows":       func(c *render.Checkpoint) { c.Digest[0]++ },
				"more rows":        func(c *render.Checkpoint) { c.Book.Rows += 1 << 20 },
				"another program":  func(c *render.Checkpoint) { c.Program = "old" },
				"another report":   func(c *render.Checkpoint) { c.Definition = "old" },
				"another workbook": func(c *render.Checkpoint) { c.Book.Sums = nil },
			} {
				var changed render.Checkpoint
				if err := json.Unmarshal(checkpoint, &changed); err != nil {
					t.Fatal(err)
				}
				change(&changed)
				file := &kept{}
				file.checkpoint, _ = json.Marshal(changed)
				_, _ = file.Write(left)
				if got, err := run(file, made, never); err != nil || got.From != 0 || file.restarts != 1 || !bytes.Equal(file.Bytes(), whole.Bytes()) {
					t.Errorf("%s: gone on from %d, %d beginnings, %d bytes, %v", name, got.From, file.restarts, file.Len(), err)
				}
			}
		})
	}
}

var errCutOff = errors.New("cut off")
