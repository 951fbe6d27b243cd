package extension

import (
	"context"
	"time"
)

// Bounds that tests reach.
var (
	MaxFile     = maxFile
	MaxTemplate = maxTemplate
)

// CheckPolicy is the operation without its wire.
func CheckPolicy(ctx context.Context, kind, document string) ([]fault, error) {
	out, err := checkPolicy(ctx, checkPolicyInput{Kind: kind, Document: document})
	return out.Faults, err
}

// LastCounts is what a stage counted in the last whole minutes.
func (h *History) LastCounts(minutes int, now time.Time) map[string]int64 {
	return h.lastCounts(minutes, now)
}
