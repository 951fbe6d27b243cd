package main

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthcheckAsksTheNodeOfThisMachine(t *testing.T) {
	response := func(status int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/readyz" {
				t.Errorf("asked for %s", r.URL)
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
	cases := []struct {
		name    string
		handler http.Handler
		tls     bool
		host    string // in place of 127.0.0.1
		status  int
		says    string
	}{
		{"ready", response(200, `{"status":"ready"}`), false, "", 0, "ready"},
		{"degraded", response(200, `{"status":"degraded","reason":"the store is slow"}`), false, "", 0, "the store is slow"},
		{"everywhere", response(200, `{"status":"ready"}`), false, "0.0.0.0", 0, "ready"},
		{"TLS", response(200, `{"status":"ready"}`), true, "", 0, "ready"},
		{"stopping", response(503, `{"status":"draining","reason":"the node is stopping"}`), false, "", 1, "draining the node is stopping"},
		{"another program", response(404, "nothing here"), false, "", 1, "404"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server, args := httptest.NewUnstartedServer(c.handler), []string{"healthcheck"}
			if c.tls {
				server.StartTLS()
				args = append(args, "--tls-cert", "cert.pem")
			} else {
				server.Start()
			}
			defer server.Close()
			address := server.Listener.Addr().String()
			if c.host != "" {
				_, port, _ := net.SplitHostPort(address)
				address = net.JoinHostPort(c.host, port)
			}
			t.Setenv("PASARELA_LISTEN", address)
			var out bytes.Buffer
			if status := execute(t.Context(), args, strings.NewReader(""), &out, &out, nothingSet); status != c.status || !strings.Contains(out.String(), c.says) {
				t.Errorf("%d %q", status, out.String())
			}
		})
	}
}

func TestHealthcheckSaysWhatItCannotAsk(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	for given, says := range map[string]string{address: "nothing answers at http://" + address, "4566": "names no port", "127.0.0.1:0": "names no port"} {
		var out bytes.Buffer
		if status := execute(t.Context(), []string{"healthcheck", "--listen", given}, strings.NewReader(""), &out, &out, nothingSet); status != 1 || !strings.Contains(out.String(), says) {
			t.Errorf("%s: %d %q", given, status, out.String())
		}
	}
}
