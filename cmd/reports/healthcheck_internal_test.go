package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func TestHealthcheckAsksTheServiceOfThisMachine(t *testing.T) {
	nothing := func(string) string { return "" }
	cases := []struct {
		name   string
		code   int
		body   string
		status int
		says   string
	}{
		{"ready", 200, `{"status":"ready","checks":[{"name":"queue","ok":true}]}`, 0, "ready\n"},
		{"unavailable", 503, `{"status":"unavailable","checks":[{"name":"queue","ok":true},{"name":"storage","ok":false},{"name":"source erp","ok":false,"reason":"login_refused"}]}`, 1, "unavailable storage, source erp (login_refused)\n"},
		{"another program", 404, "nothing here", 1, "404"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/readyz" {
					t.Errorf("asked for %s", r.URL)
				}
				w.WriteHeader(c.code)
				_, _ = w.Write([]byte(c.body))
			}))
			defer server.Close()
			var out bytes.Buffer
			status := execute(t.Context(), []string{"healthcheck", "--timeout", "30s", "--listen", server.Listener.Addr().String()}, &out, &out, nothing)
			if status != c.status || !strings.Contains(out.String(), c.says) {
				t.Errorf("%d %q", status, out.String())
			}
		})
	}
	for given, says := range map[string]string{testkit.FreeAddress(t): "nothing answers at http://", "8080": "names no port"} {
		var out bytes.Buffer
		if status := execute(t.Context(), []string{"healthcheck", "--listen", given}, &out, &out, nothing); status != 1 || !strings.Contains(out.String(), says) {
			t.Errorf("%s: %d %q", given, status, out.String())
		}
	}
}
