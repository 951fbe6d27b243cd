package main_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// A collector keeps the spans that gateways and report backends send it.
type collector struct {
	*httptest.Server
	mu    sync.Mutex
	spans map[string]*trace.Span // by name
	of    map[string]string      // service, by the name of a span
	ids   map[string]string      // name, by the id of a span
}

func newCollector(t *testing.T) *collector {
	c := &collector{spans: map[string]*trace.Span{}, of: map[string]string{}, ids: map[string]string{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a part of it is no message
		var got trace.TracesData
		if err := proto.Unmarshal(body, &got); err != nil {
			t.Errorf("the collector got %v", err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, resource := range got.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					c.spans[span.Name], c.ids[hex.EncodeToString(span.SpanId)] = span, span.Name
					c.of[span.Name] = resource.Resource.Attributes[0].Value.GetStringValue()
				}
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// first is the name of the span that a client's span is above.
const first = "CONNECT $connect"

// called is the name of the span that a backend's spans are below.
const called = "backend call"

// has says whether every span is there, and the one above it.
func (c *collector) has(names []string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !slices.ContainsFunc(names, func(name string) bool {
		span := c.spans[name]
		return span == nil || name != first && c.ids[hex.EncodeToString(span.ParentSpanId)] == ""
	})
}

// signedURL is the URL of a handshake for a route with AWS_IAM.
func signedURL(t *testing.T, url string, key aws.Credentials, region string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.Replace(url, "ws", "http", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	empty := sha256.Sum256(nil)
	signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), key, r, hex.EncodeToString(empty[:]), "execute-api", region, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(signed, "http", "ws", 1)
}

// TestOneTraceFromTheHandshakeToTheFile: the spans of the client's handshake with its
// authorizer, template and call of the backend, of the report's queue, query and file, of the
// frames and of the gateway's pushes are of the trace that the client began, each under the
// one that caused it.
func TestOneTraceFromTheHandshakeToTheFile(t *testing.T) {
	c := newCollector(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50") // ms
	gateway := pasarelatest.StartWith(t, pasarelatest.Options{})
	address := testkit.FreeAddress(t)
	stage := gateway.Deploy(pasarelatest.API{Routes: map[string]pasarelatest.Route{"$connect": {
		Integration: pasarelatest.HTTP("http://"+address+"/api/reports/create", `{"connectionId": "$context.connectionId", "type": "ventas"}`),
		Responses:   pasarelatest.Keys("201"),
		Route:       apigatewayv2.CreateRouteInput{AuthorizationType: "AWS_IAM"},
	}}})
	program := &process{t: t, address: address, signs: gateway.Credentials(), args: []string{
		"--data", t.TempDir(), "--endpoint", gateway.Endpoint() + "/" + stage.APIID + "/" + stage.StageName,
	}}
	program.start()

	const began = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	client := testkit.Connect(t, signedURL(t, stage.URL, gateway.Credentials(), gateway.Region()), testkit.Header("traceparent", began))
	for !strings.Contains(client.Read(), `"event":"ready"`) {
		continue
	}
	own := []string{first, "authorizer", "request template", called, "POST @connections"}
	names := append(slices.Clone(own), "report queue", "report query", "report file", "report push accepted", "report push ready")
	testkit.Eventually(t, "every span at the collector", func() bool { return c.has(names) })
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range names {
		span, service := c.spans[name], "pasarela-reports"
		if slices.Contains(own, name) {
			service = "pasarela"
		}
		if got := hex.EncodeToString(span.TraceId); got != began[3:35] || c.of[name] != service {
			t.Errorf("%s is of the trace %s, sent by %s", name, got, c.of[name])
		}
		parent := hex.EncodeToString(span.ParentSpanId)
		switch above := c.ids[parent]; {
		case name == first && parent != began[36:52]:
			t.Errorf("the handshake is under %s, not under the client's span", parent)
		case name != first && slices.Contains(own[:4], name) && above != first:
			t.Errorf("%s is under %q, not under the handshake", name, above)
		case strings.HasPrefix(name, "report") && above != called:
			t.Errorf("%s is under %q, not under the call of the backend", name, above)
		case name == "POST @connections" && !strings.HasPrefix(above, "report push"):
			t.Errorf("the gateway's push is under %q, which is no frame", above)
		}
		if span.EndTimeUnixNano < span.StartTimeUnixNano || span.StartTimeUnixNano == 0 {
			t.Errorf("%s takes from %d to %d", name, span.StartTimeUnixNano, span.EndTimeUnixNano)
		}
	}
}
