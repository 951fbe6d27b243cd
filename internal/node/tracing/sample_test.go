package tracing_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/node/tracing"
	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

func TestSamplersOfTheEnvironment(t *testing.T) {
	cases := []struct {
		sampler, arg string
		want         float64 // of 2,000 traces
		wrong        string
	}{
		{"", "", 1, ""},
		{"always_on", "", 1, ""},
		{"parentbased_always_off", "", 0, ""},
		{"parentbased_traceidratio", "0.25", 0.25, ""},
		{"traceidratio", "", 1, ""},
		{"traceidratio", "2", 0, "OTEL_TRACES_SAMPLER_ARG"},
		{"traceidratio", "NaN", 0, "OTEL_TRACES_SAMPLER_ARG"},
		{"jaeger_remote", "", 0, "OTEL_TRACES_SAMPLER"},
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318") // never called
	for _, c := range cases {
		t.Setenv("OTEL_TRACES_SAMPLER", c.sampler)
		t.Setenv("OTEL_TRACES_SAMPLER_ARG", c.arg)
		exporter, err := tracing.New(t.Context(), "pasarela", "test")
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s %s: %v", c.sampler, c.arg, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		recorded := 0
		const tried = 2000
		for range tried {
			if exporter.Sample() {
				recorded++
			}
		}
		// Ten standard deviations of a fair draw at 1/4.
		if got := float64(recorded) / tried; got < c.want-0.1 || got > c.want+0.1 || c.want != 0.25 && got != c.want {
			t.Errorf("%s %s: %.2f of the traces", c.sampler, c.arg, got)
		}
		if err := exporter.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestWhatIsNotRecordedIsNotSent: a client that began a trace decides.
func TestWhatIsNotRecordedIsNotSent(t *testing.T) {
	asked := make(chan struct{}, 8)
	collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	exporter, err := tracing.New(t.Context(), "pasarela", "test")
	if err != nil {
		t.Fatal(err)
	}
	unrecorded := own[:54] + "0"
	exporter.Send(tracing.Execution{Traceparent: unrecorded, Name: "CONNECT $connect"})
	exporter.Step("report file", unrecorded, "", nil, time.Now(), time.Now(), nil)
	if err := exporter.Stop(t.Context()); err != nil || len(asked) != 0 {
		t.Errorf("%d batches, %v", len(asked), err)
	}
}

// BenchmarkAt1Percent is what traces add to a message when 1 % of them are recorded: its
// context, and of one in a hundred the spans of the message, its template and its backend's
// call. They come faster than a collector takes them, so that more than half is lost; what
// sending costs is on another processor and not in the result.
func BenchmarkAt1Percent(b *testing.B) {
	collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer collector.Close()
	b.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	b.Setenv("OTEL_TRACES_SAMPLER", "traceidratio")
	b.Setenv("OTEL_TRACES_SAMPLER_ARG", "0.01")
	exporter, err := tracing.New(b.Context(), "pasarela", "test")
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for b.Loop() {
		context := traceparent.New(exporter.Sample())
		if !traceparent.Sampled(context) {
			continue
		}
		exporter.Send(tracing.Execution{
			Traceparent: context, Name: "MESSAGE $default", APIID: "abcdef1234", Stage: "prod", RouteKey: "$default",
			ConnectionID: "L0SM9cOFvHcCIhw=", RequestID: "L0SNHFjcvHcFc7Q=", Status: 200, Began: began, Ended: began,
		})
		for _, part := range []string{"request template", "backend call"} {
			attributes := map[string]string{"aws.request_id": "L0SNHFjcvHcFc7Q="}
			exporter.Step(part, traceparent.Child(context), context, attributes, began, began, nil)
		}
	}
	if err := exporter.Stop(b.Context()); err != nil {
		b.Fatal(err)
	}
}
