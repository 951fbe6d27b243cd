package node_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/node"
)

// A browser at "/" finds the console; clients of APIs get AWS's 403, and a user's host
// has no page of the node's.
func TestABrowserFindsItsWay(t *testing.T) {
	n := start(t, node.Settings{DomainSuffix: "example.test"})
	const browser = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
	for name, c := range map[string]struct {
		path, host string
		header     map[string]string
		status     int
		want       string
	}{
		"a browser":            {"/", "", map[string]string{"Accept": browser}, 200, `<a href="/console/">`},
		"in Spanish":           {"/", "", map[string]string{"Accept": browser, "Accept-Language": "de, es-ES;q=0.9, en"}, 200, "la consola web"},
		"in no language of it": {"/", "", map[string]string{"Accept": browser, "Accept-Language": "de"}, 200, "the web console"},
		"curl":                 {"/", "", map[string]string{"Accept": "*/*"}, 403, `{"message":"Forbidden"}`},
		"a signed call":        {"/", "", map[string]string{"Accept": browser, "Authorization": "AWS4-HMAC-SHA256 Credential=a/20260102/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"}, 403, ""},
		"a query call":         {"/?Action=ListUsers&Version=2010-05-08", "", map[string]string{"Accept": browser}, 403, ""},
		"a user's host":        {"/", "abcdefghij.execute-api.us-east-1.example.test", map[string]string{"Accept": browser}, 403, `{"message":"Forbidden"}`},
		"another path":         {"/x", "", map[string]string{"Accept": browser}, 403, `{"message":"Forbidden"}`},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.Endpoint()+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = c.host
		for key, value := range c.header {
			r.Header.Set(key, value)
		}
		status, body := do(t, r)
		if status != c.status || !strings.Contains(body, c.want) || (status == 200) != strings.Contains(body, "<html") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

func do(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body.String()
}
