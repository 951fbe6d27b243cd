// Package tracing sends what a node does to an OpenTelemetry collector, one span
// an execution. It is off unless OpenTelemetry's own environment variables name a
// collector: OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
// with their usual companions (headers, timeout, certificate, service name).
package tracing

import (
	"context"
	"encoding/hex"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// Execution is what a span tells of one event of a connection.
type Execution struct {
	// Traceparent is the W3C context that backends saw: its span is this one.
	Traceparent string
	// Parent is the context that the client sent; empty when it sent none.
	Parent       string
	Name         string // CONNECT $connect
	APIID        string
	Stage        string
	RouteKey     string
	ConnectionID string
	RequestID    string
	Status       int
	Failure      string // what went wrong; empty when nothing did
	Began, Ended time.Time
}

// Exporter sends spans in batches; a collector that is slow or away costs spans,
// never a wait.
type Exporter struct {
	batches sdk.SpanProcessor
	origin  *resource.Resource
}

// Configured says whether the environment names a collector.
func Configured(lookup func(string) string) bool {
	if lookup("OTEL_SDK_DISABLED") == "true" || lookup("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	return lookup("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || lookup("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// New starts an exporter to the collector of the environment. Stop must be called.
func New(ctx context.Context, version string) (*Exporter, error) {
	client, err := newCollector(os.Getenv)
	if err != nil {
		return nil, err
	}
	origin, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "pasarela"), attribute.String("service.version", version)),
		resource.WithFromEnv(), // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win
	)
	if err != nil {
		return nil, err
	}
	return &Exporter{sdk.NewBatchSpanProcessor(client), origin}, nil
}

// Send takes an execution that is over. One without a valid Traceparent is left out.
func (e *Exporter) Send(x Execution) {
	own, ok := spanContext(x.Traceparent)
	if !ok {
		return
	}
	parent, _ := spanContext(x.Parent)
	stub := tracetest.SpanStub{
		Name: x.Name, SpanContext: own, Parent: parent, SpanKind: trace.SpanKindServer,
		StartTime: x.Began, EndTime: x.Ended, Resource: e.origin,
		InstrumentationScope: instrumentation.Scope{Name: "github.com/pasarela-ws/pasarela"},
		Attributes: []attribute.KeyValue{
			attribute.String("aws.apigateway.api_id", x.APIID), attribute.String("aws.apigateway.stage", x.Stage),
			attribute.String("aws.apigateway.route_key", x.RouteKey), attribute.String("aws.apigateway.connection_id", x.ConnectionID),
			attribute.String("aws.request_id", x.RequestID), attribute.Int("http.response.status_code", x.Status),
		},
	}
	if x.Failure != "" {
		stub.Status = sdk.Status{Code: codes.Error, Description: x.Failure}
	}
	e.batches.OnEnd(stub.Snapshot())
}

// Stop sends what waits, until ctx ends.
func (e *Exporter) Stop(ctx context.Context) error { return e.batches.Shutdown(ctx) }

// spanContext reads a W3C traceparent of version 00: 00-{trace}-{span}-{flags}.
func spanContext(traceparent string) (trace.SpanContext, bool) {
	var config trace.SpanContextConfig
	if len(traceparent) != 55 {
		return trace.SpanContext{}, false
	}
	_, badTrace := hex.Decode(config.TraceID[:], []byte(traceparent[3:35]))
	_, badSpan := hex.Decode(config.SpanID[:], []byte(traceparent[36:52]))
	if badTrace != nil || badSpan != nil {
		return trace.SpanContext{}, false
	}
	config.TraceFlags = trace.FlagsSampled
	return trace.NewSpanContext(config), true
}
