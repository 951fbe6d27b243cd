package tracing_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/node/tracing"
)

const (
	own    = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	parent = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
)

func TestSpansReachTheCollector(t *testing.T) {
	bodies := make(chan []byte, 4)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(r.Body)
		}
		text, _ := io.ReadAll(body)
		bodies <- text
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	exporter, err := tracing.New(t.Context(), "test")
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
	text := <-bodies
	trace := []byte{0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c}
	for _, want := range [][]byte{trace, []byte("CONNECT $connect"), []byte("L0SM9cOFvHcCIhw="), []byte("no integration response"), []byte("pasarela")} {
		if !bytes.Contains(text, want) {
			t.Errorf("the collector's body lacks %q", want)
		}
	}
	if bytes.Contains(text, []byte("left out")) {
		t.Error("an execution without a trace was sent")
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
