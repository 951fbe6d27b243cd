package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/node/tracing"
	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

// openTraces starts the exporter to the collector that OpenTelemetry's environment
// variables name; they may name none.
func (n *Node) openTraces(ctx context.Context) (err error) {
	if !tracing.Configured(os.Getenv) {
		return nil
	}
	if n.traces, err = tracing.New(ctx, "pasarela", n.options.Version); err != nil {
		return fmt.Errorf("traces: %w", err)
	}
	n.onStop("the traces", n.traces.Stop)
	return nil
}

// traceExecutions has the gateway send its executions to the collector.
func (n *Node) traceExecutions(o *gateway.Options) {
	if n.traces == nil {
		return
	}
	o.Sample = n.traces.Sample
	o.Trace = func(r *execution.Record, own, parent string, ended time.Time) {
		x := tracing.Execution{
			Traceparent: own, Parent: parent, Name: r.EventType + " " + r.RouteKey,
			APIID: r.APIID, Stage: r.Stage, RouteKey: r.RouteKey, ConnectionID: r.ConnectionID, RequestID: r.RequestID,
			Status: r.Status, Began: r.Began, Ended: ended,
		}
		if r.Err != nil {
			x.Failure = r.Err.Error()
		}
		n.traces.Send(x)
		for _, s := range r.Spans() {
			var failure error
			if s.Failure != "" {
				failure = errors.New(s.Failure)
			}
			context := cmp.Or(s.Traceparent, traceparent.Child(own))
			n.traces.Step(s.Name, context, own, map[string]string{"aws.request_id": r.RequestID}, s.Began, s.Ended, failure)
		}
	}
}

// TraceStep sends steps of what runs beside the node to its collector; it is nil where there
// is none.
func (n *Node) TraceStep() func(name, own, parent string, attributes map[string]string, began, ended time.Time, err error) {
	if n.traces == nil {
		return nil
	}
	return n.traces.Step
}

// tracePush sends a push to the collector that came with a trace context: a push begins no
// trace of its own.
func (n *Node) tracePush(header http.Header, apiID, connectionID string, began time.Time, err error) {
	parent := header.Get("Traceparent")
	if !traceparent.Sampled(parent) || !traceparent.Valid(parent) {
		return
	}
	n.traces.Step("POST @connections", traceparent.Child(parent), parent,
		map[string]string{"aws.apigateway.api_id": apiID, "aws.apigateway.connection_id": connectionID}, began, time.Now(), err)
}
