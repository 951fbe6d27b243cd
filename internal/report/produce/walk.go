package produce

import (
	"context"
	"fmt"
	"runtime"

	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

// walk carries rows from the cursor to the workbook.
type walk struct {
	run      *Run
	cursor   *source.Cursor
	places   []int
	book     workbook.Writer
	written  *countingWriter
	progress Progress
	row      []any
}

func (w *walk) all(ctx context.Context) error {
	w.row = make([]any, len(w.places))
	for {
		more, err := w.batch(ctx)
		if err != nil {
			return err
		}
		w.progress.Bytes = w.written.bytes
		if w.run.Progress != nil {
			w.run.Progress(w.progress)
		}
		if !more {
			return nil
		}
	}
}

func (w *walk) batch(ctx context.Context) (more bool, err error) {
	if w.run.Turns != nil {
		select {
		case w.run.Turns <- struct{}{}:
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
		defer func() { <-w.run.Turns; runtime.Gosched() }()
	}
	for range batchRows {
		values, err := w.cursor.Next()
		if err != nil || values == nil {
			return false, err
		}
		if w.progress.Rows >= w.run.Definition.Limits.Rows {
			return false, fmt.Errorf("%w: %d", ErrTooManyRows, w.run.Definition.Limits.Rows)
		}
		for i, place := range w.places {
			w.row[i] = values[place]
		}
		if err := w.book.Row(w.row); err != nil {
			return false, err
		}
		w.progress.Rows++
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return true, nil
}
