package report_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

// asked is an answer with its body.
type asked struct {
	status int
	body   string
	header http.Header
}

// member is a member of the answer that is text.
func (a asked) member(t *testing.T, name string) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(a.body), &members); err != nil {
		t.Fatal(err)
	}
	text, ok := members[name].(string)
	if !ok {
		t.Fatalf("no text %q in %s", name, a.body)
	}
	return text
}

// call makes a request, and changes it before.
func call(t testing.TB, method, address, body string, change ...func(*http.Request)) asked {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, how := range change {
		how(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return asked{response.StatusCode, string(content), response.Header}
}

// as makes a request with credentials: shown is what Authorization: Bearer holds.
func as(t testing.TB, served *httptest.Server, method, path, shown, body string, change ...func(*http.Request)) asked {
	t.Helper()
	return call(t, method, served.URL+path, body, append(change, func(r *http.Request) {
		if shown != "" {
			r.Header.Set("Authorization", "Bearer "+shown)
		}
	})...)
}

const secretToken = "opensesame"

// guardedScene has a report of each of two clients, both ready.
func guardedScene(t *testing.T, token string) (served *httptest.Server, mine, theirs notify.Frame, links map[string]string) {
	t.Helper()
	g := newGateway(t)
	served = start(t, g.URL, report.Options{Token: token})
	links = map[string]string{}
	made := map[string]notify.Frame{}
	for _, name := range []string{"mine", "theirs"} {
		response := as(t, served, "POST", "/api/reports/create", token, fmt.Sprintf(`{"connectionId":"%s=","type":"existencias","caller":"caller of %s"}`, name, name))
		if response.status != http.StatusCreated {
			t.Fatalf("create answered %+v", response)
		}
		frames := g.wait(name+"=", notify.Ready)
		made[name] = frames[0]
		links[name] = frames[len(frames)-1].Link
		for {
			var now struct{ State jobs.State }
			response := as(t, served, "GET", "/api/reports/"+frames[0].ReportID, token, "")
			if err := json.Unmarshal([]byte(response.body), &now); err != nil {
				t.Fatal(err)
			}
			if now.State == jobs.Ready {
				break
			}
		}
	}
	return served, made["mine"], made["theirs"], links
}

// TestWhoSeesWhat calls every endpoint with every kind of credentials: none, with a wrong
// token, with a forged and with another client's capability, with the report's own, and
// as the operator. What a status does not allow must not be in the body either.
func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	served, mine, theirs, links := guardedScene(t, secretToken)
	forged := mine.Access[:len(mine.Access)-1] + "x"
	if forged == mine.Access {
		forged += "y"
	}
	shown := []struct{ name, bearer string }{
		{"no credentials", ""}, {"a wrong token", "wrong"}, {"a forged capability", forged}, {"another client", theirs.Access}, {"the client", mine.Access}, {"the operator", secretToken},
	}
	id := mine.ReportID
	create := `{"connectionId":"x=","type":"existencias"}`
	for _, test := range []struct {
		method, path, body string
		want               [6]int
	}{
		{"GET", "/", "", [6]int{200, 200, 200, 200, 200, 200}},
		{"GET", "/page/reports.js", "", [6]int{200, 200, 200, 200, 200, 200}},
		{"GET", "/page/settings", "", [6]int{200, 200, 200, 200, 200, 200}},
		{"POST", "/page/client", "", [6]int{200, 200, 200, 200, 200, 200}},
		{"GET", "/openapi.json", "", [6]int{200, 200, 200, 200, 200, 200}},
		{"GET", "/healthz", "", [6]int{200, 200, 200, 200, 200, 200}},
		{"GET", "/readyz", "", [6]int{200, 200, 200, 200, 200, 200}},
		{"GET", "/api/reports/types", "", [6]int{200, 200, 200, 200, 200, 200}},
		{"GET", "/metrics", "", [6]int{401, 401, 401, 403, 403, 200}},
		{"GET", "/api/reports", "", [6]int{401, 401, 401, 200, 200, 200}},
		{"GET", "/api/reports?caller=caller+of+mine", "", [6]int{401, 401, 401, 403, 403, 200}},
		{"GET", "/api/reports/" + id, "", [6]int{401, 401, 401, 404, 200, 200}},
		{"GET", "/api/reports/none", "", [6]int{401, 401, 401, 404, 404, 404}},
		{"GET", "/api/reports/" + id + "/preview", "", [6]int{401, 401, 401, 404, 200, 200}},
		{"DELETE", "/api/reports/" + id, "", [6]int{401, 401, 401, 404, 409, 409}},
		{"POST", "/api/reports/" + id + "/replay", "", [6]int{401, 401, 401, 403, 403, 409}},
		{"POST", "/api/reports/create", create, [6]int{401, 401, 401, 403, 403, 201}},
		{"GET", "/files/" + id + "/existencias.xlsx", "", [6]int{403, 403, 403, 403, 403, 403}}, // a link needs no other credentials
		{"POST", "/api/reports/none/delete", "", [6]int{401, 401, 401, 404, 404, 404}},
	} {
		for i, who := range shown {
			response := as(t, served, test.method, test.path, who.bearer, test.body)
			if response.status != test.want[i] {
				t.Errorf("%s %s as %s answered %d %.200s; want %d", test.method, test.path, who.name, response.status, response.body, test.want[i])
			}
			if who.name != "the client" && who.name != "the operator" {
				for what, secret := range map[string]string{"its id": id, "its link": links["mine"], "its caller": "caller of mine", "its capability": mine.Access} {
					if strings.Contains(response.body, secret) && !strings.Contains(test.path, secret) {
						t.Errorf("%s %s tells %s %s: %s", test.method, test.path, who.name, what, response.body)
					}
				}
			}
			if who.name == "the client" && strings.Contains(response.body, "caller of") {
				t.Errorf("%s %s tells the client what is the operator's: %s", test.method, test.path, response.body)
			}
		}
	}
	for link, name := range map[string]string{links["mine"]: "mine", links["theirs"]: "theirs"} {
		if response := as(t, served, "GET", strings.TrimPrefix(link, served.URL), "", ""); response.status != http.StatusOK || !strings.HasPrefix(response.body, "PK") {
			t.Errorf("the link of %s answered %d", name, response.status)
		}
	}
	if list := as(t, served, "GET", "/api/reports", mine.Access, ""); !strings.Contains(list.body, id) || strings.Contains(list.body, theirs.ReportID) {
		t.Errorf("the client's history is %s", list.body)
	}
	for bearer, want := range map[string]int{"": 401, theirs.Access: 404, mine.Access: 200} {
		if response := as(t, served, "POST", "/api/reports/"+id+"/delete", bearer, ""); response.status != want {
			t.Errorf("deleting answered %d %s; want %d", response.status, response.body, want)
		}
	}
	for _, path := range []string{"/api/reports/" + id, strings.TrimPrefix(links["mine"], served.URL)} {
		if response := as(t, served, "GET", path, secretToken, ""); response.status != 404 && response.status != 410 {
			t.Errorf("a deleted report's %s answered %d", path, response.status)
		}
	}
}

// Without a token the operator is a client that is certainly on this machine: DNS
// rebinding, proxies and other sites' pages do not make a client the operator.
// A-REPORT-4.
func TestWhoIsTheOperatorWithoutAToken(t *testing.T) {
	t.Parallel()
	served, mine, _, _ := guardedScene(t, "")
	_, port, _ := net.SplitHostPort(served.Listener.Addr().String())
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, test := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"this machine":                {func(*http.Request) {}, 200},
		"localhost":                   {host("localhost:" + port), 200},
		"a name of localhost":         {host("reports.localhost:" + port), 200},
		"IPv6":                        {host("[::1]:" + port), 200},
		"its own page":                {header("Origin", served.URL), 200},
		"a rebound name":              {host("evil.example"), 401},
		"a rebound name with port":    {host("evil.example:" + port), 401},
		"a name that ends like ours":  {host("localhost.evil.example:" + port), 401},
		"a name that begins like us":  {host("127.0.0.1.evil.example"), 401},
		"another address":             {host("192.168.1.10:" + port), 401},
		"a proxy":                     {header("X-Forwarded-For", "203.0.113.9"), 401},
		"a proxy that tells nothing":  {header("X-Forwarded-For", ""), 401},
		"a proxy of the standard":     {header("Forwarded", "for=203.0.113.9"), 401},
		"a proxy that names itself":   {header("Via", "1.1 cache"), 401},
		"a proxy that tells the host": {header("X-Forwarded-Host", "reports.example.com"), 401},
		"nginx":                       {header("X-Real-IP", "203.0.113.9"), 401},
		"another site's page":         {header("Origin", "https://evil.example"), 401},
		"a page of no origin":         {header("Origin", "null"), 401},
		"another site's picture":      {header("Sec-Fetch-Site", "cross-site"), 401},
		"a wrong password":            {header("Authorization", "Basic YTpi"), 401},
	} {
		for _, path := range []string{"/api/reports", "/api/reports/" + mine.ReportID, "/metrics"} {
			if response := as(t, served, "GET", path, "", "", test.change); response.status != test.want {
				t.Errorf("%s: GET %s answered %d, want %d", name, path, response.status, test.want)
			}
		}
		replay := map[int]int{200: 409, 401: 401}[test.want]
		if response := as(t, served, "POST", "/api/reports/"+mine.ReportID+"/replay", "", "", test.change); response.status != replay {
			t.Errorf("%s: replay answered %d, want %d", name, response.status, replay)
		}
	}
	for name, want := range map[string]int{"evil.example": 403, "127.0.0.1": 201, "reports": 201, "reports.internal:8080": 201, "[2001:db8::1]:80": 201} {
		body := fmt.Sprintf(`{"connectionId":"x=","type":"existencias","caller":"of %s"}`, name)
		if response := as(t, served, "POST", "/api/reports/create", "", body, host(name)); response.status != want {
			t.Errorf("create at %s answered %d %s, want %d", name, response.status, response.body, want)
		}
	}
}

func TestIdsAndCapabilitiesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{})
	seen := map[string]bool{}
	for i := range 50 {
		status, made := post(t, served, fmt.Sprintf(`{"connectionId":"%d=","type":"existencias"}`, i))
		parts := strings.Split(made.Access, ".")
		if status != http.StatusCreated || len(parts) != 4 {
			t.Fatalf("answered %d %+v", status, made)
		}
		for _, text := range []string{made.ID[10:], parts[1]} { // the random part of an id: 80 bits
			if seen[text] || len(text) < 16 {
				t.Errorf("%q came before", text)
			}
			seen[text] = true
		}
		// Ids of one millisecond that only count up would share their beginning.
		if prefix := made.ID[10:20]; seen[prefix] {
			t.Errorf("ids count up: %s", made.ID)
		} else {
			seen[prefix] = true
		}
	}
}

// The caller is read from the top level of the body, which the integration
// writes, never from the query string that a template passes on. A-REPORT-20.
func TestClientsCannotNameTheirCaller(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{DefinitionsDir: folderOf(t, accents+"callers: [contabilidad]\n")})
	_, mine := post(t, served, `{"connectionId":"own=","type":"tildes","caller":"contabilidad"}`)
	for body, want := range map[string]int{
		`{"connectionId":"c=","type":"tildes","caller":"contabilidad"}`:                                         201,
		`{"connectionId":"c=","type":"tildes","caller":"contabilidad","client":"` + mine.Access + `"}`:          201,
		`{"connectionId":"c=","type":"tildes"}`:                                                                 403,
		`{"connectionId":"c=","type":"tildes","caller":""}`:                                                     403,
		`{"connectionId":"c=","type":"tildes","caller":"contabilidad "}`:                                        403,
		`{"connectionId":"c=","type":"tildes","caller":" "}`:                                                    403,
		`{"connectionId":"c=","type":"tildes","parameters":{"caller":"contabilidad"}}`:                          403,
		`{"connectionId":"c=","type":"tildes","parameters":{"client":"` + mine.Access + `"}}`:                   403,
		`{"connectionId":"c=","type":"tildes","client":"` + mine.Access + `"}`:                                  403,
		`{"connectionId":"c=","type":"tildes","caller":"contabilidad","parameters":{"connectionId":"own="}}`:    400,
		`{"connectionId":"c=","type":"tildes","client":"client.contabilidad.9999999999.00"}`:                    400,
		`{"connectionId":"c=","caller":"ana","type":"tildes","caller":"contabilidad"}`:                          400,
		`{"connectionId":"c=","type":"tildes","parameters":{"n":"1","n":"2"},"caller":"contabilidad"}`:          400,
		`{"connectionId":"c=","connectionId":"own=","type":"tildes","caller":"contabilidad"}`:                   400,
		`{"connectionId":"c=","type":"tildes","parameters":"","caller":"contabilidad"}`:                         201,
		`{"connectionId":"c=","type":"tildes","parameters":{"reportType":"x","n":"3"},"caller":"contabilidad"}`: 201,
	} {
		if response := as(t, served, "POST", "/api/reports/create", "", body); response.status != want {
			t.Errorf("%s answered %d %s; want %d", body, response.status, response.body, want)
		}
	}
	if own := as(t, served, "GET", "/api/reports", mine.Access, ""); strings.Count(own.body, `"id"`) != 2 {
		t.Errorf("a client's reports over two connections are %s", own.body)
	}
}

// Permissions are checked by the definition with which a report is made, not
// the one with which it was requested. A-REPORT-21.
func TestAChangedDefinitionNeverGivesMoreRows(t *testing.T) {
	t.Parallel()
	const stores = "type: tienda\ntitle: Tienda\nsql: |\n  select id from sales where (:store is null or store_id = :store)\ncolumns: [{ name: id }]\nparameters: [{ name: store, type: integer }]\n"
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(stores) }
	for name, test := range map[string]struct {
		before, after, wish string
		state               jobs.State
		reason              string
	}{
		"the same":              {stores, stores, `"store":1`, jobs.Ready, ""},
		"only other columns":    {stores, replace("columns: [{ name: id }]", "columns: [{ name: id, format: integer }]"), `"store":1`, jobs.Ready, ""},
		"other callers":         {stores, stores + "callers: [otro]\n", `"store":1`, jobs.Failed, "not_allowed"},
		"fewer callers":         {stores + "callers: [ana, otro]\n", stores + "callers: [otro]\n", `"store":1`, jobs.Failed, "not_allowed"},
		"a new name":            {stores, replace(":store", ":shop", "name: store", "name: shop"), `"store":1`, jobs.Failed, "definition_changed"},
		"now required":          {stores, replace("type: integer", "type: integer, required: true"), `"caller2":""`, jobs.Failed, "definition_changed"},
		"another type":          {replace("type: integer", "type: text"), stores, `"store":"tienda 1"`, jobs.Failed, "definition_changed"},
		"another range":         {stores, replace("type: integer", "type: integer, maximum: 2"), `"store":5`, jobs.Failed, "definition_changed"},
		"a default of its own":  {stores, replace("type: integer", "type: integer, default: 3"), `"caller2":""`, jobs.Failed, "definition_changed"},
		"another way to write":  {replace("type: integer", "type: text"), stores, `"store":"007"`, jobs.Failed, "definition_changed"},
		"the default taken off": {replace("type: integer", "type: integer, default: 3"), stores, `"caller2":""`, jobs.Ready, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, folder := newGateway(t), folderOf(t, test.before, long)
			served, service := startService(t, g.URL, report.Options{DefinitionsDir: folder, Workers: 1})
			_, busy := post(t, served, `{"connectionId":"busy=","type":"long","rows":50000000}`)
			waitState(t, served, busy.ID, jobs.Running)
			body := strings.Replace(`{"connectionId":"c=","type":"tienda","caller":"ana",`+test.wish+`}`, `,"caller2":""`, "", 1)
			status, made := post(t, served, body)
			if status != http.StatusCreated {
				t.Fatalf("answered %d", status)
			}
			if err := os.WriteFile(filepath.Join(folder, "0.yaml"), []byte(test.after), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := service.Reload(); err != nil {
				t.Fatal(err)
			}
			as(t, served, "DELETE", "/api/reports/"+busy.ID, "", "")
			frames := g.wait("c=", map[jobs.State]notify.Event{jobs.Ready: notify.Ready, jobs.Failed: notify.Failed}[test.state])
			end := frames[len(frames)-1]
			if end.Reason != test.reason || test.reason != "" && (end.Message == "" || end.Link != "") {
				t.Errorf("the client received %+v", end)
			}
			if seen := waitState(t, served, made.ID, test.state); test.state == jobs.Failed && (seen.Cause == "" || seen.Attempt != 1) {
				t.Errorf("the operator sees %+v", seen)
			}
		})
	}
}

// The record of a report and its numbers.
func TestMetricsCountWhatHappened(t *testing.T) {
	t.Parallel()
	served, _, _, links := guardedScene(t, secretToken)
	as(t, served, "GET", strings.TrimPrefix(links["mine"], served.URL), "", "")
	as(t, served, "POST", "/api/reports/create", secretToken, `{"connectionId":"x=","type":"nothing"}`)
	response := as(t, served, "GET", "/metrics", secretToken, "")
	for _, line := range []string{
		`reports_jobs{state="ready"} 2`, `reports_ended_total{reason="",state="ready",type="existencias"} 2`, `reports_run_seconds_count{type="existencias"} 2`,
		`reports_downloads_total 1`, `reports_refused_total{code="invalid_request"} 1`, `reports_frames_total{outcome="delivered"} `, `reports_oldest_waiting_seconds 0`, `reports_stored_bytes `,
	} {
		if !strings.Contains(response.body, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if !strings.HasPrefix(response.header.Get("Content-Type"), "text/plain") {
		t.Errorf("they are %s", response.header.Get("Content-Type"))
	}
}

// Readiness says what cannot be reached; the causes are the operator's.
func TestReadinessNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{Token: secretToken, Sources: map[string]string{"erp": "postgres://u:geheim@127.0.0.1:1/db"}})
	type checked struct {
		Name          string
		OK            bool
		Reason, Cause string
	}
	check := func(bearer string, want int) map[string]checked {
		t.Helper()
		response := as(t, served, "GET", "/readyz", bearer, "")
		var readiness struct{ Checks []checked }
		if err := json.Unmarshal([]byte(response.body), &readiness); err != nil || response.status != want {
			t.Fatalf("answered %d %s, %v; want %d", response.status, response.body, err, want)
		}
		found := map[string]checked{}
		for _, c := range readiness.Checks {
			found[c.Name] = c
		}
		return found
	}
	all := check(secretToken, http.StatusServiceUnavailable)
	if want := []string{"gateway " + g.URL, "queue", "source erp", "source sample", "storage"}; !slices.Equal(slices.Sorted(maps.Keys(all)), want) {
		t.Errorf("checked are %v", all)
	}
	for name, c := range all {
		if c.OK == (name == "source erp") || !c.OK && !strings.Contains(c.Cause, "refused") || strings.Contains(c.Cause, "geheim") {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if anonymous := check("", http.StatusServiceUnavailable)["source erp"]; anonymous.OK || anonymous.Reason != "unreachable" || anonymous.Cause != "" {
		t.Errorf("an anonymous client sees %+v", anonymous)
	}
	whole := start(t, g.URL, report.Options{})
	if response := as(t, whole, "GET", "/readyz", "", ""); response.status != http.StatusOK {
		t.Errorf("with everything there it answered %+v", response)
	}
}

// Paging through the history ends, also when reports expire meanwhile.
func TestTheHistoryIsWalkedToItsEnd(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	served := start(t, g.URL, report.Options{})
	const reports = 7
	for i := range reports {
		post(t, served, fmt.Sprintf(`{"connectionId":"%d=","type":"existencias"}`, i))
	}
	for i := range reports {
		g.wait(fmt.Sprintf("%d=", i), notify.Ready)
	}
	seen, next := map[string]bool{}, ""
	for range reports {
		var page struct {
			Reports []struct{ ID string }
			More    bool
			Next    string
		}
		response := as(t, served, "GET", "/api/reports?limit=2&before="+next, "", "")
		if err := json.Unmarshal([]byte(response.body), &page); err != nil || response.status != 200 {
			t.Fatal(response, err)
		}
		for _, r := range page.Reports {
			if seen[r.ID] {
				t.Errorf("%s comes twice", r.ID)
			}
			seen[r.ID] = true
		}
		if !page.More {
			break
		}
		next = page.Next
		last := page.Reports[len(page.Reports)-1].ID
		waitState(t, served, last, jobs.Ready)
		if response := as(t, served, "POST", "/api/reports/"+last+"/delete", "", ""); response.status != 200 {
			t.Errorf("deleting the last of a page answered %+v", response)
		}
	}
	if len(seen) != reports {
		t.Errorf("%d of %d reports were seen", len(seen), reports)
	}
	if response := as(t, served, "GET", "/api/reports?before=unknown", "", ""); response.status != 400 || !strings.Contains(response.body, `"field":"before"`) {
		t.Errorf("an unknown place answered %+v", response)
	}
}

// A browser is shown a page, in its language; a program gets JSON.
func TestAnExpiredLinkIsAPage(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{})
	accept := func(media, language string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Accept", media)
			r.Header.Set("Accept-Language", language)
		}
	}
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, test := range []struct {
		path, accept, language, want, kind string
		status                             int
	}{
		{"/files/x/y.xlsx", browser, "es-ES,es;q=0.9", "no está completo", "text/html", 403},
		{"/files/x/y.xlsx", browser, "en-GB,en", "is not complete", "text/html", 403},
		{"/files/x/y.xlsx", browser, "fr-FR, en;q=0.5", "is not complete", "text/html", 403},
		{"/files/x/y.xlsx", "*/*", "en", `"code":"forbidden"`, "application/json", 403},
		{"/files/x/y.xlsx", "application/json", "en", `"code":"forbidden"`, "application/json", 403},
		{"/nothing", browser, "en", "nothing here", "text/html", 404},
		{"/api/nothing", browser, "en", `"code":"not_found"`, "application/json", 404},
	} {
		response := as(t, served, "GET", test.path, "", "", accept(test.accept, test.language))
		if response.status != test.status || !strings.HasPrefix(response.header.Get("Content-Type"), test.kind) || !strings.Contains(response.body, test.want) {
			t.Errorf("%s for %s in %s answered %d %s %s", test.path, test.accept, test.language, response.status, response.header.Get("Content-Type"), response.body)
		}
	}
}
