package report_test

import (
	"encoding/json"
	"io"
	"maps"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// scheduled is a schedule as the API shows it.
type scheduled struct {
	ID, Type, When, Timezone, Format, Problem, LastReport, LastState, WebHookKey, Caller string
	Parameters                                                                           map[string]string
	Next, ProblemAt                                                                      time.Time
	Skipped                                                                              int
	FromDefinition, Paused                                                               bool
}

// ask is [as] for who looks at status and body.
func ask(t *testing.T, served *httptest.Server, method, path, shown, body string) (status int, content string) {
	t.Helper()
	answer := as(t, served, method, path, shown, body)
	return answer.status, answer.body
}

func decode[T any](t testing.TB, content string) (value T) {
	t.Helper()
	if err := json.Unmarshal([]byte(content), &value); err != nil {
		t.Fatalf("%s: %v", content, err)
	}
	return value
}

func makeSchedule(t *testing.T, served *httptest.Server, body string) scheduled {
	t.Helper()
	status, content := ask(t, served, "POST", "/api/schedules", "", body)
	if status != http.StatusCreated {
		t.Fatalf("answered %d %s", status, content)
	}
	return decode[scheduled](t, content)
}

func listOf(t *testing.T, served *httptest.Server) []scheduled {
	t.Helper()
	_, content := ask(t, served, "GET", "/api/schedules", "", "")
	return decode[struct{ Schedules []scheduled }](t, content).Schedules
}

func runNow(t *testing.T, served *httptest.Server, id string) {
	t.Helper()
	if status, content := ask(t, served, "POST", "/api/schedules/"+id+"/run", "", ""); status != http.StatusAccepted {
		t.Fatalf("answered %d %s", status, content)
	}
}

// TestAScheduledReportIsDelivered: one report goes into a folder, to a web hook that fails
// at first, and to a connection, each of which gets it once.
func TestAScheduledReportIsDelivered(t *testing.T) {
	t.Parallel()
	g, folder := newGateway(t), t.TempDir()
	hooks := make(chan string, 10)
	tries := 0
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tries++; tries == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		body, _ := io.ReadAll(r.Body)
		hooks <- string(body)
	}))
	defer receiver.Close()
	served := start(t, g.URL, report.Options{Delivery: delivery.Options{Folders: map[string]string{"accounts": folder}, WebHooks: []string{receiver.URL}}})
	made := makeSchedule(t, served, `{"type":"ventas","year":2024,"format":"csv","when":"cada lunes a las 7:00","timezone":"Europe/Madrid",
		"deliver":[{"folder":"accounts"},{"webHook":"`+receiver.URL+`/in"},{"connection":"c="}]}`)
	if next := made.Next; next.Weekday() != time.Monday || next.Hour() != 7 || !strings.HasPrefix(made.WebHookKey, "whsec_") {
		t.Errorf("made is %+v", made)
	}
	runNow(t, served, made.ID)
	frames := g.wait("c=", notify.Ready)
	if frames[0].Event != notify.Accepted || frames[0].Parameters["year"] != "2024" {
		t.Errorf("frames %+v", frames)
	}
	hook := decode[struct {
		Type string
		Data struct{ Schedule, Link, Name string }
	}](t, <-hooks)
	if hook.Type != "report.ready" || hook.Data.Schedule != made.ID || hook.Data.Name != "ventas-2024.csv" {
		t.Errorf("the web hook got %+v", hook)
	}
	if response, err := http.Get(hook.Data.Link); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("its link: %v %v", response, err)
	}
	names, _ := filepath.Glob(filepath.Join(folder, "ventas-2024 *.csv"))
	if len(names) != 1 {
		t.Errorf("the folder has %q", names)
	}
	ready := 0
	for _, frame := range g.wait("c=", notify.Ready) {
		if frame.Event == notify.Ready {
			ready++
		}
	}
	if ready != 1 || tries != 2 {
		t.Errorf("%d frames and %d calls", ready, tries)
	}
}

// TestTheRunOfAScheduleIsATrace: from the schedule to every delivery, the one that failed
// included, in a trace that begins with the run.
func TestTheRunOfAScheduleIsATrace(t *testing.T) {
	t.Parallel()
	tries := 0
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer receiver.Close()
	type span struct{ name, trace, parent, failure string }
	spans := make(chan span, 20)
	served := start(t, newGateway(t).URL, report.Options{
		Delivery: delivery.Options{WebHooks: []string{receiver.URL}},
		Trace: func(name, own, parent string, attributes map[string]string, began, ended time.Time, err error) {
			one := span{name: name, trace: own[:35], parent: parent}
			if err != nil {
				one.failure = err.Error()
			}
			if attributes["report.id"] == "" || ended.Before(began) {
				t.Errorf("%s: %v, from %s to %s", name, attributes, began, ended)
			}
			spans <- one
		},
	})
	runNow(t, served, makeSchedule(t, served, `{"type":"ventas","year":2024,"when":"cada lunes a las 7:00","timezone":"Europe/Madrid",
		"deliver":[{"webHook":"`+receiver.URL+`/in"}]}`).ID)
	got, trace := map[string]int{}, ""
	for got["report delivery"] < 2 || got["report schedule"] == 0 {
		one := <-spans
		if trace == "" {
			trace = one.trace
		}
		got[one.name]++
		if one.trace != trace || (one.parent == "") != (one.name == "report schedule") || one.parent != "" && one.parent[:35] != trace {
			t.Errorf("%+v is not in the trace %s", one, trace)
		}
		if failed := one.name == "report delivery" && got[one.name] == 1; (one.failure != "") != failed {
			t.Errorf("%+v", one)
		}
	}
	want := map[string]int{"report schedule": 1, "report queue": 1, "report query": 1, "report file": 1, "report delivery": 2}
	if !maps.Equal(got, want) {
		t.Errorf("spans %v, want %v", got, want)
	}
}

// TestAnOverlappingRunIsSkipped: while the report of a run is being made, the next run is
// skipped, and said to be; a run that comes later is made.
func TestAnOverlappingRunIsSkipped(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: withLong(t), Delivery: delivery.Options{Folders: map[string]string{"accounts": folder}}})
	made := makeSchedule(t, served, `{"type":"long","rows":50000000,"when":"every hour","timezone":"UTC","deliver":[{"folder":"accounts"}]}`)
	runNow(t, served, made.ID)
	var first scheduled
	testkit.Eventually(t, "a report", func() bool { first = listOf(t, served)[0]; return first.LastReport != "" })
	runNow(t, served, made.ID)
	testkit.Eventually(t, "a skipped run", func() bool { return listOf(t, served)[0].Skipped == 1 })
	if now := listOf(t, served)[0]; now.LastReport != first.LastReport {
		t.Errorf("the skipped run made %s", now.LastReport)
	}
	if status, content := ask(t, served, "DELETE", "/api/reports/"+first.LastReport, "", ""); status != http.StatusOK {
		t.Fatalf("answered %d %s", status, content)
	}
	waitState(t, served, first.LastReport, jobs.Cancelled)
	runNow(t, served, made.ID)
	testkit.Eventually(t, "another report", func() bool { return listOf(t, served)[0].LastReport != first.LastReport })
	if status, content := ask(t, served, "DELETE", "/api/schedules/"+made.ID, "", ""); status != http.StatusOK || len(listOf(t, served)) != 0 {
		t.Errorf("answered %d %s", status, content)
	}
}

// TestAConnectionThatIsGoneEndsItsSchedule: a connection's id is never used
// again.
func TestAConnectionThatIsGoneEndsItsSchedule(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	g.status = func(string, int) int { return http.StatusGone }
	served := start(t, g.URL, report.Options{})
	made := makeSchedule(t, served, `{"type":"existencias","when":"every day at 7","timezone":"UTC","deliver":[{"connection":"gone="}]}`)
	runNow(t, served, made.ID)
	testkit.Eventually(t, "no schedule", func() bool { return len(listOf(t, served)) == 0 })
}

const weekly = `
type: weekly
title: Weekly
source: sample
callers: [nobody]
parameters: [{ name: since, type: date, default: start of week - 1 week }]
sql: select name from products where :since is not null
columns: [{ name: name }]
schedules:
  - name: monday
    when: every monday at 7:00
    timezone: Europe/Madrid
    parameters: { since: yesterday }
    format: csv
    deliver: [{ folder: accounts }]
`

// TestDefinitionsHaveSchedules: they come and go with the definitions, need no caller,
// and a wrong one is a fault of its line.
func TestDefinitionsHaveSchedules(t *testing.T) {
	t.Parallel()
	folder, dir := t.TempDir(), folderOf(t, weekly)
	options := report.Options{DefinitionsDir: dir, Delivery: delivery.Options{Folders: map[string]string{"accounts": folder}}}
	served, service := startService(t, newGateway(t).URL, options)
	all := listOf(t, served)
	if len(all) != 1 || all[0].ID != "def-weekly-monday" || !all[0].FromDefinition || all[0].Next.Weekday() != time.Monday {
		t.Fatalf("schedules %+v", all)
	}
	if status, content := ask(t, served, "DELETE", "/api/schedules/"+all[0].ID, "", ""); status != http.StatusConflict || !strings.Contains(content, "of_definition") {
		t.Errorf("deleting answered %d %s", status, content)
	}
	runNow(t, served, all[0].ID)
	testkit.Eventually(t, "a file", func() bool {
		names, _ := filepath.Glob(filepath.Join(folder, "weekly *.csv"))
		return len(names) == 1
	})
	change := func(from, to string) error {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "0.yaml"), []byte(strings.ReplaceAll(weekly, from, to)), 0o600); err != nil {
			t.Fatal(err)
		}
		return service.Reload()
	}
	for change, says := range map[[2]string]string{
		{"every monday", "every moonday"}:                     `0.yaml:11: when: "every moonday at 7:00" is not understood`,
		{"Europe/Madrid", "+01:00"}:                           "0.yaml:12: timezone: must be the name of a time zone",
		{"since: yesterday", "since: whenever"}:               "0.yaml:13: schedule monday: since: ",
		{"folder: accounts", "folder: attic"}:                 `0.yaml:15: schedule monday: deliver: there is no folder "attic"; there are: accounts`,
		{"[{ folder: accounts }]", "[]"}:                      "0.yaml:15: schedule monday: deliver must have 1 to 10 targets",
		{"folder: accounts }", "connection: x }"}:             `0.yaml:15: a target has no key "connection"`,
		{"  - name: monday", "  - name: a\n    name: monday"}: `0.yaml:11: "name" is given twice`,
	} {
		path := filepath.Join(dir, "0.yaml")
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(weekly, change[0], change[1])), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := service.Reload(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v; want %q", change[1], err, says)
		}
	}
	if status, content := ask(t, served, "POST", "/api/schedules/"+all[0].ID+"/pause", "", ""); status != http.StatusOK {
		t.Errorf("pausing answered %d %s", status, content)
	}
	if err := change("7:00", "8:30"); err != nil {
		t.Fatal(err)
	}
	if all := listOf(t, served); len(all) != 1 || !all[0].Paused || all[0].When != "every monday at 8:30" || !all[0].Next.IsZero() {
		t.Errorf("changed while it is paused, schedules %+v", all)
	}
	if err := change("monday", "friday"); err != nil {
		t.Fatal(err)
	}
	if all := listOf(t, served); len(all) != 1 || all[0].ID != "def-weekly-friday" || all[0].Next.Weekday() != time.Friday {
		t.Errorf("after a change, schedules %+v", all)
	}
	if err := change(weekly[strings.Index(weekly, "schedules:"):], ""); err != nil {
		t.Fatal(err)
	}
	if all := listOf(t, served); len(all) != 0 {
		t.Errorf("without schedules in the definition there are %+v", all)
	}
}

func TestSchedulesOutliveTheProcess(t *testing.T) {
	t.Parallel()
	folder, dir, g := t.TempDir(), t.TempDir(), newGateway(t)
	options := report.Options{DataDir: dir, Delivery: delivery.Options{Folders: map[string]string{"accounts": folder}}}
	var made scheduled
	t.Run("before", func(t *testing.T) { // stops at its end
		served := start(t, g.URL, options)
		made = makeSchedule(t, served, `{"type":"existencias","when":"every day at 7","timezone":"Europe/Madrid","deliver":[{"folder":"accounts"}]}`)
	})
	again := start(t, g.URL, options)
	if all := listOf(t, again); len(all) != 1 || all[0].ID != made.ID || all[0].When != "every day at 7" {
		t.Errorf("after a restart, schedules %+v", all)
	}
}

// TestWhoMaySchedule: a capability opens the schedules of its client, and no others. Everybody
// gets one, so with a token it schedules only what its client was let to ask for.
func TestWhoMaySchedule(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{Token: "secret", Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}})
	client := func() string {
		_, content := ask(t, served, "POST", "/page/client", "", "")
		return decode[struct{ Access string }](t, content).Access
	}
	ana, eva := client(), client()
	if status, content := ask(t, served, "POST", "/api/reports/create", "secret", `{"connectionId":"x=","type":"existencias","client":"`+ana+`"}`); status != http.StatusCreated {
		t.Fatalf("answered %d %s", status, content)
	}
	const wish = `{"type":"existencias","when":"every day at 7","timezone":"Europe/Madrid","deliver":[{"folder":"accounts"}],"caller":"boss"}`
	_, content := ask(t, served, "POST", "/api/schedules", ana, wish)
	made := decode[scheduled](t, content)
	for _, test := range []struct {
		method, path, access, body string
		status                     int
		says                       string
	}{
		{"POST", "/api/schedules", "", wish, 401, "unauthorized"},
		{"POST", "/api/schedules", eva, wish, 403, "ask for a report of this type once"},
		{"POST", "/api/schedules", ana, strings.Replace(wish, "existencias", "ventas", 1), 403, "ask for a report of this type once"},
		{"PUT", "/api/schedules/" + made.ID, ana, strings.Replace(wish, "existencias", "ventas", 1), 403, "ask for a report of this type once"},
		{"PUT", "/api/schedules/" + made.ID, ana, wish, 200, made.ID},
		{"GET", "/api/schedules", "", "", 401, "unauthorized"},
		{"GET", "/api/schedules", eva, "", 200, `"schedules":[]`},
		{"GET", "/api/schedules", ana, "", 200, made.ID},
		{"GET", "/api/schedules", "secret", "", 200, made.ID},
		{"DELETE", "/api/schedules/" + made.ID, eva, "", 404, "no_schedule"},
		{"POST", "/api/schedules/" + made.ID + "/run", eva, "", 404, "no_schedule"},
		{"POST", "/api/schedules/" + made.ID + "/run", "", "", 401, "unauthorized"},
		{"DELETE", "/api/schedules/none", "secret", "", 404, "no_schedule"},
		{"POST", "/api/schedules", ana, strings.Replace(wish, "every day", "now and then", 1), 400, `"field":"when"`},
		{"POST", "/api/schedules", ana, strings.Replace(wish, "Europe/Madrid", "+01:00", 1), 400, `"field":"timezone"`},
		{"POST", "/api/schedules", ana, strings.Replace(wish, "accounts", "attic", 1), 400, `"field":"deliver"`},
		{"POST", "/api/schedules", ana, strings.Replace(wish, `[{"folder":"accounts"}]`, `[]`, 1), 400, `"field":"deliver"`},
		{"POST", "/api/schedules", ana, strings.Replace(wish, `[{"folder":"accounts"}]`, `"x"`, 1), 400, `must be a list of targets`},
		{"POST", "/api/schedules", ana, strings.Replace(wish, `{"folder":"accounts"}`, `{"connection":"a"},{"connection":"b"}`, 1), 400, `one connection at most`},
		{"POST", "/api/schedules", ana, strings.Replace(wish, "existencias", "nothing", 1), 400, `"field":"type"`},
		{"POST", "/api/schedules", "secret", strings.Replace(wish, `"type"`, `"client":"forged","type"`, 1), 400, `"field":"client"`},
		{"DELETE", "/api/schedules/" + made.ID, ana, "", 200, made.ID},
	} {
		if status, content := ask(t, served, test.method, test.path, test.access, test.body); status != test.status || !strings.Contains(content, test.says) {
			t.Errorf("%s %s %.60s answered %d %s; want %d %s", test.method, test.path, test.body, status, content, test.status, test.says)
		}
	}
	for i := range 20 {
		if status, content := ask(t, served, "POST", "/api/schedules", ana, wish); status != http.StatusCreated {
			t.Fatalf("number %d answered %d %s", i, status, content)
		}
	}
	if status, content := ask(t, served, "POST", "/api/schedules", ana, wish); status != http.StatusConflict || !strings.Contains(content, "too_many_schedules") {
		t.Errorf("one too many answered %d %s", status, content)
	}
}

// noSuchUser is a mail server that refuses every recipient but ana@example.com.
type noSuchUser struct {
	tries atomic.Int32
	got   chan string
}

func (n *noSuchUser) NewSession(*smtp.Conn) (smtp.Session, error) { return refusing{n}, nil }

type refusing struct{ by *noSuchUser }

func (refusing) Mail(string, *smtp.MailOptions) error { return nil }
func (r refusing) Rcpt(to string, _ *smtp.RcptOptions) error {
	r.by.tries.Add(1)
	if to == "ana@example.com" {
		return nil
	}
	return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user here"}
}

func (r refusing) Data(content io.Reader) error {
	text, err := io.ReadAll(content)
	r.by.got <- string(text)
	return err
}
func (refusing) Reset()        {}
func (refusing) Logout() error { return nil }

// mailServer starts one, and returns the address that the service takes.
func mailServer(t *testing.T) (mails *noSuchUser, address string) {
	t.Helper()
	mails = &noSuchUser{got: make(chan string, 10)}
	server := smtp.NewServer(mails)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return mails, "smtp://" + listener.Addr().String() + "?from=reports@example.com&tls=none"
}

// TestAnEMailTellsOneReportFromTheNext: by its parameters and totals, in its language.
func TestAnEMailTellsOneReportFromTheNext(t *testing.T) {
	t.Parallel()
	mails, address := mailServer(t)
	served := start(t, newGateway(t).URL, report.Options{Delivery: delivery.Options{SMTP: address, MailTo: []string{"@example.com"}}})
	runNow(t, served, makeSchedule(t, served, `{"type":"ventas","year":2024,"language":"es","when":"every monday at 7:00","timezone":"Europe/Madrid","deliver":[{"mail":"ana@example.com"}]}`).ID)
	content, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(testkit.Receive(t, mails.got, "an e-mail"))))
	for _, want := range []string{"Año: 2024", "Importe, total: 250.545,60 €"} {
		if !strings.Contains(string(content), want) {
			t.Errorf("it lacks %q, %v:\n%.2000s", want, err, content)
		}
	}
}

// TestAScheduleTellsWhoDoesNotHaveItsReport in the reader's language and as a number, until a
// run has ended well; what a mail server refuses for good is not sent again.
func TestAScheduleTellsWhoDoesNotHaveItsReport(t *testing.T) {
	t.Parallel()
	mails, mailServer := mailServer(t)
	var status atomic.Int32
	status.Store(http.StatusInternalServerError)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) }))
	defer receiver.Close()
	served := start(t, newGateway(t).URL, report.Options{Delivery: delivery.Options{
		WebHooks: []string{receiver.URL}, SMTP: mailServer, MailTo: []string{"@example.com"},
	}})
	const wish = `{"type":"existencias","when":"every monday at 7:00","timezone":"Europe/Madrid","deliver":`
	hooked := makeSchedule(t, served, wish+`[{"webHook":"`+receiver.URL+`/in"}]}`)
	mailed := makeSchedule(t, served, wish+`[{"mail":"nadie@example.com"}]}`)
	metric := func(line string) bool {
		_, content := ask(t, served, "GET", "/metrics", "", "")
		return strings.Contains(content, line+"\n")
	}
	if !metric("reports_schedules_failing 0") {
		t.Error("schedules fail that never ran")
	}
	runNow(t, served, hooked.ID)
	testkit.Eventually(t, "a failed delivery", func() bool { return listOf(t, served)[0].LastState == "undelivered" })
	for spoken, want := range map[string]string{
		"en": "Not delivered to " + receiver.URL + "/in: it answers “500 Internal Server Error”. It is tried again until 20",
		"es": "No se ha entregado a " + receiver.URL + "/in: responde «500 Internal Server Error». Se vuelve a intentar hasta el 20",
	} {
		if told := problemIn(t, served, spoken); !strings.HasPrefix(told, want) {
			t.Errorf("%s: %q", spoken, told)
		}
	}
	runNow(t, served, mailed.ID)
	testkit.Eventually(t, "a refused e-mail", func() bool { return listOf(t, served)[1].LastState == "undelivered" })
	if now := listOf(t, served)[1]; now.Problem != "Not delivered to nadie@example.com: the mail server answers “550 5.1.1 no such user here”. It is not tried again." || now.ProblemAt.IsZero() {
		t.Errorf("%+v", now)
	}
	if !metric("reports_schedules_failing 2") || !metric(`reports_deliveries_total{outcome="refused",target="mail"} 1`) {
		_, content := ask(t, served, "GET", "/metrics", "", "")
		t.Error(content)
	}
	status.Store(http.StatusOK)
	testkit.Eventually(t, "the delivery of the web hook", func() bool {
		now := listOf(t, served)[0]
		return now.LastState == "ready" && now.Problem == "" && metric("reports_schedules_failing 1")
	})
	if tries := mails.tries.Load(); tries != 1 {
		t.Errorf("the refused e-mail was sent %d times", tries)
	}
}

const refusedQuery = `
type: refused
title: Refused
source: sample
sql: select name from nothing
columns: [{ name: name }]
`

// TestAScheduleTellsThatItsReportFailed: also where nothing is delivered then.
func TestAScheduleTellsThatItsReportFailed(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, refusedQuery), Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}})
	made := makeSchedule(t, served, `{"type":"refused","when":"every day at 7","timezone":"UTC","deliver":[{"folder":"accounts"}]}`)
	runNow(t, served, made.ID)
	testkit.Eventually(t, "a failed report", func() bool { return listOf(t, served)[0].LastState == "failed" })
	for spoken, want := range map[string]string{"en": "Not made: ", "es": "No se ha generado: Este informe no se puede generar"} {
		if told := problemIn(t, served, spoken); !strings.HasPrefix(told, want) {
			t.Errorf("%s: %q", spoken, told)
		}
	}
}

const guardedType = `
type: guarded
title: Guarded
source: sample
callers: [ana]
attributes: { department: [sales] }
format: csv
sql: select name from products
columns: [{ name: name }]
`

// TestTheOperatorSchedulesInTheNameOfACaller, and is told that a type needs one.
func TestTheOperatorSchedulesInTheNameOfACaller(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	served := start(t, newGateway(t).URL, report.Options{Token: "secret", DefinitionsDir: folderOf(t, guardedType), Delivery: delivery.Options{Folders: map[string]string{"accounts": folder}}})
	const wish = `{"type":"guarded","when":"every day at 7","timezone":"UTC","deliver":[{"folder":"accounts"}]`
	for _, given := range []string{"", `,"caller":"eva"`, `,"caller":"ana"`} {
		status, content := ask(t, served, "POST", "/api/schedules", "secret", wish+given+"}")
		if status != http.StatusForbidden || !strings.Contains(content, "--caller") || !strings.Contains(content, "schedules") {
			t.Errorf("%q answered %d %s", given, status, content)
		}
	}
	status, content := ask(t, served, "POST", "/api/schedules", "secret", wish+`,"caller":"ana","attributes":{"department":"sales"}}`)
	if status != http.StatusCreated {
		t.Fatalf("answered %d %s", status, content)
	}
	made := decode[scheduled](t, content)
	status, content = ask(t, served, "PUT", "/api/schedules/"+made.ID, "secret", strings.Replace(wish, "every day at 7", "every day at 8", 1)+"}")
	if now := decode[scheduled](t, content); status != http.StatusOK || now.ID != made.ID || now.Caller != "ana" || now.When != "every day at 8" || now.Format != "csv" {
		t.Errorf("changed: %d %s", status, content)
	}
}

// TestAChangedScheduleIsTheSameOne: its id, its pause and its owner stay; another client's and
// one that was made in a caller's name cannot be changed by a client.
func TestAChangedScheduleIsTheSameOne(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{Token: "secret", Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}})
	client := func() string {
		_, content := ask(t, served, "POST", "/page/client", "", "")
		return decode[struct{ Access string }](t, content).Access
	}
	ana, eva := client(), client()
	ask(t, served, "POST", "/api/reports/create", "secret", `{"connectionId":"x=","type":"ventas","year":2024,"client":"`+ana+`"}`)
	const wish = `{"type":"ventas","year":2024,"when":"every day at 7","timezone":"UTC","deliver":[{"folder":"accounts"}]}`
	_, content := ask(t, served, "POST", "/api/schedules", ana, wish)
	made := decode[scheduled](t, content)
	ask(t, served, "POST", "/api/schedules/"+made.ID+"/pause", ana, "")
	_, content = ask(t, served, "POST", "/api/schedules", "secret", strings.Replace(wish, `"type"`, `"client":"`+ana+`","caller":"boss","type"`, 1))
	named := decode[scheduled](t, content)
	change := strings.NewReplacer("2024", "2025", "at 7", "at 8:30").Replace(wish)
	for _, test := range []struct {
		id, access string
		status     int
		says       string
	}{
		{made.ID, eva, 404, "no_schedule"},
		{made.ID, "", 401, "unauthorized"},
		{named.ID, ana, 403, "forbidden"},
		{made.ID, ana, 200, `"paused":true`},
	} {
		if status, content := ask(t, served, "PUT", "/api/schedules/"+test.id, test.access, change); status != test.status || !strings.Contains(content, test.says) {
			t.Errorf("%s by %q answered %d %s", test.id, test.access, status, content)
		}
	}
	_, content = ask(t, served, "GET", "/api/schedules", ana, "")
	all := decode[struct{ Schedules []scheduled }](t, content).Schedules
	if len(all) != 2 || all[0].ID != made.ID || all[0].When != "every day at 8:30" || all[0].Parameters["year"] != "2025" || all[0].Format != "xlsx" {
		t.Errorf("schedules %+v", all)
	}
}

// TestOnlyTheOperatorLearnsWhereFoldersAre.
func TestOnlyTheOperatorLearnsWhereFoldersAre(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	options := report.Options{Delivery: delivery.Options{Folders: map[string]string{"accounts": folder, "far": "s3://KEY:geheim@s3.example.com/bucket/in?region=r"}}}
	open := start(t, newGateway(t).URL, options)
	options.Token = "secret"
	guarded := start(t, newGateway(t).URL, options)
	client := func(served *httptest.Server) string {
		_, content := ask(t, served, "POST", "/page/client", "", "")
		return decode[struct{ Access string }](t, content).Access
	}
	for _, test := range []struct {
		served *httptest.Server
		access string
		told   bool
	}{{open, "", true}, {open, client(open), true}, {guarded, "secret", true}, {guarded, client(guarded), false}} {
		_, content := ask(t, test.served, "GET", "/api/schedules", test.access, "")
		where := decode[struct {
			Places struct{ Where map[string]string }
		}](t, content).Places.Where
		want := map[string]string{}
		if test.told {
			want = map[string]string{"accounts": folder, "far": "s3://s3.example.com/bucket/in"}
		}
		if !maps.Equal(where, want) || strings.Contains(content, "geheim") {
			t.Errorf("%s", content)
		}
	}
}

// TestAScheduleOfAReportThatIsGone: it says so in its row, in place of a next run, and is not run.
func TestAScheduleOfAReportThatIsGone(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{DefinitionsDir: folderOf(t, accents, weekly), Delivery: delivery.Options{Folders: map[string]string{"accounts": t.TempDir()}}})
	status, content := ask(t, served, "POST", "/api/schedules", "", `{"type":"tildes","when":"every monday at 7:00","timezone":"Europe/Madrid","parameters":{},"deliver":[{"folder":"accounts"}]}`)
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, content)
	}
	id := decode[struct{ ID string }](t, content).ID
	if status, content := ask(t, served, "POST", "/api/definitions/tildes/delete", "", ""); status != http.StatusOK {
		t.Fatalf("%d %s", status, content)
	}
	_, content = ask(t, served, "GET", "/api/schedules", "", "")
	for _, one := range decode[struct {
		Schedules []struct{ ID, Problem, Next string }
	}](t, content).Schedules {
		if one.ID == id && (one.Problem != `Not made: there is no report "tildes" any more` || one.Next != "") {
			t.Errorf("its row is %+v", one)
		}
	}
	if status, content := ask(t, served, "POST", "/api/schedules/"+id+"/run", "", ""); status != http.StatusBadRequest || !strings.Contains(content, "any more") {
		t.Errorf("run: %d %s", status, content)
	}
}
