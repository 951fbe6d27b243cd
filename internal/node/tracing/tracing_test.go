package tracing_test

import (
	"compress/gzip"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/pasarela-ws/pasarela/internal/node/tracing"
)

const (
	own    = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	parent = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
)

func TestSpansReachTheCollector(t *testing.T) {
	bodies := make(chan []byte, 4)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	exporter, err := tracing.New(t.Context(), "pasarela", "test")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Unix(1705094006, 0)
	exporter.Send(tracing.Execution{
		Traceparent: own, Parent: parent, Name: "CONNECT $connect", APIID: "abcdef1234", Stage: "prod", RouteKey: "$connect",
		ConnectionID: "L0SM9cOFvHcCIhw=", RequestID: "L0SNHFjcvHcFc7Q=", Status: 500, Failure: "no integration response", Began: began, Ended: began.Add(time.Second),
	})
	exporter.Send(tracing.Execution{Traceparent: "malformed", Name: "left out"})
	if err := exporter.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got trace.TracesData // as ExportTraceServiceRequest on the wire
	if err := proto.Unmarshal(<-bodies, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.ResourceSpans) != 1 || len(got.ResourceSpans[0].ScopeSpans) != 1 || len(got.ResourceSpans[0].ScopeSpans[0].Spans) != 1 {
		t.Fatalf("want one span of one scope of one resource: %v", &got)
	}
	if origin := attributes(got.ResourceSpans[0].Resource.Attributes); origin["service.name"] != "pasarela" || origin["service.version"] != "test" {
		t.Errorf("resource: %v", origin)
	}
	scope := got.ResourceSpans[0].ScopeSpans[0]
	span := scope.Spans[0]
	for name, pair := range map[string][2]any{
		"scope":  {scope.Scope.Name, "github.com/pasarela-ws/pasarela"},
		"trace":  {hex.EncodeToString(span.TraceId), own[3:35]},
		"span":   {hex.EncodeToString(span.SpanId), own[36:52]},
		"parent": {hex.EncodeToString(span.ParentSpanId), parent[36:52]},
		"name":   {span.Name, "CONNECT $connect"},
		"kind":   {span.Kind, trace.Span_SPAN_KIND_SERVER},
		"began":  {span.StartTimeUnixNano, uint64(began.UnixNano())},
		"ended":  {span.EndTimeUnixNano, uint64(began.Add(time.Second).UnixNano())},
		"code":   {span.Status.GetCode(), trace.Status_STATUS_CODE_ERROR},
		"why":    {span.Status.GetMessage(), "no integration response"},
		"flags":  {span.Flags, uint32(1)},
		"api":    {attributes(span.Attributes)["aws.apigateway.api_id"], "abcdef1234"},
		"status": {attributes(span.Attributes)["http.response.status_code"], int64(500)},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %v, want %v", name, pair[0], pair[1])
		}
	}
}

func attributes(of []*common.KeyValue) map[string]any {
	values := map[string]any{}
	for _, kv := range of {
		switch value := kv.Value.Value.(type) {
		case *common.AnyValue_StringValue:
			values[kv.Key] = value.StringValue
		case *common.AnyValue_IntValue:
			values[kv.Key] = value.IntValue
		}
	}
	return values
}

// spansOf reads the body of a request as a collector does.
func spansOf(t *testing.T, r *http.Request) (spans int) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		packed, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Error(err)
			return 0
		}
		body = packed
	}
	plain, err := io.ReadAll(body)
	var got trace.TracesData
	if err = errors.Join(err, proto.Unmarshal(plain, &got)); err != nil {
		t.Error(err)
	}
	for _, resource := range got.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			spans += len(scope.Spans)
		}
	}
	return spans
}

// TestCollectorIsAskedAsTheEnvironmentSays sends one span and looks at the requests.
func TestCollectorIsAskedAsTheEnvironmentSays(t *testing.T) {
	cases := []struct {
		name      string
		env       map[string]string // values: URL is the collector's
		responses []int
		requests  int
		path      string
		header    string // X-Key
		gzip      bool
	}{
		{"every signal's endpoint", map[string]string{"ENDPOINT": "URL/base/"}, []int{200}, 1, "/base/v1/traces", "", false},
		{"traces' endpoint", map[string]string{"ENDPOINT": "http://127.0.0.1:1", "TRACES_ENDPOINT": "URL/own"}, []int{200}, 1, "/own", "", false},
		{"headers", map[string]string{"ENDPOINT": "URL", "HEADERS": "x-key=a%2Cb, x-other=1"}, []int{200}, 1, "/v1/traces", "a,b", false},
		{"gzip", map[string]string{"ENDPOINT": "URL", "COMPRESSION": "gzip"}, []int{200}, 1, "/v1/traces", "", true},
		{"busy once", map[string]string{"ENDPOINT": "URL"}, []int{503, 200}, 2, "/v1/traces", "", false},
		{"refused", map[string]string{"ENDPOINT": "URL"}, []int{400}, 1, "/v1/traces", "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			requests := make(chan *http.Request, 4)
			responses := c.responses
			collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if got := spansOf(t, r); got != 1 {
					t.Errorf("%d spans arrived", got)
				}
				requests <- r
				w.WriteHeader(responses[0])
				responses = responses[1:]
			}))
			defer collector.Close()
			for name, value := range c.env {
				t.Setenv("OTEL_EXPORTER_OTLP_"+name, strings.Replace(value, "URL", collector.URL, 1))
			}
			exporter, err := tracing.New(t.Context(), "pasarela", "test")
			if err != nil {
				t.Fatal(err)
			}
			exporter.Send(tracing.Execution{Traceparent: own, Name: "CONNECT $connect"})
			_ = exporter.Stop(t.Context()) // what was refused is an error of OpenTelemetry's handler
			if len(requests) != c.requests {
				t.Fatalf("%d requests, want %d", len(requests), c.requests)
			}
			r := <-requests
			if r.URL.Path != c.path || r.Header.Get("X-Key") != c.header || (r.Header.Get("Content-Encoding") == "gzip") != c.gzip {
				t.Errorf("%s %v", r.URL, r.Header)
			}
		})
	}
}

func TestWrongVariablesAreNamed(t *testing.T) {
	cases := []struct{ name, value string }{
		{"ENDPOINT", "collector:4318"},
		{"TRACES_ENDPOINT", "grpc://collector"},
		{"HEADERS", "no pair"},
		{"COMPRESSION", "zstd"},
		{"TIMEOUT", "10s"},
		{"CERTIFICATE", "/nowhere/ca.pem"},
		{"CLIENT_CERTIFICATE", "/nowhere/client.pem"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
			t.Setenv("OTEL_EXPORTER_OTLP_"+c.name, c.value)
			if _, err := tracing.New(t.Context(), "pasarela", "test"); err == nil || !strings.Contains(err.Error(), "OTEL_EXPORTER_OTLP_"+c.name) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestConfigured(t *testing.T) {
	cases := []struct {
		env  map[string]string
		want bool
	}{
		{nil, false},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, true},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, true},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, false},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, false},
	}
	for _, c := range cases {
		if got := tracing.Configured(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: got %v", c.env, got)
		}
	}
}
