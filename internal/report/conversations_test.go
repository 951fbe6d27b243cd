package report_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A process that ends before it has sent accepted: the next one
// tells it, as a repeated frame. A-REPORT-1.
func TestAcceptedIsSentAgainAfterARestart(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	var open atomic.Bool
	g.status = func(id string, _ int) int {
		if id == "waits=" && !open.Load() {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	}
	options := report.Options{DataDir: t.TempDir(), DefinitionsDir: withLong(t), Workers: 1}
	var busy intake.Report
	t.Run("before", func(t *testing.T) {
		served := start(t, g.URL, options)
		_, busy = post(t, served, `{"connectionId":"busy=","type":"long","rows":50000000}`)
		waitState(t, served, busy.ID, jobs.Running)
		post(t, served, `{"connectionId":"waits=","type":"existencias"}`)
	})
	open.Store(true)
	served := start(t, g.URL, options)
	as(t, served, "DELETE", "/api/reports/"+busy.ID, "", "") // it has the only worker
	frames := g.wait("waits=", notify.Ready)
	if first := frames[0]; first.Event != notify.Accepted || !first.Repeated || first.Access == "" {
		t.Errorf("the client received %+v first", first)
	}
}

// A connection that responds with 410 for ever is logged once, with what to
// check. A-REPORT-23.
func TestAConnectionThatNeverWasIsLoggedOnce(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes ten seconds; -short leaves it out")
	}
	g, log := newGateway(t), &testkit.Log{}
	g.status = func(string, int) int { return http.StatusGone }
	served := start(t, g.URL, report.Options{DefinitionsDir: withLong(t), Logger: slog.New(slog.NewTextHandler(log, nil))})
	_, made := post(t, served, `{"connectionId":"elsewhere=","type":"existencias"}`)
	waitState(t, served, made.ID, jobs.Ready)
	for strings.Count(log.String(), "no frame about a report can be delivered") == 0 {
		as(t, served, "GET", "/healthz", "", "")
	}
	if count := strings.Count(log.String(), "no frame about a report can be delivered"); count != 1 || strings.Count(log.String(), "check=") != 1 || strings.Count(log.String(), g.URL) == 0 {
		t.Errorf("it is logged %d times:\n%s", count, log.String())
	}
}

// A query without rows whose client leaves: the report is cancelled where its
// definition says so.
func TestAQuietReportIsCancelledWhenItsClientLeaves(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes twenty seconds; -short leaves it out")
	}
	const quiet = "type: quiet\ntitle: Quiet\nwhenGone: cancel\nsql: with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as n from n\ncolumns: [{ name: n }]\n"
	g := newGateway(t)
	var gone atomic.Bool
	g.status = func(string, int) int {
		if gone.Load() {
			return http.StatusGone
		}
		return http.StatusOK
	}
	served := start(t, g.URL, report.Options{DefinitionsDir: folderOf(t, quiet)})
	_, made := post(t, served, `{"connectionId":"left=","type":"quiet"}`)
	g.wait("left=", notify.Accepted)
	gone.Store(true)
	waitState(t, served, made.ID, jobs.Cancelled)
}

// Nodes that share a key take each other's links and capabilities.
func TestNodesWithOneKeyTrustEachOther(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	const key = "a key that all nodes of one queue have"
	first := start(t, g.URL, report.Options{Token: secretToken, Key: key})
	second := start(t, g.URL, report.Options{Token: secretToken, Key: key})
	other := start(t, g.URL, report.Options{Token: secretToken})
	response := as(t, first, "POST", "/page/client", "", "")
	access := strings.Split(response.body, `"`)[3]
	for served, want := range map[string]int{second.URL: 200, other.URL: 401} {
		node := second
		if served == other.URL {
			node = other
		}
		if got := as(t, node, "GET", "/api/reports", access, ""); got.status != want {
			t.Errorf("a node answered %d, want %d", got.status, want)
		}
	}
	_, err := report.New(report.Options{DataDir: t.TempDir(), Key: "short", ConnectionsEndpoint: "http://127.0.0.1:1/prod", Credentials: credentialsProvider})
	if err == nil || !strings.Contains(err.Error(), "shorter than 32 bytes") {
		t.Errorf("a short key: %v", err)
	}
}
