package render

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"math"
	"os"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/value"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

const (
	// blockBytes is how much of a file is written between two ends of blocks, before it is
	// compressed. It decides the bytes of a file: a change makes older checkpoints void.
	blockBytes = 8 << 20
	// keepEvery is how often a checkpoint is kept at most: it costs a sync of the disk.
	keepEvery = time.Second
)

// A Checkpoint is what an interrupted run leaves, so that the next one continues from the
// end of its last block (A-REPORT-33). It is used only if the query gives the same rows
// again, which their digest shows.
type Checkpoint struct {
	Program    string         `json:"program"` // that wrote it: another may write other bytes
	Definition string         `json:"definition"`
	Made       time.Time      `json:"made"`
	Total      int64          `json:"total"`
	Digest     []byte         `json:"digest"` // of the rows so far
	Book       workbook.State `json:"book"`
}

// Checkpoints keeps the last checkpoint of the file that a run writes.
type Checkpoints interface {
	// Checkpoint is the stored checkpoint, nil without one; the file ends where it
	// was stored.
	Checkpoint() []byte
	// KeepCheckpoint stores a checkpoint from which a run can continue after everything
	// written so far.
	KeepCheckpoint(checkpoint []byte) error
	// Restart empties the file and forgets the checkpoint.
	Restart() error
}

// errOtherRows says that the query did not give the rows of the checkpoint again.
var errOtherRows = errors.New("the query gives other rows than before")

// checkpoint is the file's, if it is of this program and definition.
func (r *Run) checkpoint() *Checkpoint {
	if r.Checkpoints == nil {
		return nil
	}
	var kept Checkpoint
	content := r.Checkpoints.Checkpoint()
	if content == nil || json.Unmarshal(content, &kept) != nil || kept.Program != program() || kept.Definition != r.Definition.Digest {
		return nil
	}
	return &kept
}

// program identifies the build of this program.
func program() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
}

// keep ends a block when enough was written, and stores a checkpoint at most every
// KeepEvery.
func (w *walk) keep() error {
	if w.book.Written()-w.blockAt < blockBytes {
		return nil
	}
	state, err := w.book.Block()
	if err != nil {
		return err
	}
	w.blockAt = w.book.Written()
	if w.digest == nil || time.Since(w.kept) < w.run.keepEvery() {
		return nil
	}
	w.kept = time.Now()
	content, err := json.Marshal(Checkpoint{program(), w.run.Definition.Digest, w.made, w.progress.Total, w.digest.Sum(nil), state})
	if err != nil {
		return err
	}
	return w.run.Checkpoints.KeepCheckpoint(content)
}

func (r *Run) keepEvery() time.Duration {
	if r.KeepEvery > 0 {
		return r.KeepEvery
	}
	return keepEvery
}

// skip reads the rows that the file holds already, and returns errOtherRows unless they are
// the same.
func (w *walk) skip(ctx context.Context, from *Checkpoint) error {
	for seen := int64(0); seen < from.Book.Rows; {
		more, err := w.reread(ctx)
		if err != nil {
			return err
		}
		if seen += int64(w.read); !more && seen < from.Book.Rows {
			return errOtherRows
		}
		if w.run.Progress != nil {
			w.run.Progress(w.progress)
		}
	}
	if string(w.digest.Sum(nil)) != string(from.Digest) {
		return errOtherRows
	}
	return nil
}

// reread reads a batch of rows, in a slot of an engine in this process.
func (w *walk) reread(ctx context.Context) (more bool, err error) {
	if w.run.Source.Computes() {
		if err := w.run.Slots.Acquire(ctx); err != nil {
			return false, err
		}
		defer w.run.Slots.Release()
	}
	if more, err = w.fetch(); err != nil {
		return false, err
	}
	w.digestRows()
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return more, nil
}

// digestRows adds the rows that were read to the digest.
func (w *walk) digestRows() {
	if w.digest == nil {
		return
	}
	for _, row := range w.rows[:w.read] {
		w.buffer = w.buffer[:0]
		for i := range row {
			w.buffer = appendValue(w.buffer, &row[i])
		}
		_, _ = w.digest.Write(w.buffer) // a hash never fails
	}
}

// appendValue writes a value in a form that is unambiguous also when values are
// concatenated.
func appendValue(to []byte, v *value.Value) []byte {
	to = append(to, byte(v.Kind))
	switch v.Kind {
	case value.Null:
		return to
	case value.Double:
		return binary.BigEndian.AppendUint64(to, math.Float64bits(v.Float))
	case value.Bool, value.Integer:
		to = binary.AppendVarint(to, v.Int)
	case value.Date, value.Timestamp:
		m := &v.Moment
		to = binary.AppendVarint(to, int64(m.Year))
		to = append(to, byte(m.Month), byte(m.Day), byte(m.Hour), byte(m.Minute), byte(m.Second))
		to = binary.AppendVarint(to, int64(m.Nano))
	}
	to = binary.AppendUvarint(to, uint64(len(v.Text)))
	return append(to, v.Text...)
}

func newDigest() hash.Hash { return sha256.New() }
