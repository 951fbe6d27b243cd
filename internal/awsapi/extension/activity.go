package extension

import (
	"cmp"
	"context"
	"sort"
	"time"
)

// activityMinutes is over how many minutes activity is counted, the one under way among them.
const activityMinutes = 60

// Activity is what one stage does now, over all nodes.
type Activity struct {
	APIID       string `json:"apiId"`
	Stage       string `json:"stage"`
	Connections int64  `json:"connections"` // open now, those still at $connect too
	// LastMinute counts the last whole minute, LastHour the minute under way and the 59
	// before it, by the names of [Sample].
	LastMinute map[string]int64 `json:"lastMinute"`
	LastHour   map[string]int64 `json:"lastHour"`
}

// activities are those of the stages that the caller may read the metrics of.
type activities struct {
	Stages  []Activity `json:"stages"`
	Missing []Missing  `json:"missing,omitempty"`
}

type activityInput struct {
	nodeInput
	languageInput
}

var askActivity = question[struct{}, []Activity]{"activity", func(_ context.Context, s *Services, _ struct{}) ([]Activity, error) {
	open := map[[2]string]int64{}
	s.Live.OpenConnections(func(apiID, stageName string, n int64) { open[[2]string{apiID, stageName}] += n })
	var all []Activity
	for _, served := range s.Status.Status().Stages {
		a := Activity{APIID: served.APIID, Stage: served.Stage, Connections: open[[2]string{served.APIID, served.Stage}]}
		if h, ok := s.Metrics.History(a.APIID, a.Stage, ""); ok {
			a.LastMinute, a.LastHour = h.lastCounts(1, time.Now()), h.lastCounts(activityMinutes-1, time.Now())
			addCounts(a.LastHour, h.UnderWay)
		}
		all = append(all, a)
	}
	return all, nil
}}

// lastCounts adds up the counters of the minutes that ended in the last ones before now:
// a stage that did not count for a while has an older history.
func (h *History) lastCounts(minutes int, now time.Time) map[string]int64 {
	counts := map[string]int64{}
	every := time.Duration(h.EverySeconds) * time.Second
	begin := now.Add(-time.Duration(minutes+1) * time.Minute) // the minute under way is not counted
	for name, values := range h.Counters {
		for i, value := range values {
			if h.Since.Add(time.Duration(i) * every).After(begin) {
				counts[name] += value
			}
		}
	}
	return counts
}

// activity sums up what the stages do on all nodes, ordered by API and stage. Of a node
// with more than 1,000 stages the others are not in it.
func (s Services) activity(ctx context.Context, in activityInput) (activities, error) {
	out := activities{Stages: []Activity{}}
	parts, missing, err := askActivity.ask(ctx, &s, in.Node, in.language(), struct{}{})
	if err != nil {
		return out, err
	}
	out.Missing = missing
	may, at := s.permissions(ctx), map[[2]string]int{}
	for _, p := range parts {
		for _, a := range p.value {
			if !may.read("/pasarela/apis/" + a.APIID + "/stages/" + a.Stage + "/metrics") {
				continue
			}
			key := [2]string{a.APIID, a.Stage}
			i, known := at[key]
			if !known {
				i = len(out.Stages)
				at[key] = i
				out.Stages = append(out.Stages, Activity{APIID: a.APIID, Stage: a.Stage, LastMinute: map[string]int64{}, LastHour: map[string]int64{}})
			}
			sum := &out.Stages[i]
			sum.Connections += a.Connections
			addCounts(sum.LastMinute, a.LastMinute)
			addCounts(sum.LastHour, a.LastHour)
		}
	}
	sort.Slice(out.Stages, func(i, j int) bool {
		a, b := &out.Stages[i], &out.Stages[j]
		return cmp.Or(cmp.Compare(a.APIID, b.APIID), cmp.Compare(a.Stage, b.Stage)) < 0
	})
	return out, nil
}

func addCounts(sums, more map[string]int64) {
	for name, count := range more {
		sums[name] += count
	}
}
