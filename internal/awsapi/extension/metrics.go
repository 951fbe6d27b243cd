package extension

import (
	"context"
	"time"
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

// History is what a stage on this node counted in every minute since Since, at most a
// day ago (A-CONSOLE-4): counters in that minute, gauges at its end, by the names of
// [Sample]. The minute under way is not in it.
type History struct {
	Since        time.Time           `json:"since"`
	EverySeconds int                 `json:"everySeconds"`
	Counters     map[string][]int64  `json:"counters"`
	Gauges       map[string][]int64  `json:"gauges"`
	Deployments  []HistoryDeployment `json:"deployments"`
}

// HistoryDeployment is the minute from which the stage served a deployment.
type HistoryDeployment struct {
	At           time.Time `json:"at"`
	DeploymentID string    `json:"deploymentId"`
}

// Metrics samples a stage on this node.
type Metrics interface {
	// Sample is false when this node serves no such stage.
	Sample(ctx context.Context, apiID, stageName string) (Sample, bool)
	// History is false when this node has no such stage.
	History(apiID, stageName string) (History, bool)
}

func (s Services) metrics(ctx context.Context, in stageInput) (Sample, error) {
	sample, ok := s.Metrics.Sample(ctx, in.APIID, in.Stage)
	if !ok {
		return Sample{}, notServed(in)
	}
	return sample, nil
}

func (s Services) metricsHistory(_ context.Context, in stageInput) (History, error) {
	history, ok := s.Metrics.History(in.APIID, in.Stage)
	if !ok {
		return History{}, notServed(in)
	}
	return history, nil
}
