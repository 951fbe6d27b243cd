package report_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
	"github.com/pasarela-ws/pasarela/internal/report/schedules"
)

// contract is the served OpenAPI document, against which responses are checked.
type contract struct {
	t        *testing.T
	compiler *jsonschema.Compiler
	document map[string]any
	seen     map[string]bool // METHOD /path/{of} status, of every answer
	client   string          // a capability
}

func newContract(t *testing.T, served *httptest.Server) *contract {
	t.Helper()
	response, err := http.Get(served.URL + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := jsonschema.UnmarshalJSON(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{t, jsonschema.NewCompiler(), content.(map[string]any), map[string]bool{}, ""}
	if err := c.compiler.AddResource("file:///openapi.json", content); err != nil {
		t.Fatal(err)
	}
	return c
}

// holds checks a JSON text against the schema at the pointer.
func (c *contract) holds(pointer, content string) {
	c.t.Helper()
	schema, err := c.compiler.Compile("file:///openapi.json#" + pointer)
	if err != nil {
		c.t.Fatalf("the document has no schema at %s: %v", pointer, err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(content))
	if err != nil {
		c.t.Fatalf("%s: %v", content, err)
	}
	if err := schema.Validate(value); err != nil {
		c.t.Errorf("%s\ndoes not keep what the document says: %v", content, err)
	}
}

func escapePointer(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(path, "~", "~0"), "/", "~1")
}

// call makes a request and holds its answer against the document.
func (c *contract) call(served *httptest.Server, method, pattern, path, body string, want int) string {
	c.t.Helper()
	return c.callWith(served, nil, method, pattern, path, body, want)
}

func (c *contract) callWith(served *httptest.Server, header http.Header, method, pattern, path, body string, want int) string {
	c.t.Helper()
	answer := as(c.t, served, method, path, "", body, func(r *http.Request) { maps.Copy(r.Header, header) })
	if answer.status != want {
		c.t.Fatalf("%s %s answered %d %s; want %d", method, path, answer.status, answer.body, want)
	}
	c.seen[fmt.Sprintf("%s %s %d", method, pattern, want)] = true
	pointer := fmt.Sprintf("/paths/%s/%s/responses/%d/content/application~1json/schema", escapePointer(pattern), strings.ToLower(method), want)
	c.holds(pointer, answer.body)
	return answer.body
}

func TestTheOpenAPIDocumentIsTrue(t *testing.T) {
	t.Parallel()
	g := newGateway(t)
	dir := t.TempDir()
	served := start(t, g.URL, report.Options{DataDir: dir, DefinitionsDir: withLong(t)})
	c := newContract(t, served)
	made := c.call(served, "POST", "/api/reports/create", "/api/reports/create", `{"connectionId":"one=","type":"existencias"}`, 201)
	var first struct{ ID string }
	if err := json.Unmarshal([]byte(made), &first); err != nil {
		t.Fatal(err)
	}
	for _, frame := range g.wait("one=", notify.Ready) {
		content, _ := json.Marshal(frame)
		c.holds("/components/schemas/Frame", string(content))
	}
	waitState(t, served, first.ID, jobs.Ready)
	c.call(served, "GET", "/api/reports/{id}", "/api/reports/"+first.ID, "", 200)
	c.call(served, "GET", "/api/reports/{id}/preview", "/api/reports/"+first.ID+"/preview", "", 200)
	c.call(served, "GET", "/api/reports", "/api/reports?limit=1", "", 200)
	c.call(served, "GET", "/api/reports", "/api/reports?limit=0", "", 400)
	c.call(served, "GET", "/api/reports/types", "/api/reports/types", "", 200)
	c.call(served, "GET", "/healthz", "/healthz", "", 200)
	c.call(served, "GET", "/readyz", "/readyz", "", 200)
	c.call(served, "GET", "/page/settings", "/page/settings", "", 200)
	c.call(served, "POST", "/page/client", "/page/client", "", 200)
	c.call(served, "POST", "/api/reports/create", "/api/reports/create", `{"type":"ventas"}`, 400)
	c.call(served, "DELETE", "/api/reports/{id}", "/api/reports/"+first.ID, "", 409)
	c.call(served, "DELETE", "/api/reports/{id}", "/api/reports/none", "", 404)
	c.call(served, "POST", "/api/reports/{id}/replay", "/api/reports/"+first.ID+"/replay", "", 409)
	c.call(served, "GET", "/files/{id}/{name}", "/files/"+first.ID+"/x.xlsx", "", 403)
	c.call(served, "POST", "/api/reports/create", "/api/reports/create", `{"connectionId":"two=","type":"long","rows":"`+strings.Repeat("9", 200_000)+`"}`, 413)
	c.call(served, "GET", "/api/reports/{id}", "/api/reports/none", "", 404)
	c.call(served, "GET", "/api/reports/{id}/preview", "/api/reports/none/preview", "", 404)
	c.call(served, "POST", "/api/reports/{id}/replay", "/api/reports/none/replay", "", 404)
	_, failing := post(t, served, `{"connectionId":"two=","type":"roto"}`)
	waitState(t, served, failing.ID, jobs.Failed)
	c.call(served, "POST", "/api/reports/{id}/replay", "/api/reports/"+failing.ID+"/replay", "", 200)
	_, running := post(t, served, `{"connectionId":"three=","type":"long","rows":50000000}`)
	c.call(served, "POST", "/api/reports/{id}/delete", "/api/reports/"+running.ID+"/delete", "", 409)
	c.call(served, "POST", "/api/reports/{id}/delete", "/api/reports/none/delete", "", 404)
	c.call(served, "DELETE", "/api/reports/{id}", "/api/reports/"+running.ID, "", 200)
	waitState(t, served, running.ID, jobs.Cancelled)
	c.call(served, "POST", "/api/reports/{id}/delete", "/api/reports/"+running.ID+"/delete", "", 200)
	key := http.Header{"Idempotency-Key": {"k"}}
	c.callWith(served, key, "POST", "/api/reports/create", "/api/reports/create", `{"connectionId":"k=","caller":"k","type":"existencias"}`, 201)
	c.callWith(served, key, "POST", "/api/reports/create", "/api/reports/create", `{"connectionId":"k=","caller":"k","type":"ventas"}`, 409)
	links, err := blobstore.NewLinks(served.URL, dir)
	if err != nil {
		t.Fatal(err)
	}
	expired := links.Make(first.ID, "existencias.xlsx", time.Now().Add(-time.Minute))
	c.call(served, "GET", "/files/{id}/{name}", strings.TrimPrefix(expired, served.URL), "", 410)
	c.refusals(g)
	c.schedules(g)
	c.definitions(g)
	c.whole()
}

// schedules are the responses about schedules.
func (c *contract) schedules(g *gateway) {
	const all, one, run = "/api/schedules", "/api/schedules/{id}", "/api/schedules/{id}/run"
	folder := delivery.Options{Folders: map[string]string{"accounts": c.t.TempDir()}, WebHooks: []string{"https://hooks.example.com/"}}
	served := start(c.t, g.URL, report.Options{DefinitionsDir: folderOf(c.t, accents, weekly), Delivery: folder})
	const wish = `{"type":"tildes","when":"every day at 7","timezone":"UTC","deliver":[{"webHook":"https://hooks.example.com/in"}]}`
	made := decode[scheduled](c.t, c.call(served, "POST", all, all, wish, 201))
	c.call(served, "GET", all, all, "", 200)
	c.call(served, "POST", all, all, `{"type":"tildes"}`, 400)
	c.call(served, "POST", all, all, strings.Replace(wish, "tildes", "weekly", 1), 403)
	for range schedules.MostPerClient {
		c.call(served, "POST", all, all, strings.Replace(wish, `"type"`, `"client":"`+c.access(served)+`","type"`, 1), 201)
	}
	c.call(served, "POST", all, all, strings.Replace(wish, `"type"`, `"client":"`+c.access(served)+`","type"`, 1), 409)
	c.call(served, "POST", run, all+"/def-weekly-monday/run", "", 202)
	for _, action := range []string{"pause", "resume"} {
		c.call(served, "POST", one+"/"+action, all+"/"+made.ID+"/"+action, "", 200)
		c.call(served, "POST", one+"/"+action, all+"/none/"+action, "", 404)
	}
	c.call(served, "PUT", one, all+"/"+made.ID, strings.Replace(wish, "day", "monday", 1), 200)
	c.call(served, "PUT", one, all+"/"+made.ID, `{"type":"tildes"}`, 400)
	c.call(served, "PUT", one, all+"/"+made.ID, strings.Replace(wish, "tildes", "weekly", 1), 403)
	c.call(served, "PUT", one, all+"/none", wish, 404)
	c.call(served, "PUT", one, all+"/def-weekly-monday", wish, 409)
	c.call(served, "DELETE", one, all+"/def-weekly-monday", "", 409)
	c.call(served, "DELETE", one, all+"/"+made.ID, "", 200)
	c.call(served, "DELETE", one, all+"/"+made.ID, "", 404)
	c.call(served, "POST", run, all+"/"+made.ID+"/run", "", 404)
	guarded := start(c.t, g.URL, report.Options{Token: "secret", Delivery: folder})
	c.call(guarded, "POST", all, all, wish, 401)
	c.call(guarded, "GET", all, all, "", 401)
	c.call(guarded, "PUT", one, all+"/x", wish, 401)
	c.call(guarded, "DELETE", one, all+"/x", "", 401)
	for _, action := range []string{"run", "pause", "resume"} {
		c.call(guarded, "POST", one+"/"+action, all+"/x/"+action, "", 401)
	}
}

// definitions are the answers about definitions that are being written.
func (c *contract) definitions(g *gateway) {
	const all, one = "/api/definitions", "/api/definitions/{type}"
	served := start(c.t, g.URL, report.Options{DefinitionsDir: folderOf(c.t, accents)})
	c.call(served, "GET", all, all, "", 200)
	c.call(served, "GET", one, all+"/tildes", "", 200)
	c.call(served, "GET", one, all+"/none", "", 404)
	c.call(served, "POST", all+"/draft", all+"/draft", `{"type":"x","title":"X","source":"sample","sql":"select 1 as a"}`, 200)
	c.call(served, "POST", all+"/draft", all+"/draft", `{"type":"x","title":"X","source":"none","sql":"select 1 as a"}`, 422)
	shown, _ := json.Marshal(map[string]string{"yaml": accents})
	c.call(served, "POST", all+"/preview", all+"/preview", string(shown), 200)
	c.call(served, "POST", all+"/save", all+"/save", string(shown), 200)
	c.call(served, "POST", all+"/save", all+"/save", `{"yaml":"type: x"}`, 422)
	renamed, _ := json.Marshal(map[string]string{"yaml": strings.Replace(accents, "type: tildes", "type: other", 1), "replaces": "none"})
	c.call(served, "POST", all+"/save", all+"/save", string(renamed), 404)
	const gone, tables = one + "/delete", "/api/sources/{name}/tables"
	dir := folderOf(c.t, accents, weekly)
	two := start(c.t, g.URL, report.Options{DefinitionsDir: dir, Sources: map[string]string{"dead": "postgres://u@127.0.0.1:1/db"}, Delivery: delivery.Options{Folders: map[string]string{"accounts": c.t.TempDir()}}})
	c.call(two, "POST", gone, all+"/none/delete", "", 404)
	if err := os.WriteFile(filepath.Join(dir, "wrong.yaml"), []byte("type: 1"), 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.call(two, "POST", gone, all+"/tildes/delete", "", 422)
	if err := os.Remove(filepath.Join(dir, "wrong.yaml")); err != nil {
		c.t.Fatal(err)
	}
	c.call(two, "POST", gone, all+"/tildes/delete", "", 200)
	c.call(two, "POST", gone, all+"/weekly/delete", "", 409)
	c.call(two, "GET", tables, "/api/sources/sample/tables", "", 200)
	c.call(two, "GET", tables, "/api/sources/none/tables", "", 404)
	c.call(two, "GET", tables, "/api/sources/dead/tables", "", 422)
	c.call(start(c.t, g.URL, report.Options{}), "POST", all+"/save", all+"/save", string(shown), 409)
	guarded := start(c.t, g.URL, report.Options{Token: "secret"})
	browser := http.Header{"Authorization": {"Bearer " + decode[struct{ Access string }](c.t, c.call(guarded, "POST", "/page/client", "/page/client", "", 200)).Access}}
	for _, call := range [][3]string{{"GET", all, all}, {"GET", one, all + "/x"}, {"POST", all + "/draft", all + "/draft"}, {"POST", all + "/preview", all + "/preview"}, {"POST", all + "/save", all + "/save"}, {"POST", gone, all + "/x/delete"}, {"GET", tables, "/api/sources/sample/tables"}} {
		c.call(guarded, call[0], call[1], call[2], "", 401)
		c.callWith(guarded, browser, call[0], call[1], call[2], "", 403)
	}
	for _, action := range []string{"/draft", "/preview", "/save"} {
		c.call(served, "POST", all+action, all+action, "[", 400)
	}
}

// access is a capability of the one client that these tests have.
func (c *contract) access(served *httptest.Server) string {
	if c.client == "" {
		c.client = decode[struct{ Access string }](c.t, c.call(served, "POST", "/page/client", "/page/client", "", 200)).Access
	}
	return c.client
}

// refusals are responses that a service gives for how it was set up.
func (c *contract) refusals(g *gateway) {
	const create, wish = "/api/reports/create", `{"connectionId":"x=","type":"tildes"}`
	guarded := start(c.t, g.URL, report.Options{Token: "secret"})
	c.call(guarded, "POST", create, create, wish, 401)
	shown := struct{ Access string }{}
	if err := json.Unmarshal([]byte(c.call(guarded, "POST", "/page/client", "/page/client", "", 200)), &shown); err != nil {
		c.t.Fatal(err)
	}
	browser := http.Header{"Authorization": {"Bearer " + shown.Access}}
	for _, call := range [][3]string{
		{"GET", "/api/reports", "/api/reports"},
		{"GET", "/api/reports/{id}", "/api/reports/x"},
		{"DELETE", "/api/reports/{id}", "/api/reports/x"},
		{"GET", "/api/reports/{id}/preview", "/api/reports/x/preview"},
		{"POST", "/api/reports/{id}/delete", "/api/reports/x/delete"},
		{"POST", "/api/reports/{id}/replay", "/api/reports/x/replay"},
		{"GET", "/metrics", "/metrics"},
	} {
		c.call(guarded, call[0], call[1], call[2], "", 401)
	}
	c.callWith(guarded, browser, "GET", "/api/reports", "/api/reports?caller=ana", "", 403)
	c.callWith(guarded, browser, "POST", "/api/reports/{id}/replay", "/api/reports/x/replay", "", 403)
	c.callWith(guarded, browser, "GET", "/metrics", "/metrics", "", 403)
	dead := start(c.t, g.URL, report.Options{Sources: map[string]string{"dead": "postgres://u@127.0.0.1:1/db"}})
	c.call(dead, "GET", "/readyz", "/readyz", "", 503)
	c.call(start(c.t, g.URL, report.Options{DefinitionsDir: folderOf(c.t, accents+"callers: [ana]\n")}), "POST", create, create, wish, 403)
	kept := filepath.Join(c.t.TempDir(), "data")
	if err := os.MkdirAll(filepath.Join(kept, "files", "kept"), 0o700); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(kept, "files", "kept", "old.xlsx"), []byte("whole"), 0o600); err != nil {
		c.t.Fatal(err)
	}
	full := start(c.t, g.URL, report.Options{DataDir: kept, DefinitionsDir: folderOf(c.t, accents), StorageLimit: 5})
	c.call(full, "POST", create, create, wish, 503)
	queue := start(c.t, g.URL, report.Options{DefinitionsDir: withLong(c.t), Workers: 1, MaxQueued: 1})
	_, busy := post(c.t, queue, `{"connectionId":"x=","type":"long","rows":50000000}`)
	waitState(c.t, queue, busy.ID, jobs.Running)
	post(c.t, queue, `{"connectionId":"x=","type":"long","rows":50000000}`)
	c.call(queue, "POST", create, create, `{"connectionId":"x=","type":"ventas"}`, 429)
}

// elsewhere are the responses that other tests check: not JSON, or of another set-up.
var elsewhere = []string{
	"GET /files/{id}/{name} 200", "GET /files/{id}/{name} 206", // TestDownloads
	"GET /files/{id}/{name} 307",                                                                                 // TestABucket
	"GET / 200", "GET /definitions 200", "GET /page/{file} 200", "GET /page/{file} 404", "GET /openapi.json 200", // TestWhatIsServedWithoutReports
	"GET /metrics 200", // TestMetricsCountWhatHappened
}

// whole wants every answer that the document promises to have been given.
func (c *contract) whole() {
	for path, operations := range c.document["paths"].(map[string]any) {
		for method, operation := range operations.(map[string]any) {
			if method == "parameters" {
				continue
			}
			for status := range operation.(map[string]any)["responses"].(map[string]any) {
				promised := strings.ToUpper(method) + " " + path + " " + status
				if !c.seen[promised] && !slices.Contains(elsewhere, promised) {
					c.t.Errorf("%s is promised, and no test has seen it", promised)
				}
			}
		}
	}
}

// TestTheOpenAPIDocumentIsWhole holds the document against the routes.
func TestTheOpenAPIDocumentIsWhole(t *testing.T) {
	t.Parallel()
	served := start(t, newGateway(t).URL, report.Options{})
	c := newContract(t, served)
	source, err := os.ReadFile("web/web.go")
	if err != nil {
		t.Fatal(err)
	}
	paths, found := c.document["paths"].(map[string]any), 0
	for line := range strings.Lines(string(source)) {
		parts := strings.Split(line, `"`)
		if !strings.HasPrefix(strings.TrimSpace(line), `{"`) || len(parts) < 4 {
			continue
		}
		found++
		method, path := strings.ToLower(parts[1]), strings.TrimSuffix(parts[3], "{$}")
		if operations, ok := paths[path].(map[string]any); !ok || operations[method] == nil {
			t.Errorf("%s %s is served and not in the document", method, path)
		}
	}
	documented := 0
	for _, operations := range paths {
		for method := range operations.(map[string]any) {
			if method != "parameters" {
				documented++
			}
		}
	}
	if found == 0 || found != documented {
		t.Errorf("%d routes are served, %d are in the document", found, documented)
	}
}
