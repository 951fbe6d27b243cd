// Package tracing sends what a node does to an OpenTelemetry collector, one span
// an execution. It is off unless OpenTelemetry's own environment variables name a
// collector: OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
// with their usual companions (headers, timeout, certificate, service name).
package tracing

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

// Execution is what a span says of one event of a connection.
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

// Exporter sends spans in batches. With a collector that is slow or away spans are lost,
// and nothing waits.
type Exporter struct {
	batches sdk.SpanProcessor
	origin  *resource.Resource
	ratio   float64
}

// Configured says whether the environment names a collector.
func Configured(lookup func(string) string) bool {
	if lookup("OTEL_SDK_DISABLED") == "true" || lookup("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	return lookup("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || lookup("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// New starts an exporter to the collector of the environment, which sees the spans of a
// service. Stop must be called.
func New(ctx context.Context, service, version string) (*Exporter, error) {
	client, err := newCollector(os.Getenv)
	if err != nil {
		return nil, err
	}
	ratio, err := ratioOf(os.Getenv)
	if err != nil {
		return nil, err
	}
	origin, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", service), attribute.String("service.version", version)),
		resource.WithFromEnv(), // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win
	)
	if err != nil {
		return nil, err
	}
	return &Exporter{sdk.NewBatchSpanProcessor(client), origin, ratio}, nil
}

// Sample decides whether a trace that begins here is recorded.
func (e *Exporter) Sample() bool { return e.ratio >= 1 || rand.Float64() < e.ratio }

// Send takes an execution that is over. One without a valid Traceparent, or of a trace that
// is not recorded, is left out.
func (e *Exporter) Send(x Execution) {
	if !traceparent.Sampled(x.Traceparent) || !traceparent.Valid(x.Traceparent) {
		return
	}
	e.end(trace.SpanKindServer, x.Name, x.Traceparent, x.Parent, x.Began, x.Ended, x.Failure, []attribute.KeyValue{
		attribute.String("aws.apigateway.api_id", x.APIID), attribute.String("aws.apigateway.stage", x.Stage),
		attribute.String("aws.apigateway.route_key", x.RouteKey), attribute.String("aws.apigateway.connection_id", x.ConnectionID),
		attribute.String("aws.request_id", x.RequestID), attribute.Int("http.response.status_code", x.Status),
	})
}

// Step takes a step of other work that is over, under the same conditions.
func (e *Exporter) Step(name, own, parent string, attributes map[string]string, began, ended time.Time, err error) {
	if !traceparent.Sampled(own) || !traceparent.Valid(own) {
		return
	}
	list := make([]attribute.KeyValue, 0, len(attributes))
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		list = append(list, attribute.String(key, attributes[key]))
	}
	failure := ""
	if err != nil {
		failure = err.Error()
	}
	e.end(trace.SpanKindInternal, name, own, parent, began, ended, failure, list)
}

func (e *Exporter) end(kind trace.SpanKind, name, own, parent string, began, ended time.Time, failure string, attributes []attribute.KeyValue) {
	stub := tracetest.SpanStub{
		Name: name, SpanContext: spanContext(own), Parent: spanContext(parent), SpanKind: kind,
		StartTime: began, EndTime: ended, Resource: e.origin, Attributes: attributes,
		InstrumentationScope: instrumentation.Scope{Name: "github.com/pasarela-ws/pasarela"},
	}
	if failure != "" {
		stub.Status = sdk.Status{Code: codes.Error, Description: failure}
	}
	e.batches.OnEnd(stub.Snapshot())
}

// Stop sends what waits, until ctx ends.
func (e *Exporter) Stop(ctx context.Context) error { return e.batches.Shutdown(ctx) }

// spanContext reads a valid context; of another text it is empty.
func spanContext(text string) trace.SpanContext {
	var config trace.SpanContextConfig
	if !traceparent.Valid(text) {
		return trace.SpanContext{}
	}
	_, _ = hex.Decode(config.TraceID[:], []byte(text[3:35])) // valid
	_, _ = hex.Decode(config.SpanID[:], []byte(text[36:52]))
	config.TraceFlags = trace.FlagsSampled
	return trace.NewSpanContext(config)
}

// ratioOf reads which share of the traces that begin here is recorded. One that began
// elsewhere says itself whether it is, with every sampler.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
func ratioOf(lookup func(string) string) (float64, error) {
	switch name := strings.TrimSpace(lookup("OTEL_TRACES_SAMPLER")); strings.TrimPrefix(name, "parentbased_") {
	case "", "always_on":
		return 1, nil
	case "always_off":
		return 0, nil
	case "traceidratio":
		text := strings.TrimSpace(lookup("OTEL_TRACES_SAMPLER_ARG"))
		ratio, err := strconv.ParseFloat(cmp.Or(text, "1"), 64)
		if err != nil || !(ratio >= 0 && ratio <= 1) {
			return 0, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG: %q is no number from 0 to 1", text)
		}
		return ratio, nil
	default:
		return 0, fmt.Errorf("OTEL_TRACES_SAMPLER: %q is none of always_on, always_off, traceidratio, with or without parentbased_ before it", name)
	}
}
