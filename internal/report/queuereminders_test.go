package report_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

// A report that waits is announced every four minutes, from four minutes after it was
// asked for on: API Gateway closes a connection after ten idle minutes. A-REPORT-23.
func TestAWaitingReportIsRemindedOfEveryFourMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		waiting := []jobs.Job{{ID: "old", Created: began}, {ID: "new", Created: began.Add(3 * time.Minute)}}
		at := map[string][]time.Duration{}
		reminded := make(chan string)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			report.RunReminder(ctx, func() []jobs.Job { return waiting }, func(_ context.Context, job jobs.Job) { reminded <- job.ID })
		}()
		for range 5 {
			id := <-reminded
			at[id] = append(at[id], time.Since(began))
		}
		stop()
		<-ended
		minutes := func(n ...time.Duration) (all []time.Duration) {
			for _, each := range n {
				all = append(all, each*time.Minute)
			}
			return all
		}
		if diff := cmp.Diff(map[string][]time.Duration{"old": minutes(4, 8, 12), "new": minutes(8, 12)}, at); diff != "" {
			t.Errorf("reminded at (-want +got):\n%s", diff)
		}
	})
}

// endless is a query that computes without a row until it is cancelled.
const endless = "type: endless\ntitle: Endless\nsql: with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as n from n\ncolumns: [{ name: n }]\n"

// A reminder says at which place the report waits; the report of a client that has
// left is cancelled if its definition says so.
func TestAReminderSaysThePlace(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	var left atomic.Bool
	g.status = func(id string, _ int) int {
		if id == "left=" && left.Load() {
			return http.StatusGone
		}
		return http.StatusOK
	}
	served, service := startService(t, g.URL, report.Options{DefinitionsDir: folderOf(t, endless, gone), Workers: 1})
	_, busy := post(t, served, `{"connectionId":"busy=","type":"endless"}`)
	waitState(t, served, busy.ID, jobs.Running)
	post(t, served, `{"connectionId":"first=","type":"endless"}`)
	_, abandoned := post(t, served, `{"connectionId":"left=","type":"gone"}`)
	g.wait("first=", notify.Accepted)
	g.wait("left=", notify.Accepted)
	report.RemindAll(t.Context(), service, time.Now().Add(time.Minute))
	report.RemindAll(t.Context(), service, time.Now().Add(4*time.Minute))
	frames := g.wait("first=", notify.Queued)
	if len(frames) != 2 || frames[1].Place != 1 || frames[1].FrameID != frames[1].ReportID+"-queued" {
		t.Errorf("the client was sent %+v", frames)
	}
	left.Store(true)
	for report.RemindAll(t.Context(), service, time.Now().Add(4*time.Minute)); ; report.RemindAll(t.Context(), service, time.Now().Add(4*time.Minute)) {
		if seen := stateOf(t, served, abandoned.ID); seen.State == jobs.Cancelled {
			return
		}
	}
}

// An accepted report finds room: while the waiting reports, each of the usual
// size, would fill the storage, another one is refused. A-REPORT-5.
func TestReportsThatWouldNotFitAreRefused(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{DefinitionsDir: folderOf(t, endless, stock), Workers: 1, StorageLimit: 60 << 10})
	post(t, served, `{"connectionId":"one=","type":"stock"}`)
	ready := g.wait("one=", notify.Ready) // how large a report is, is known from now on
	size := *ready[len(ready)-1].Bytes
	_, busy := post(t, served, `{"connectionId":"busy=","type":"endless"}`)
	waitState(t, served, busy.ID, jobs.Running)
	var accepted []string
	for {
		response := as(t, served, "POST", "/api/reports/create", "", `{"connectionId":"more=","type":"stock"}`)
		if response.status == http.StatusCreated {
			accepted = append(accepted, response.member(t, "id"))
			continue
		}
		if response.status != http.StatusServiceUnavailable || response.member(t, "code") != "storage_full" || response.header.Get("Retry-After") == "" {
			t.Errorf("a report that would not fit was answered %+v", response)
		}
		break
	}
	if len(accepted) == 0 || int64(len(accepted))*size > 60<<10 {
		t.Errorf("%d reports of %d bytes were accepted", len(accepted), size)
	}
	as(t, served, "DELETE", "/api/reports/"+busy.ID, "", "")
	for _, id := range accepted {
		waitState(t, served, id, jobs.Ready)
	}
}
