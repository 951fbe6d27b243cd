package node

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/node/minutecounts"
)

// stageMetrics samples the counters of a stage.
type stageMetrics struct {
	gateway      *gateway.Gateway
	directory    *stage.Directory
	apis         *apis.Service
	minuteCounts *minutecounts.Table
}

// Sample is [extension.Metrics].
func (m stageMetrics) Sample(ctx context.Context, apiID, stageName string) (extension.Sample, bool) {
	s, ok := m.directory.Stage(apiID, stageName)
	if !ok || s.Deployed() == nil {
		return extension.Sample{}, false
	}
	settings := s.Deployed().Settings
	limits := map[string]string{
		"idleTimeoutSeconds":        seconds(settings.IdleTimeout),
		"connectionDurationSeconds": seconds(settings.ConnectionDuration),
		"maxFrameBytes":             fmt.Sprint(settings.MaxFrameBytes),
		"maxMessageBytes":           fmt.Sprint(settings.MaxMessageBytes),
	}
	if settings.MaxConnections > 0 {
		limits["maxConnections"] = fmt.Sprint(settings.MaxConnections)
	}
	if kept, err := m.apis.Stages.GetStage(ctx, apis.StageInput{APIID: apiID, StageName: stageName}); err == nil {
		addThrottles(limits, kept)
	}
	return extension.Sample{
		DeploymentID: s.Deployed().DeploymentID,
		Counters:     countersOf(&s.Counters),
		Gauges:       map[string]float64{"Connections": float64(m.gateway.OpenOn(s))},
		Limits:       limits,
	}, true
}

// counterNames are AWS's metric names, in the order of [countsOf], and the last three ours.
var counterNames = [minutecounts.Counters]string{
	"ConnectCount", "MessageCount", "IntegrationError", "ClientError", "ExecutionError", "Throttled", "Pushes", "Failed",
}

func countsOf(c *execution.Counters) [minutecounts.Counters]int64 {
	return [...]int64{
		c.ConnectCount.Load(), c.MessageCount.Load(), c.IntegrationError.Load(), c.ClientError.Load(),
		c.ExecutionError.Load(), c.Throttled.Load(), c.Pushes.Load(), c.Failed.Load(),
	}
}

func countersOf(c *execution.Counters) map[string]float64 {
	counters := make(map[string]float64, len(counterNames))
	for i, count := range countsOf(c) {
		counters[counterNames[i]] = float64(count)
	}
	return counters
}

// History is [extension.Metrics].
func (m stageMetrics) History(apiID, stageName, routeKey string) (extension.History, bool) {
	served, ok := m.directory.Stage(apiID, stageName)
	if !ok {
		return extension.History{}, false
	}
	s, ok := m.minuteCounts.Of(apiID, stageName, routeKey)
	if !ok { // served since less than a minute, or without detailed metrics
		s.Since = time.Now().UTC().Truncate(time.Minute)
	}
	out := extension.History{
		Since: s.Since, EverySeconds: int(time.Minute / time.Second),
		Counters: make(map[string][]int64, len(counterNames)), Gauges: map[string][]int64{"Connections": append([]int64{}, s.Connections...)},
		LatencyBounds: make([]float64, len(execution.LatencyBounds)), Latency: make([][]int64, minutecounts.Buckets),
		Deployments: []extension.HistoryDeployment{}, Routes: []string{},
	}
	if routeKey == "" {
		out.UnderWay = sinceReading(served, s)
	}
	for i, counts := range s.Counts {
		out.Counters[counterNames[i]] = append([]int64{}, counts...)
	}
	for i, bound := range execution.LatencyBounds {
		out.LatencyBounds[i] = float64(bound) / float64(time.Millisecond)
	}
	for i, counts := range s.Latency {
		out.Latency[i] = append([]int64{}, counts...)
	}
	for _, d := range s.Deployments {
		out.Deployments = append(out.Deployments, extension.HistoryDeployment(d))
	}
	served.RouteCounters(func(key string, _ *execution.Counters) { out.Routes = append(out.Routes, key) })
	return out, true
}

// sinceReading is what a stage counted since its series was last added to: all of it where
// the series is of an earlier stage of that name, or there is none yet.
func sinceReading(served *stage.Stage, s minutecounts.Series) map[string]int64 {
	counts := make(map[string]int64, len(counterNames))
	for i, count := range countsOf(&served.Counters) {
		if s.Identity == any(served) {
			count -= s.Counted[i]
		}
		counts[counterNames[i]] = count
	}
	return counts
}

// newMinuteCounts makes the history of the stages of this node, and of those of their routes
// that have detailed metrics.
func newMinuteCounts(g *gateway.Gateway, d *stage.Directory) *minutecounts.Table {
	return minutecounts.New(func(visit func(minutecounts.Reading)) {
		d.Stages(func(s *stage.Stage) {
			r := minutecounts.Reading{APIID: s.APIID, Stage: s.Name, Identity: s, Counts: countsOf(&s.Counters), Latency: latencyOf(&s.Counters), Connections: g.OpenOn(s)}
			if deployed := s.Deployed(); deployed != nil {
				r.DeploymentID = deployed.DeploymentID
			}
			visit(r)
			s.RouteCounters(func(key string, c *execution.Counters) {
				visit(minutecounts.Reading{APIID: s.APIID, Stage: s.Name, Route: key, Identity: c, Counts: countsOf(c), Latency: latencyOf(c)})
			})
		})
	}, minutecounts.MaxBytes)
}

func latencyOf(c *execution.Counters) (counts [minutecounts.Buckets]int64) {
	for i := range c.Buckets {
		counts[i] = c.Buckets[i].Load()
	}
	return counts
}

func seconds(d time.Duration) string { return fmt.Sprint(d.Seconds()) }

// addThrottles tells the throttles of the stage and of its single routes.
func addThrottles(limits map[string]string, kept apis.Stage) {
	add := func(settings apis.RouteSettings, of string) {
		if settings.ThrottlingRateLimit != nil {
			limits["throttlingRateLimit"+of] = strconv.FormatFloat(float64(*settings.ThrottlingRateLimit), 'g', -1, 64)
		}
		if settings.ThrottlingBurstLimit != nil {
			limits["throttlingBurstLimit"+of] = strconv.Itoa(*settings.ThrottlingBurstLimit)
		}
	}
	add(kept.DefaultRouteSettings, "")
	for key, settings := range kept.RouteSettings {
		add(settings, " "+key)
	}
}
