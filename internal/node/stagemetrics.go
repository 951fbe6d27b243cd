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
)

// stageMetrics samples the counters of a stage.
type stageMetrics struct {
	gateway   *gateway.Gateway
	directory *stage.Directory
	apis      *apis.Service
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
	if kept, err := m.apis.GetStage(ctx, apis.StageInput{APIID: apiID, StageName: stageName}); err == nil {
		addThrottles(limits, kept)
	}
	return extension.Sample{
		Counters: countersOf(&s.Counters),
		Gauges:   map[string]float64{"Connections": float64(m.gateway.OpenOn(s))},
		Limits:   limits,
	}, true
}

func countersOf(c *execution.Counters) map[string]float64 {
	return map[string]float64{
		"ConnectCount":     float64(c.ConnectCount.Load()),
		"MessageCount":     float64(c.MessageCount.Load()),
		"IntegrationError": float64(c.IntegrationError.Load()),
		"ClientError":      float64(c.ClientError.Load()),
		"ExecutionError":   float64(c.ExecutionError.Load()),
		"Throttled":        float64(c.Throttled.Load()),
		"Pushes":           float64(c.Pushes.Load()),
	}
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
