package extension

import (
	"context"
	"errors"
	"slices"
	"sort"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Sample is the state of a stage on one node at one moment: counters since the node
// started by AWS's metric names, gauges, and the limits in effect as text: those of
// single routes have the route key behind a space, an absent throttle is the account's.
type Sample struct {
	DeploymentID string             `json:"deploymentId"` // that the node serves
	Counters     map[string]float64 `json:"counters"`
	Gauges       map[string]float64 `json:"gauges"`
	Limits       map[string]string  `json:"limits"`
}

// History is what a stage or route counted in every minute since Since, at most a day
// ago (A-CONSOLE-4): counters in that minute, gauges at its end, by the names of
// [Sample]. The minute under way is not in these.
type History struct {
	Since        time.Time          `json:"since"`
	EverySeconds int                `json:"everySeconds"`
	Counters     map[string][]int64 `json:"counters"`
	Gauges       map[string][]int64 `json:"gauges"`
	// Latency counts the calls of integrations in that minute by how long they took: one
	// row for those of at most each of LatencyBounds, in milliseconds, and one for longer ones.
	LatencyBounds []float64           `json:"latencyBounds"`
	Latency       [][]int64           `json:"latency"`
	Deployments   []HistoryDeployment `json:"deployments"`
	// Routes are the keys of the routes that have a history of their own: those with
	// detailed metrics.
	Routes []string `json:"routes"`
	// UnderWay are the counters of a stage in the minute under way, which nodes add to their
	// activity.
	UnderWay map[string]int64 `json:"-"`
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
	// History is that of a stage, or of its route where routeKey is not empty; false when
	// this node has no such stage.
	History(apiID, stageName, routeKey string) (History, bool)
}

type metricsInput struct {
	stageInput
	nodeInput
	languageInput
}

type historyInput struct {
	metricsInput
	Route string `query:"route"` // its key; empty: the whole stage
}

// ofRoute is a stage, or a route of it where one is named.
type ofRoute struct{ APIID, Stage, Route string }

// sampleOn is what one node counted.
type sampleOn struct {
	Node         string             `json:"node"`
	DeploymentID string             `json:"deploymentId"`
	Counters     map[string]float64 `json:"counters"`
	Gauges       map[string]float64 `json:"gauges"`
}

// metricsOutput is the sum over all nodes, and what each of them has.
type metricsOutput struct {
	Counters map[string]float64 `json:"counters"`
	Gauges   map[string]float64 `json:"gauges"`
	Limits   map[string]string  `json:"limits"`
	Nodes    []sampleOn         `json:"nodes"`
	Missing  []Missing          `json:"missing,omitempty"`
}

var askSample = question[ofStage, *Sample]{"sample", func(ctx context.Context, s *Services, in ofStage) (*Sample, error) {
	sample, ok := s.Metrics.Sample(ctx, in.APIID, in.Stage)
	if !ok {
		return nil, nil
	}
	return &sample, nil
}}

// metrics sums up the counters and gauges of a stage over the nodes, or has those of one node.
func (s Services) metrics(ctx context.Context, in metricsInput) (metricsOutput, error) {
	out := metricsOutput{Counters: map[string]float64{}, Gauges: map[string]float64{}}
	parts, missing, err := askSample.ask(ctx, &s, in.Node, in.language(), ofStage{in.APIID, in.Stage})
	if err != nil {
		return out, err
	}
	out.Missing = missing
	for _, p := range parts {
		if p.value == nil {
			continue
		}
		for name, count := range p.value.Counters {
			out.Counters[name] += count
		}
		for name, value := range p.value.Gauges {
			out.Gauges[name] += value
		}
		out.Limits = p.value.Limits // the same everywhere but for a moment
		out.Nodes = append(out.Nodes, sampleOn{p.node, p.value.DeploymentID, p.value.Counters, p.value.Gauges})
	}
	if len(out.Nodes) == 0 {
		return out, notServed(in.stageInput)
	}
	return out, nil
}

// historyOutput is the sum over the nodes that are named.
type historyOutput struct {
	History
	Nodes   []string  `json:"nodes"`
	Missing []Missing `json:"missing,omitempty"`
}

var askHistory = question[ofRoute, *History]{"history", func(_ context.Context, s *Services, in ofRoute) (*History, error) {
	history, ok := s.Metrics.History(in.APIID, in.Stage, in.Route)
	if !ok {
		return nil, nil
	}
	return &history, nil
}}

// metricsHistory sums up the minutes of a stage or a route over the nodes that remember them.
func (s Services) metricsHistory(ctx context.Context, in historyInput) (historyOutput, error) {
	parts, missing, err := askHistory.ask(ctx, &s, in.Node, in.language(), ofRoute{in.APIID, in.Stage, in.Route})
	if err != nil {
		return historyOutput{}, err
	}
	out := historyOutput{Missing: missing}
	var all []History
	for _, p := range parts {
		if p.value != nil {
			all = append(all, *p.value)
			out.Nodes = append(out.Nodes, p.node)
		}
	}
	if len(all) == 0 {
		return out, notServed(in.stageInput)
	}
	out.History, err = summed(all)
	return out, err
}

// summed adds histories up, minute by minute, from the first that any node has to the
// last that all of them have.
func summed(all []History) (History, error) {
	sum := History{Since: all[0].Since, EverySeconds: all[0].EverySeconds, Counters: map[string][]int64{}, Gauges: map[string][]int64{}, LatencyBounds: all[0].LatencyBounds, Latency: [][]int64{}, Deployments: []HistoryDeployment{}, Routes: []string{}}
	if sum.EverySeconds <= 0 {
		return sum, errors.New("a history without an interval")
	}
	every := time.Duration(sum.EverySeconds) * time.Second
	end := all[0].end(every)
	for _, h := range all {
		if h.Since.Before(sum.Since) {
			sum.Since = h.Since
		}
		if last := h.end(every); last.Before(end) {
			end = last
		}
	}
	length := max(0, int(end.Sub(sum.Since)/every))
	for _, h := range all {
		skip := int(h.Since.Sub(sum.Since) / every)
		addAll(sum.Counters, h.Counters, skip, length)
		addAll(sum.Gauges, h.Gauges, skip, length)
		for i, counts := range h.Latency {
			if i == len(sum.Latency) {
				sum.Latency = append(sum.Latency, make([]int64, length))
			}
			add(sum.Latency[i], counts, skip)
		}
		sum.Routes = append(sum.Routes, h.Routes...)
		sum.addDeployments(h.Deployments, every)
	}
	slices.Sort(sum.Routes)
	sum.Routes = slices.Compact(sum.Routes)
	sort.SliceStable(sum.Deployments, func(i, j int) bool {
		a, b := &sum.Deployments[i], &sum.Deployments[j]
		return a.At.Compare(b.At) < 0
	})
	return sum, nil
}

// addDeployments adds the deployments of another node's history. One that both have within an
// interval is the same, made when the first of them noted it.
func (h *History) addDeployments(others []HistoryDeployment, every time.Duration) {
	for _, d := range others {
		at := slices.IndexFunc(h.Deployments, func(known HistoryDeployment) bool {
			return known.DeploymentID == d.DeploymentID && known.At.Sub(d.At).Abs() <= every
		})
		switch {
		case at < 0:
			h.Deployments = append(h.Deployments, d)
		case d.At.Before(h.Deployments[at].At):
			h.Deployments[at].At = d.At
		}
	}
}

// end is the moment behind the last interval.
func (h *History) end(every time.Duration) time.Time {
	length := 0
	for _, values := range h.Gauges {
		length = len(values)
	}
	return h.Since.Add(time.Duration(length) * every)
}

func addAll(sums, more map[string][]int64, skip, length int) {
	for name, values := range more {
		if sums[name] == nil {
			sums[name] = make([]int64, length)
		}
		add(sums[name], values, skip)
	}
}

// add adds values to sums from skip on; what lies behind their end is left out.
func add(sums, values []int64, skip int) {
	for i, value := range values {
		if at := skip + i; at < len(sums) {
			sums[at] += value
		}
	}
}

// notServed is the error for a stage that no node serves.
func notServed(in stageInput) error {
	return pasarela.Errorf(pasarela.CodeNotFound, "No node serves a stage %s of API %s: it does not exist, or nothing is deployed to it.", in.Stage, in.APIID)
}
