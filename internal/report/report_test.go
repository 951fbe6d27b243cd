package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/shop"
)

// A gateway stands in for @connections: it requires signatures, counts frames
// and responds as a test says.
type gateway struct {
	*httptest.Server
	t      testing.TB
	mu     sync.Mutex
	frames map[string][]notify.Frame
	arrive chan string
	status func(connectionID string, posts int) int
	posts  map[string]int
}

func newGateway(t testing.TB) *gateway {
	g := &gateway{t: t, frames: map[string][]notify.Frame{}, posts: map[string]int{}, arrive: make(chan string, 10_000)}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	escaped, found := strings.CutPrefix(r.URL.EscapedPath(), "/prod/@connections/")
	id, err := url.PathUnescape(escaped)
	if !found || err != nil || r.Method != http.MethodPost {
		g.t.Errorf("unexpected call %s %s", r.Method, r.URL)
	}
	if auth := r.Header.Get("Authorization"); !strings.HasPrefix(auth, "AWS4-HMAC-SHA256 Credential=AKIDREPORTS/") || !strings.Contains(auth, "/eu-west-1/execute-api/aws4_request") {
		w.Header().Set("X-Amzn-ErrorType", "ForbiddenException")
		w.WriteHeader(http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the service was stopped
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.posts[id]++
	if g.status != nil {
		if status := g.status(id, g.posts[id]); status != http.StatusOK {
			w.Header().Set("X-Amzn-ErrorType", map[int]string{410: "GoneException", 429: "LimitExceededException"}[status])
			w.WriteHeader(status)
			return
		}
	}
	if bytes.Contains(body, []byte(`\u0026`)) {
		g.t.Errorf("a link cannot be copied out of %s", body)
	}
	var frame notify.Frame
	if err := json.Unmarshal(body, &frame); err != nil {
		g.t.Errorf("frame %q: %v", body, err)
	}
	g.frames[id] = append(g.frames[id], frame)
	g.arrive <- id
}

// wait returns the frames of a connection once they end with the event.
func (g *gateway) wait(id string, event notify.Event) []notify.Frame {
	g.t.Helper()
	limit := time.After(2 * time.Minute)
	for {
		g.mu.Lock()
		frames := append([]notify.Frame(nil), g.frames[id]...)
		g.mu.Unlock()
		if n := len(frames); n > 0 && frames[n-1].Event == event {
			return frames
		}
		select {
		case <-g.arrive:
		case <-limit:
			g.t.Fatalf("connection %s never received %q; it received %+v", id, event, frames)
		}
	}
}

// start runs a service over the gateway and serves it.
func start(t testing.TB, endpoint string, options report.Options) *httptest.Server {
	t.Helper()
	served, _ := startService(t, endpoint, options)
	return served
}

func startService(t testing.TB, endpoint string, options report.Options) (*httptest.Server, *report.Service) {
	t.Helper()
	served := httptest.NewUnstartedServer(nil)
	options.PublicURL = "http://" + served.Listener.Addr().String()
	options.Region, options.ConnectionsEndpoint = "eu-west-1", endpoint+"/prod"
	if options.DataDir == "" {
		options.DataDir = t.TempDir()
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	options.Credentials = credentialsProvider
	shop.Write(t, filepath.Join(options.DataDir, report.ShopFile))
	service, err := report.New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	served.Config.Handler = service.Handler()
	served.Start()
	t.Cleanup(func() {
		served.Close()
		ctx, cancel := context.WithTimeout(context.Background(), testkit.WaitLimit)
		defer cancel()
		if err := service.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return served, service
}

func post(t testing.TB, served *httptest.Server, body string) (int, intake.Report) {
	t.Helper()
	answer := as(t, served, "POST", "/api/reports/create", "", body, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
	return answer.status, decode[intake.Report](t, answer.body)
}

func TestTheGuidesReport(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{})
	status, made := post(t, served, `{"connectionId": "R1kmxc2VNjMCFIA=", "type": "ventas"}`)
	if status != http.StatusCreated || made.ID == "" || made.Place != 1 {
		t.Fatalf("answered %d %+v", status, made)
	}
	frames := g.wait("R1kmxc2VNjMCFIA=", notify.Ready)
	if frames[0].Event != notify.Accepted || frames[0].Parameters["year"] != "2025" {
		t.Errorf("first frame %+v", frames[0])
	}
	if len(frames) < 3 || frames[1].Event != notify.Progress || *frames[1].Rows == 0 {
		t.Errorf("no progress: %+v", frames)
	}
	ready := frames[len(frames)-1]
	response, err := http.Get(ready.Link)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 || int64(len(content)) != *ready.Bytes || !bytes.HasPrefix(content, []byte("PK")) {
		t.Errorf("link %s: %s, %d bytes, %v", ready.Link, response.Status, len(content), err)
	}
	if got := response.Header.Get("Content-Disposition"); !strings.Contains(got, `filename="ventas-2025.xlsx"`) {
		t.Errorf("Content-Disposition %s", got)
	}
}

var credentialsProvider = aws.CredentialsProviderFunc(credentials)

func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDREPORTS", SecretAccessKey: "secret"}, nil
}

// waitState asks until a report is in the state: its record follows its frame.
func waitState(t *testing.T, served *httptest.Server, id string, state jobs.State) intake.Report {
	t.Helper()
	var now intake.Report
	testkit.EventuallyNil(t, func() error {
		if now = stateOf(t, served, id); now.State == state {
			return nil
		}
		err := fmt.Errorf("report %s is %+v; want %s", id, now, state)
		if now.State.Final() {
			t.Fatal(err)
		}
		return err
	})
	return now
}

func stateOf(t *testing.T, served *httptest.Server, id string) intake.Report {
	t.Helper()
	return decode[intake.Report](t, as(t, served, "GET", "/api/reports/"+id, "", "").body)
}
