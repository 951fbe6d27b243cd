package node

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/node/tracing"
)

// tracer sends executions to the collector that OpenTelemetry's environment
// variables name; nil when they name none.
func (n *Node) tracer(ctx context.Context) (func(r *execution.Record, traceparent, parent string, ended time.Time), error) {
	if !tracing.Configured(os.Getenv) {
		return nil, nil
	}
	exporter, err := tracing.New(ctx, n.options.Version)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	n.onStop("the traces", exporter.Stop)
	return func(r *execution.Record, traceparent, parent string, ended time.Time) {
		x := tracing.Execution{
			Traceparent: traceparent, Parent: parent, Name: r.EventType + " " + r.RouteKey,
			APIID: r.APIID, Stage: r.Stage, RouteKey: r.RouteKey, ConnectionID: r.ConnectionID, RequestID: r.RequestID,
			Status: r.Status, Began: r.Began, Ended: ended,
		}
		if r.Err != nil {
			x.Failure = r.Err.Error()
		}
		exporter.Send(x)
	}, nil
}
