package intake

import (
	"math"
	"sync"
	"time"
)

// A ProgressBoard holds the progress of the running reports of this process.
type ProgressBoard struct {
	mu   sync.Mutex
	seen map[string]Progress
}

// Progress is how far a report is.
type Progress struct {
	Rows, Total, Bytes int64 // Total 0: unknown
	Before             int64 // rows that there were when the time began to be counted
	Elapsed            time.Duration
}

// paceAfter is how long rows must have come before their pace tells something: the first of
// them come after the database has counted and sorted, and after a restart all at once.
const paceAfter = 2 * time.Second

// NewProgressBoard makes an empty board.
func NewProgressBoard() *ProgressBoard { return &ProgressBoard{seen: map[string]Progress{}} }

// Write sets a report's progress.
func (b *ProgressBoard) Write(id string, progress Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen[id] = progress
}

// Read returns a report's progress.
func (b *ProgressBoard) Read(id string) (Progress, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	progress, ok := b.seen[id]
	return progress, ok
}

// Remove removes a report's progress.
func (b *ProgressBoard) Remove(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.seen, id)
}

// Percent is the share of the rows that are written, to a tenth, at most 99.9
// until the report has ended. It is nil while the total is unknown.
func (p Progress) Percent() *float64 {
	if p.Total <= 0 {
		return nil
	}
	percent := math.Min(math.Floor(float64(p.Rows)*1000/float64(p.Total))/10, 99.9)
	return &percent
}

// SecondsLeft is the time for the remaining rows at the pace since the first ones came; nil
// until that tells something.
func (p Progress) SecondsLeft() *int64 {
	if p.Total <= 0 || p.Rows <= p.Before || p.Elapsed < paceAfter {
		return nil
	}
	left := int64(math.Ceil(p.Elapsed.Seconds() * float64(max(p.Total-p.Rows, 0)) / float64(p.Rows-p.Before)))
	return &left
}
