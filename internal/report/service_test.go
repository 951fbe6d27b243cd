package report_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// folderOf writes definitions into a folder.
func folderOf(t *testing.T, definitions ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, content := range definitions {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yaml", i)), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const gone = "type: gone\ntitle: Gone\nwhenGone: cancel\nlimits: { rows: 100000000 }\nsql: with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000000) select i from n\ncolumns: [{ name: i, format: integer }]\n"

func TestFailuresAreClearAndPolite(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		definition string
		options    report.Options
		reason     string
		cause      string // for the operator
		message    string // for the person
	}{
		"bad SQL": {
			definition: "type: x\ntitle: X\nsql: select nope from nowhere\ncolumns: [{ name: nope }]\n",
			reason:     "query_failed", cause: "nowhere", message: "problema en su configuración",
		},
		"a column that the query lacks": {
			definition: "type: x\ntitle: X\nlanguage: en\nsql: select 1 as one\ncolumns: [{ name: two }]\n",
			reason:     "query_failed", cause: "the query's result has no column two; it has one", message: "problem in its set-up",
		},
		"a dead database": {
			definition: "type: x\ntitle: X\nlanguage: en\nsource: dead\nsql: select 1 as one\ncolumns: [{ name: one }]\n",
			options:    report.Options{Sources: map[string]string{"dead": "postgres://u:geheim@127.0.0.1:1/db"}},
			reason:     "source_unavailable", cause: "connection refused", message: "cannot be reached",
		},
		"a full storage": {
			definition: "type: x\ntitle: X\nlanguage: en\nsql: select * from sales\ncolumns: [{ name: sold_at, format: datetime }, { name: unit_price, format: money }, { name: customer_id }]\n",
			options:    report.Options{StorageLimit: 100 << 10},
			reason:     "no_room", cause: "the limit of 102400 bytes is reached", message: "no room left",
		},
		"too many rows": {
			definition: "type: x\ntitle: X\nlimits: { rows: 100 }\nsql: select id from sales\ncolumns: [{ name: id }]\n",
			reason:     "too_many_rows", cause: "100", message: "más filas de las permitidas",
		},
		"groups whose rows come in several places": {
			definition: "type: x\ntitle: X\nlanguage: en\nsql: select 'a' as g, 1 as n union all select 'b', 1 union all select 'a', 1\ncolumns: [{ name: g }, { name: n, format: integer, total: sum }]\nsheet: { group: g }\n",
			reason:     "groups_scattered", cause: `0.yaml:4: sheet: group g: in row 3 the value "a" comes again after rows of others, so its subtotals would be wrong; begin the query's ORDER BY with g`, message: "its query does not bring the rows of each group one after the other",
		},
		"too slow": {
			definition: "type: x\ntitle: X\nlimits: { timeout: 1s }\nsql: with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as n from n\ncolumns: [{ name: n }]\n",
			reason:     "timed_out", cause: "longer", message: "demasiado",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t)
			test.options.DefinitionsDir, test.options.Attempts, test.options.DataDir = folderOf(t, test.definition), 1, t.TempDir()
			served := start(t, g.URL, test.options)
			status, made := post(t, served, `{"connectionId":"c=","type":"x"}`)
			if status != http.StatusCreated {
				t.Fatalf("answered %d", status)
			}
			frames := g.wait("c=", notify.Failed)
			frame := frames[len(frames)-1]
			if frame.Reason != test.reason || !strings.Contains(frame.Message, test.message) || frame.ReportID != made.ID || frame.Link != "" {
				t.Errorf("the client received %+v", frame)
			}
			if strings.Contains(frame.Message, test.cause) {
				t.Errorf("the client received the cause: %s", frame.Message)
			}
			seen := waitState(t, served, made.ID, jobs.Failed)
			if !strings.Contains(seen.Cause, test.cause) || strings.Contains(seen.Cause, "geheim") {
				t.Errorf("the operator sees %q", seen.Cause)
			}
			for _, folder := range []string{"kept", "drafts"} {
				if left, err := os.ReadDir(filepath.Join(test.options.DataDir, "files", folder)); err != nil || len(left) > 0 {
					t.Errorf("%s holds %v %v", folder, left, err)
				}
			}
		})
	}
}

const unreachable = "type: x\ntitle: X\nlanguage: en\nsource: dead\nsql: select 1 as one where :n::int is null\nparameters: [{ name: n, type: integer }]\ncolumns: [{ name: one }]\n"

// TestAReportThatIsTriedAgainSaysWhy: to the client that waits and to who asks, without the
// database's words, which the operator has in their language.
func TestAReportThatIsTriedAgainSaysWhy(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{DefinitionsDir: folderOf(t, unreachable), Sources: map[string]string{"dead": "postgres://u:geheim@127.0.0.1:1/db"}, Attempts: 3})
	_, made := post(t, served, `{"connectionId":"c=","type":"x"}`)
	frames := g.wait("c=", notify.Queued)
	if frame := frames[len(frames)-1]; frame.Reason != "source_unavailable" || frame.Message != "The database cannot be reached. It is tried again by itself." || frame.Place != 1 {
		t.Errorf("the client received %+v", frame)
	}
	var seen intake.Report
	testkit.Eventually(t, "the second wait", func() bool { seen = stateOf(t, served, made.ID); return seen.State == jobs.Queued && seen.Attempt == 2 })
	if seen.Reason != "source_unavailable" || !strings.Contains(seen.Message, "tried again") || !strings.Contains(seen.Cause, "connection refused") {
		t.Errorf("the operator sees %+v", seen)
	}
	spanish := as(t, served, "GET", "/api/reports", "", "", func(r *http.Request) { r.Header.Set("Accept-Language", "es") })
	if !strings.Contains(spanish.body, "base de datos dead: no se puede llegar a la base de datos: ") {
		t.Errorf("in Spanish the operator sees %s", spanish.body)
	}
	if mine := as(t, served, "GET", "/api/reports/"+made.ID, made.Access, ""); !strings.Contains(mine.body, "tried again") || strings.Contains(mine.body, "127.0.0.1") {
		t.Errorf("the client sees %s", mine.body)
	}
	if status, said := ask(t, served, "DELETE", "/api/reports/"+made.ID, "", ""); status != http.StatusOK || strings.Contains(said, "source_unavailable") || strings.Contains(said, "refused") {
		t.Errorf("cancelled it says %d %s", status, said)
	}
}

func TestAWrongDefinitionKeepsTheServiceFromStarting(t *testing.T) {
	t.Parallel()
	for name, definition := range map[string]string{
		`0.yaml:2: type "1bad"`:              "title: X\ntype: 1bad\nsql: select 1\ncolumns: [{ name: x }]\n",
		`0.yaml:3: source "nowhere" is not`:  "type: x\ntitle: X\nsource: nowhere\nsql: select 1\ncolumns: [{ name: x }]\n",
		`0.yaml:3: sql uses :year, which is`: "type: x\ntitle: X\nsql: select :year\ncolumns: [{ name: x }]\n",
	} {
		_, err := report.New(report.Options{
			DataDir: t.TempDir(), DefinitionsDir: folderOf(t, definition), ConnectionsEndpoint: "http://127.0.0.1:1/prod", Credentials: credentialsProvider,
		})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want %q, got %v", name, err)
		}
	}
}

func TestRequestsAreRefusedByField(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{})
	for body, want := range map[string]string{
		``:                                    `"field":"body"`,
		`[1]`:                                 `"field":"body"`,
		`{"a":1`:                              `it ends too early`,
		`{"connectionId":"c="} {}`:            `more follows`,
		`{"type":"ventas"}`:                   `"field":"connectionId"`,
		`{"connectionId":"","type":"ventas"}`: `"field":"connectionId"`,
		`{"connectionId":"../x","type":"ventas"}`:                                           `"field":"connectionId"`,
		`{"connectionId":"c="}`:                                                             `"field":"type"`,
		`{"connectionId":"c=","type":""}`:                                                   `it must be one of clientes, existencias, ventas`,
		`{"connectionId":"c=","type":"Ventas"}`:                                             `is no type of report`,
		`{"connectionId":"c=","type":{}}`:                                                   `"field":"type"`,
		`{"connectionId":"c=","type":"ventas","year":1999}`:                                 `"field":"year"`,
		`{"connectionId":"c=","type":"ventas","year":"dos mil"}`:                            `must be a whole number`,
		`{"connectionId":"c=","type":"ventas","parameters":{"region":"x"}}`:                 `"field":"region"`,
		`{"connectionId":"c=","type":"ventas","month":1}`:                                   `it has year, region`,
		`{"connectionId":"c=","type":"ventas","language":"fr"}`:                             `"field":"language"`,
		`{"connectionId":"c=","type":"ventas","format":"pdf"}`:                              `"field":"format"`,
		`{"connectionId":"c=","type":"ventas","parameters":7}`:                              `"field":"parameters"`,
		`{"connectionId":"c=","type":"ventas","domainName":"evil.example"}`:                 `"field":"domainName"`,
		`{"connectionId":"c=","type":"clientes","from":"2025-02-30"}`:                       `"field":"from"`,
		`{"connectionId":"c=","type":"clientes","name":"100%"}`:                             `"field":"name"`,
		`{"connectionId":"c=","type":"ventas","stage":"s","domainName":"e"}`:                `"field":"domainName"`,
		`{"connectionId":"c=","type":"ventas","caller":"` + strings.Repeat("x", 200) + `"}`: `"field":"caller"`,
	} {
		response, err := http.Post(served.URL+"/api/reports/create", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		content, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusBadRequest || !strings.Contains(string(content), want) {
			t.Errorf("%.60s answered %s %s; want %s", body, response.Status, content, want)
		}
	}
}

// A request is refused in the language that its body names, else in that of its header, else in
// English.
func TestARequestIsRefusedInItsLanguage(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{})
	const create, schedules, es = "/api/reports/create", "/api/schedules", "es-ES,es;q=0.9"
	for _, test := range []struct{ method, path, header, body, want string }{
		{"GET", "/api/reports/none", "", "", "there is no such report"},
		{"GET", "/api/reports/none", "de", "", "there is no such report"},
		{"GET", "/api/reports/none", es, "", "no existe ese informe"},
		{"GET", "/api/nothing", es, "", "no hay nada en GET /api/nothing"},
		{"GET", "/api/reports?limit=0", es, "", "limit: debe ser un número entero del 1 al 500"},
		{"GET", "/api/reports?before=x", es, "", `before: \"x\" no es ni el campo next`},
		{"POST", create, es, `{`, "body: debe ser un objeto JSON: acaba demasiado pronto"},
		{"POST", create, es, `{"a":1,}`, "body: debe ser un objeto JSON: línea 1: "},
		{"POST", create, "", `{"connectionId":"c=","type":"x","language":"es"}`, `type: \"x\" no es un tipo de informe; debe ser uno de clientes`},
		{"POST", create, "", `{"connectionId":"c=","type":"x","parameters":{"language":"es"}}`, "no es un tipo de informe"},
		{"POST", create, es, `{"connectionId":"c=","type":"x","language":"en"}`, "is no type of report"},
		{"POST", create, es, `{"connectionId":"c=","type":"x","language":"fr"}`, "no es un tipo de informe"},
		{"POST", create, es, `{"connectionId":"c=","type":"ventas","year":"x"}`, "year: debe ser un número entero"},
		{"POST", create, es, `{"connectionId":"c=","type":"ventas","attributes":{"a":[]}}`, "attributes: a debe ser un texto"},
		{"POST", schedules, es, `{"type":"ventas","when":"now"}`, "when: "},
		{"POST", schedules, es, `{"type":"ventas","when":"every day at 7","timezone":"Europe/Madrid","deliver":[]}`, "deliver: debe tener de 1 a 10 destinos"},
		{"POST", schedules, es, `{"type":"ventas","when":"every day at 7","timezone":"Europe/Madrid","deliver":[{"folder":"a"}]}`, `deliver: no existe la carpeta \"a\"; existen: ninguno`},
		{"POST", schedules, "", `{"type":"ventas","when":"every day at 7","timezone":"Europe/Madrid","deliver":[{"mail":"ana@example.com"}]}`, "the operator of the service has set up no e-mail"},
	} {
		request, err := http.NewRequestWithContext(t.Context(), test.method, served.URL+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Language", test.header)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		content, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode < 400 || !strings.Contains(string(content), test.want) {
			t.Errorf("%s %s %s (%s) answered %s %s; want %s", test.method, test.path, test.body, test.header, response.Status, content, test.want)
		}
	}
}

func TestWhatTemplatesSendIsUnderstood(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{})
	for body, year := range map[string]string{
		`{"connectionId":"a=","type":"ventas","year":""}`:                                                                       "2025", // $input.params of nothing
		`{"connectionId":"b=","type":"ventas","year":2024}`:                                                                     "2024",
		`{"connectionId":"c=","type":"ventas","year":"2024","region":null}`:                                                     "2024",
		`{"connectionId":"d=","type":"ventas","parameters":{"reportType":"ventas","year":"2023","language":"en","caller":"x"}}`: "2023",
	} {
		status, made := post(t, served, body)
		if status != http.StatusCreated || made.Parameters["year"] != year {
			t.Errorf("%s answered %d %+v", body, status, made)
		}
	}
	frames := g.wait("d=", notify.Ready)
	if frames[0].Title != "Sales" || frames[len(frames)-1].Name != "ventas-2023.xlsx" {
		t.Errorf("the frames are not English: %+v", frames)
	}
}

func TestAConnectionThatIsStillConnectingIsNotified(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	g.status = func(_ string, posts int) int {
		if posts <= 3 {
			return http.StatusGone
		}
		return http.StatusOK
	}
	served := start(t, g.URL, report.Options{})
	post(t, served, `{"connectionId":"young=","type":"existencias"}`)
	frames := g.wait("young=", notify.Ready)
	if frames[0].Event != notify.Accepted {
		t.Errorf("frames %+v", frames)
	}
}

func TestThrottledFramesAreSentAgain(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	g.status = func(_ string, posts int) int {
		if posts%2 == 1 {
			return http.StatusTooManyRequests
		}
		return http.StatusOK
	}
	served := start(t, g.URL, report.Options{})
	post(t, served, `{"connectionId":"slow=","type":"existencias"}`)
	g.wait("slow=", notify.Ready)
}

func TestACancelledReportStopsAtOnce(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{DefinitionsDir: withLong(t), Workers: 1})
	_, running := post(t, served, `{"connectionId":"one=","type":"long","rows":50000000}`)
	_, waiting := post(t, served, `{"connectionId":"two=","type":"long","rows":50000000}`)
	if waiting.Place < 1 {
		t.Errorf("the second has place %d", waiting.Place)
	}
	g.wait("one=", notify.Progress)
	testkit.Eventually(t, "the first rows", func() bool { return stateOf(t, served, running.ID).Rows > 0 })
	for id, connection := range map[string]string{waiting.ID: "two=", running.ID: "one="} {
		request, _ := http.NewRequest(http.MethodDelete, served.URL+"/api/reports/"+id, nil)
		response, err := http.DefaultClient.Do(request)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatal(response, err)
		}
		response.Body.Close()
		g.wait(connection, notify.Cancelled)
		waitState(t, served, id, jobs.Cancelled)
		if shown := stateOf(t, served, id); id == running.ID && shown.Rows == 0 || shown.Bytes != 0 {
			t.Errorf("%s had come to %d rows, %d bytes", connection, shown.Rows, shown.Bytes)
		}
	}
}

func TestAReportWithoutAClientIsCancelledIfItsDefinitionSaysSo(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes ten seconds; -short leaves it out")
	}
	g := newGateway(t)
	g.status = func(_ string, posts int) int { return http.StatusGone }
	served := start(t, g.URL, report.Options{DefinitionsDir: folderOf(t, gone)})
	_, made := post(t, served, `{"connectionId":"left=","type":"gone"}`)
	waitState(t, served, made.ID, jobs.Cancelled)
}

func TestTheSameKeyAsksOnce(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{})
	ask := func(body, key string) (*http.Response, string) {
		request, _ := http.NewRequest(http.MethodPost, served.URL+"/api/reports/create", strings.NewReader(body))
		request.Header.Set("Idempotency-Key", key)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		content, _ := io.ReadAll(response.Body)
		return response, string(content)
	}
	first, _ := ask(`{"connectionId":"k=","type":"existencias"}`, "one")
	again, _ := ask(`{"connectionId":"k=","type":"existencias"}`, "one")
	if first.StatusCode != 201 || again.StatusCode != 201 || again.Header.Get("Idempotent-Replayed") != "true" || first.Header.Get("Location") != again.Header.Get("Location") {
		t.Errorf("answered %s %s, then %s %s", first.Status, first.Header, again.Status, again.Header)
	}
	if other, content := ask(`{"connectionId":"k=","type":"ventas"}`, "one"); other.StatusCode != http.StatusConflict || !strings.Contains(content, "Idempotency-Key") {
		t.Errorf("another request answered %s %s", other.Status, content)
	}
	g.wait("k=", notify.Ready)
}

func TestAFullQueueSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{DefinitionsDir: withLong(t), Workers: 1, MaxQueued: 2})
	for i := range 10 {
		response, err := http.Post(served.URL+"/api/reports/create", "application/json", strings.NewReader(fmt.Sprintf(`{"connectionId":"%d=","type":"long","rows":50000000}`, i)))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode == http.StatusTooManyRequests {
			if after := response.Header.Get("Retry-After"); after == "" || after == "0" {
				t.Errorf("Retry-After is %q", after)
			}
			return
		}
	}
	t.Error("ten reports were taken into a queue of two")
}

func TestAnUrgentReportIsNext(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	dir := withLong(t)
	urgent := "type: urgent\ntitle: Urgent\nsource: sample\npriority: high\nsql: select 1 as a\ncolumns: [{ name: a }]\n"
	if err := os.WriteFile(filepath.Join(dir, "urgent.yaml"), []byte(urgent), 0o600); err != nil {
		t.Fatal(err)
	}
	served := start(t, g.URL, report.Options{DefinitionsDir: dir, Workers: 1})
	_, running := post(t, served, `{"connectionId":"1=","type":"long","rows":50000000}`)
	waitState(t, served, running.ID, jobs.Running)
	for _, name := range []string{"long", "urgent"} {
		if _, made := post(t, served, fmt.Sprintf(`{"connectionId":"%s=","type":"%s"}`, name, name)); made.Place != 1 {
			t.Errorf("%s has place %d", name, made.Place)
		}
	}
}

func TestRestartedServicesFinishWhatWasAsked(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	dir := t.TempDir()
	options := report.Options{DataDir: dir, DefinitionsDir: withLong(t), Workers: 1}
	var ids []string
	t.Run("before", func(t *testing.T) {
		served := start(t, g.URL, options)
		for i := range 3 {
			_, made := post(t, served, fmt.Sprintf(`{"connectionId":"%d=","type":"long","rows":30000}`, i))
			ids = append(ids, made.ID)
		}
	})
	served := start(t, g.URL, options)
	for i, id := range ids {
		g.wait(fmt.Sprintf("%d=", i), notify.Ready)
		waitState(t, served, id, jobs.Ready)
	}
}

func waitCount(t testing.TB, served *httptest.Server, state jobs.State, count int) {
	t.Helper()
	testkit.EventuallyNil(t, func() error {
		response, err := http.Get(served.URL + "/healthz")
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if health := testkit.Body(response); !strings.Contains(health, fmt.Sprintf(`%q:%d`, state, count)) {
			return fmt.Errorf("health is %s; want %d %s", health, count, state)
		}
		return nil
	})
}

func TestATokenGuardsWhatIsTheOperators(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{Token: "opensesame"})
	call := func(method, path, token string) int {
		request, _ := http.NewRequest(method, served.URL+path, strings.NewReader(`{"connectionId":"t=","type":"existencias","caller":"me"}`))
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.StatusCode
	}
	for _, test := range []struct {
		method, path, token string
		want                int
	}{
		{"POST", "/api/reports/create", "", 401},
		{"POST", "/api/reports/create", "wrong", 401},
		{"POST", "/api/reports/create", "opensesame", 201},
		{"GET", "/api/reports", "wrong", 401},
		{"GET", "/api/reports", "opensesame", 200},
		{"GET", "/api/reports?caller=me", "", 401},
		{"POST", "/api/reports/x/replay", "", 401},
		{"GET", "/api/reports/types", "", 200},
	} {
		if got := call(test.method, test.path, test.token); got != test.want {
			t.Errorf("%s %s with %q answered %d, want %d", test.method, test.path, test.token, got, test.want)
		}
	}
}

func TestDownloads(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{})
	post(t, served, `{"connectionId":"d=","type":"ventas","format":"csv"}`)
	frames := g.wait("d=", notify.Ready)
	link := frames[len(frames)-1].Link
	request, _ := http.NewRequest(http.MethodGet, link, nil)
	request.Header.Set("Range", "bytes=3-12")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	part, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if response.StatusCode != http.StatusPartialContent || string(part) != "Fecha;Mes;" {
		t.Errorf("a range answered %s %q", response.Status, part)
	}
	for name, broken := range map[string]string{
		"another name": strings.Replace(link, "ventas-2025.csv", "other.csv", 1), "a longer life": strings.Replace(link, "expires=", "expires=9", 1), "no signature": strings.Split(link, "?")[0],
	} {
		response, err := http.Get(broken)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("%s answered %s", name, response.Status)
		}
	}
}

// stock is a report that takes the database no time.
const stock = "type: stock\ntitle: Stock\nsql: select id from products\ncolumns: [{ name: id, format: integer }]\n"

func TestManyAtOnceAreNotifiedOnce(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{DefinitionsDir: folderOf(t, stock)})
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if status, _ := post(t, served, fmt.Sprintf(`{"connectionId":"%d=","type":"stock","caller":"%d"}`, i, i%5)); status != http.StatusCreated {
				t.Errorf("answered %d", status)
			}
		})
	}
	all.Wait()
	for i := range 50 {
		frames := g.wait(fmt.Sprintf("%d=", i), notify.Ready)
		for _, frame := range frames[1 : len(frames)-1] {
			if frame.Event != notify.Progress {
				t.Errorf("connection %d received %+v", i, frames)
			}
		}
		if frames[0].Event != notify.Accepted {
			t.Errorf("connection %d received %s first", i, frames[0].Event)
		}
	}
}
