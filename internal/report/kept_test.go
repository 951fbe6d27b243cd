package report_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const accents = "type: tildes\ntitle: Tildes\nfile: año-{n}\nretention: 1h\nparameters: [{ name: n, type: integer, default: 7 }]\nsql: select :n as n\ncolumns: [{ name: n, format: integer }]\n"

func TestALinkSpeaksEveryLanguageAndExpires(t *testing.T) {
	t.Parallel()
	g, dir := newGateway(t), t.TempDir()
	served, service := startService(t, g.URL, report.Options{DataDir: dir, DefinitionsDir: folderOf(t, accents)})
	post(t, served, `{"connectionId":"a=","type":"tildes"}`)
	frames := g.wait("a=", notify.Ready)
	ready := frames[len(frames)-1]
	if ready.Name != "año-7.xlsx" {
		t.Errorf("it is called %q", ready.Name)
	}
	head := call(t, http.MethodHead, ready.Link, "")
	if length := head.header.Get("Content-Length"); head.status != http.StatusOK || length != strconv.FormatInt(*ready.Bytes, 10) || head.body != "" {
		t.Errorf("HEAD answered %d, %s bytes", head.status, length)
	}
	if got := head.header.Get("Content-Disposition"); got != `attachment; filename="a_o-7.xlsx"; filename*=UTF-8''a%C3%B1o-7.xlsx` {
		t.Errorf("Content-Disposition %s", got)
	}
	links, err := blobstore.NewLinks(served.URL, dir)
	if err != nil {
		t.Fatal(err)
	}
	if late := call(t, http.MethodGet, links.Make(ready.ReportID, ready.Name, time.Now().Add(-time.Second)), ""); late.status != http.StatusGone || !strings.Contains(late.body, `"code":"expired"`) {
		t.Errorf("an expired link answered %d %s", late.status, late.body)
	}
	waitState(t, served, ready.ReportID, jobs.Ready)
	waitTold(t, service, ready.ReportID)
	report.Sweep(service, t.Context(), time.Now().Add(59*time.Minute))
	if kept := call(t, http.MethodGet, ready.Link, ""); kept.status != http.StatusOK {
		t.Errorf("before its time the report is gone: %d", kept.status)
	}
	report.Sweep(service, t.Context(), time.Now().Add(61*time.Minute))
	if gone := call(t, http.MethodGet, ready.Link, ""); gone.status != http.StatusGone {
		t.Errorf("after its time the link answered %d %.60s", gone.status, gone.body)
	}
	if gone := call(t, http.MethodGet, served.URL+"/api/reports/"+ready.ReportID, ""); gone.status != http.StatusNotFound {
		t.Errorf("after its time the report is %d", gone.status)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "files", "kept")); err != nil || len(left) > 0 {
		t.Errorf("left are %v %v", left, err)
	}
}

// waitTold waits until the record says that the client was notified: until then
// nothing expires.
func waitTold(t *testing.T, service *report.Service, id string) {
	t.Helper()
	testkit.Eventually(t, "report "+id+" to be recorded as notified", func() bool { return report.Notified(service, id) })
}

func TestAWrongDefinitionOnReloadChangesNothing(t *testing.T) {
	t.Parallel()
	g, folder := newGateway(t), folderOf(t, accents)
	served, service := startService(t, g.URL, report.Options{DefinitionsDir: folder})
	file := filepath.Join(folder, "0.yaml")
	for content, want := range map[string]string{
		strings.Replace(accents, "retention: 1h", "retention: 1 fortnight", 1): `0.yaml:4: retention`,
		accents + "source: nowhere\n":                                          `source "nowhere" is not configured`,
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := service.Reload(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		if status, _ := post(t, served, `{"connectionId":"a=","type":"tildes"}`); status != http.StatusCreated {
			t.Errorf("after a wrong reload create answered %d", status)
		}
	}
	if err := os.WriteFile(file, []byte(strings.Replace(accents, "type: tildes", "type: nuevo", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := service.Reload(); err != nil {
		t.Fatal(err)
	}
	if status, _ := post(t, served, `{"connectionId":"a=","type":"nuevo"}`); status != http.StatusCreated {
		t.Errorf("the new type answered %d", status)
	}
	if status, _ := post(t, served, `{"connectionId":"a=","type":"tildes"}`); status != http.StatusBadRequest {
		t.Errorf("the old type answered %d", status)
	}
}

// Dead letters are seen with their cause and run again, over the API that the
// command line speaks.
func TestDeadLettersAreSeenAndReplayed(t *testing.T) {
	t.Parallel()
	g, folder := newGateway(t), folderOf(t, strings.Replace(accents, "select :n as n", "select :n as n from nowhere", 1))
	served, service := startService(t, g.URL, report.Options{DefinitionsDir: folder})
	_, made := post(t, served, `{"connectionId":"a=","type":"tildes"}`)
	g.wait("a=", notify.Failed)
	waitState(t, served, made.ID, jobs.Failed)
	if seen := call(t, http.MethodGet, served.URL+"/api/reports?"+url.Values{"state": {"failed"}}.Encode(), ""); !strings.Contains(seen.body, made.ID) || !strings.Contains(seen.body, "no such table: nowhere") {
		t.Errorf("the operator sees %s", seen.body)
	}
	if err := os.WriteFile(filepath.Join(folder, "0.yaml"), []byte(accents), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := service.Reload(); err != nil {
		t.Fatal(err)
	}
	if replayed := call(t, http.MethodPost, served.URL+"/api/reports/"+made.ID+"/replay", ""); replayed.status != http.StatusOK {
		t.Fatalf("replay answered %d %s", replayed.status, replayed.body)
	}
	frames := g.wait("a=", notify.Ready)
	ids := map[string]bool{}
	for _, frame := range frames {
		if frame.Event != notify.Progress && ids[frame.FrameID] {
			t.Errorf("two frames are called %s", frame.FrameID)
		}
		ids[frame.FrameID] = true
	}
}
