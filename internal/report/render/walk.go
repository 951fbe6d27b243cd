package render

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

// walk carries rows from the cursor to the workbook, a batch at a time.
type walk struct {
	run      *Run
	cursor   *source.Cursor
	places   []int
	book     workbook.Writer
	written  *countingWriter
	progress Progress
	rows     [batchRows][]value.Value
	read     int // rows of this batch

	made    time.Time
	digest  hash.Hash // of all rows; nil: no checkpoints are kept
	buffer  []byte    // for the digest
	blockAt int64     // what the book had written at the end of the last block
	kept    time.Time // the last checkpoint, or the beginning
}

func (w *walk) makeRows() {
	for i := range w.rows {
		w.rows[i] = make([]value.Value, len(w.places))
	}
}

func (w *walk) all(ctx context.Context) error {
	for {
		more, err := w.batch(ctx)
		if err != nil {
			return err
		}
		w.progress.Bytes = w.written.bytes
		if w.run.Progress != nil {
			w.run.Progress(w.progress)
		}
		if !more || w.run.First > 0 && w.progress.Rows >= w.run.First {
			return nil
		}
		if err := w.keep(); err != nil {
			return err
		}
	}
}

// batch reads some rows and writes them. An engine in this process also reads within a
// slot; a database server is waited for without one, so that a slow server does not
// delay other reports.
func (w *walk) batch(ctx context.Context) (more bool, err error) {
	slots, computes := w.run.Slots, w.run.Source.Computes()
	if computes {
		if err := slots.Acquire(ctx); err != nil {
			return false, err
		}
		defer slots.Release()
	}
	if more, err = w.fetch(); err != nil {
		return false, err
	}
	if !computes {
		if err := slots.Acquire(ctx); err != nil {
			return false, err
		}
		defer slots.Release()
	}
	w.digestRows()
	for _, row := range w.rows[:w.read] {
		if w.progress.Rows >= w.run.Definition.Limits.Rows {
			return false, fmt.Errorf("%w: %d", ErrTooManyRows, w.run.Definition.Limits.Rows)
		}
		if err := w.book.Row(row); errors.Is(err, workbook.ErrTooManySheets) {
			return false, fmt.Errorf("%w: %w", ErrTooManyRows, err)
		} else if err != nil {
			return false, err
		}
		w.progress.Rows++
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return more, nil
}

// fetch reads the next rows, in the order of the report's columns, and of a preview no
// more than it shows.
func (w *walk) fetch() (more bool, err error) {
	most := int64(batchRows)
	if w.run.First > 0 {
		most = min(most, w.run.First-w.progress.Rows)
	}
	for w.read = 0; int64(w.read) < most; w.read++ {
		values, err := w.cursor.Next()
		if err != nil || values == nil {
			return false, err
		}
		for i, place := range w.places {
			w.rows[w.read][i] = values[place]
		}
	}
	return true, nil
}
