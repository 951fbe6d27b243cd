package extension

import (
	"context"
)

// Sample is the state of a stage at one moment, for charts: counters since the
// node started by AWS's metric names, gauges, and the limits in effect as text:
// those of single routes have the route key behind a space, an absent throttle is
// the account's.
type Sample struct {
	Counters map[string]float64 `json:"counters"`
	Gauges   map[string]float64 `json:"gauges"`
	Limits   map[string]string  `json:"limits"`
}

// Metrics samples a stage on this node.
type Metrics interface {
	// Sample is false when this node serves no such stage.
	Sample(ctx context.Context, apiID, stageName string) (Sample, bool)
}

func (s Services) metrics(ctx context.Context, in stageInput) (Sample, error) {
	sample, ok := s.Metrics.Sample(ctx, in.APIID, in.Stage)
	if !ok {
		return Sample{}, notServed(in)
	}
	return sample, nil
}
