package report_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/pasarela-ws/pasarela/internal/report"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

// contract is the served OpenAPI document, which answers are held against.
type contract struct {
	t        *testing.T
	compiler *jsonschema.Compiler
	document map[string]any
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
	c := &contract{t, jsonschema.NewCompiler(), content.(map[string]any)}
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
	request, err := http.NewRequest(method, served.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != want {
		c.t.Fatalf("%s %s answered %s %s %v; want %d", method, path, response.Status, content, err, want)
	}
	pointer := fmt.Sprintf("/paths/%s/%s/responses/%d/content/application~1json/schema", escapePointer(pattern), strings.ToLower(method), want)
	c.holds(pointer, string(content))
	return string(content)
}

func TestTheOpenAPIDocumentIsTrue(t *testing.T) {
	g := newGateway(t)
	served := start(t, g.URL, report.Options{DefinitionsDir: withLong(t)})
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
	c.call(served, "GET", "/page/settings", "/page/settings", "", 200)
	c.call(served, "POST", "/api/reports/create", "/api/reports/create", `{"type":"ventas"}`, 400)
	c.call(served, "DELETE", "/api/reports/{id}", "/api/reports/"+first.ID, "", 409)
	c.call(served, "DELETE", "/api/reports/{id}", "/api/reports/none", "", 404)
	c.call(served, "POST", "/api/reports/{id}/replay", "/api/reports/"+first.ID+"/replay", "", 409)
	c.call(served, "GET", "/files/{id}/{name}", "/files/"+first.ID+"/x.xlsx", "", 403)
	c.call(served, "POST", "/api/reports/create", "/api/reports/create", `{"connectionId":"two=","type":"long","rows":"`+strings.Repeat("9", 200_000)+`"}`, 413)
}

// TestTheOpenAPIDocumentIsWhole holds the document against the routes.
func TestTheOpenAPIDocumentIsWhole(t *testing.T) {
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
