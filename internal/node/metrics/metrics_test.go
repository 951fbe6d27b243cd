package metrics_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/node/metrics"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// page is a gateway with one stage, and how to read its metrics.
func page(t *testing.T) (read func() string, watcher *stage.Watcher) {
	t.Helper()
	bucket, regionAccount := memory.NewBucket(), pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}
	definition := pasarela.Definition{API: pasarela.API{APIID: "abcdefghij", RouteSelectionExpression: "$request.body.action"}, Routes: []pasarela.Route{{RouteKey: "order"}}}
	detailed := true
	doc := pasarela.APIDocument{Definition: definition, Stages: []pasarela.Stage{
		{StageName: "prod", DeploymentID: "d1", DefaultRouteSettings: pasarela.RouteSettings{DetailedMetricsEnabled: &detailed}},
		{StageName: "lost", DeploymentID: "none"},
	}}
	if _, err := document.NewStore[pasarela.Definition](bucket).Create(t.Context(), pasarela.DeploymentKey("abcdefghij", "d1"), &definition); err != nil {
		t.Fatal(err)
	}
	if _, err := document.NewStore[pasarela.APIDocument](bucket).Create(t.Context(), pasarela.APIDocumentKey("abcdefghij"), &doc); err != nil {
		t.Fatal(err)
	}
	watcher = stage.NewWatcher(stage.Options{Bucket: bucket, RegionAccount: regionAccount, Integrations: &integration.Services{RegionAccount: regionAccount}, Authorizers: &authorizer.Services{RegionAccount: regionAccount}})
	t.Cleanup(watcher.Stop)
	<-watcher.Ready()
	g, err := gateway.New(gateway.Options{RegionAccount: regionAccount, Directory: watcher.Directory, Plans: watcher.Plans, Sockets: socket.Options{NoIOUring: true}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close(context.Background()) })
	g.NoteRefused(gateway.RefusedCall{Method: "POST", Status: http.StatusGone, Err: pasarela.Errorf(pasarela.CodeGone, "gone")})
	server := httptest.NewServer(metrics.New(metrics.Sources{Gateway: g, Directory: watcher.Directory, LogDropped: func() int64 { return 77 }, BodiesRefused: func() int64 { return 78 }, StoreUp: func() bool { return true }, Backends: func() backend.Stats {
		return backend.Stats{Hosts: 1, Open: 2, Waiting: 3, Refused: 4, Expired: 5, Stale: 6}
	}, Version: "v1"}))
	t.Cleanup(server.Close)
	return func() string {
		res, err := http.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s %v: %s", res.Status, err, text)
		}
		return string(text)
	}, watcher
}

func TestEveryCounterIsShown(t *testing.T) {
	read, watcher := page(t)
	s, _ := watcher.Directory.Stage("abcdefghij", "prod")
	counters := reflect.ValueOf(&s.Counters).Elem()
	for i := range counters.NumField() {
		if number, ok := counters.Field(i).Addr().Interface().(*atomic.Int64); ok {
			number.Store(int64(1000 + i))
		}
	}
	text := read()
	for i := range counters.NumField() {
		if _, ok := counters.Field(i).Addr().Interface().(*atomic.Int64); !ok {
			continue
		}
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^pasarela_\w+_total\{api="abcdefghij",route="",stage="prod"\} %d$`, 1000+i))
		if !row.MatchString(text) {
			t.Errorf("%s is not shown", counters.Type().Field(i).Name)
		}
	}
	for why := gateway.Refusal(0); why <= gateway.ClientGone; why++ {
		if row := fmt.Sprintf("pasarela_handshakes_refused_total{cause=%q} 0\n", why); !strings.Contains(text, row) {
			t.Errorf("no %s", row)
		}
	}
	for cause := socket.CauseNone + 1; cause < socket.Causes; cause++ {
		if row := fmt.Sprintf("pasarela_connections_closed_total{cause=%q} 0\n", cause); !strings.Contains(text, row) {
			t.Errorf("no %s", row)
		}
	}
	for _, row := range []string{
		`pasarela_info{version="v1"} 1`, "pasarela_connections_open 0", "pasarela_io_uring 0", "pasarela_log_dropped_bytes_total 77", "pasarela_request_bodies_refused_total 78",
		"pasarela_connections_away 0", "pasarela_connections_resumed_total 0", "pasarela_connections_moved_total 0", "pasarela_mailbox_bytes 0", `pasarela_push_outcomes_total{outcome="queued"} 0`,
		"pasarela_backend_hosts 1", "pasarela_backend_connections_open 2", "pasarela_backend_calls_waiting 3",
		`pasarela_backend_calls_failed_total{cause="queue_full"} 4`, `pasarela_backend_calls_failed_total{cause="no_connection_in_time"} 5`,
		"pasarela_backend_connections_stale_total 6", "pasarela_messages_undelivered_total 0", "pasarela_disconnects_pending 0",
		`pasarela_disconnects_total{outcome="delivered"} 0`, `pasarela_disconnects_total{outcome="retried"} 0`, `pasarela_disconnects_total{outcome="lost"} 0`,
		`pasarela_failures_total{cause="push.gone"} 1`,
		`pasarela_stage_serving{api="abcdefghij",stage="prod"} 1`, `pasarela_stage_serving{api="abcdefghij",stage="lost"} 0`,
		`pasarela_connect_count_total{api="abcdefghij",route="order",stage="prod"} 0`, // detailed metrics
	} {
		if !strings.Contains(text, row+"\n") {
			t.Errorf("no %s in\n%.3000s", row, text)
		}
	}
}

// Buckets of a histogram are cumulative, the last has all, and the sum is seconds.
func TestLatencyIsAHistogram(t *testing.T) {
	read, watcher := page(t)
	s, _ := watcher.Directory.Stage("abcdefghij", "prod")
	s.Counters.Buckets[0].Store(2)
	s.Counters.Buckets[3].Store(1)
	s.Counters.Buckets[len(execution.LatencyBounds)].Store(4)
	s.Counters.Sum.Store(1_500_000_000)
	text := read()
	const of = `pasarela_integration_latency_seconds`
	const at = `{api="abcdefghij",route="",stage="prod"`
	for _, row := range []string{
		of + "_bucket" + at + `,le="0.001"} 2`, of + "_bucket" + at + `,le="0.005"} 2`, of + "_bucket" + at + `,le="0.01"} 3`,
		of + "_bucket" + at + `,le="29"} 3`, of + "_bucket" + at + `,le="+Inf"} 7`, of + "_count" + at + `} 7`, of + "_sum" + at + `} 1.5`,
	} {
		if !strings.Contains(text, row+"\n") {
			t.Errorf("no %s", row)
		}
	}
}
