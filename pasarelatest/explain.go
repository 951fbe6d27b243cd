package pasarelatest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
)

// Explain is what "pasarela explain ID" prints of a connection or a request. The
// first line names the cause of the last failure and the field to change. It waits
// up to explainTimeout for an event whose response was sent but whose history is
// not written yet.
func (g *Gateway) Explain(id string) string {
	g.t.Helper()
	deadline := time.Now().Add(explainTimeout)
	for {
		text, err := g.explain(id)
		switch {
		case err == nil:
			return text
		case time.Now().After(deadline):
			g.t.Fatalf("pasarelatest: explain %s: %v", id, err)
		}
		time.Sleep(logPause)
	}
}

// Logs are the last lines of the stages' execution and access logs. Lines are
// written some tenths of a second after the event.
func (g *Gateway) Logs() string {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	lines, err := g.extension().Logs(ctx, false)
	if err != nil {
		g.t.Fatalf("pasarelatest: logs: %v", err)
	}
	defer lines.Close()
	text, err := io.ReadAll(lines)
	if err != nil {
		g.t.Fatalf("pasarelatest: logs: %v", err)
	}
	return string(text)
}

// WaitForLog waits until the logs hold all of these and returns the logs.
func (g *Gateway) WaitForLog(texts ...string) string {
	g.t.Helper()
	deadline := time.Now().Add(waitLimit)
	for {
		logs := g.Logs()
		missing := ""
		for _, text := range texts {
			if !strings.Contains(logs, text) {
				missing = text
			}
		}
		switch {
		case missing == "":
			return logs
		case time.Now().After(deadline):
			g.t.Fatalf("pasarelatest: the logs do not say %q:\n%s", missing, logs)
		}
		time.Sleep(logPause)
	}
}

// Pause between polls, and how long Explain waits for an event's history.
const (
	logPause       = 20 * time.Millisecond
	explainTimeout = 5 * time.Second
)

// Metrics is the node's Prometheus page.
func (g *Gateway) Metrics() string {
	g.t.Helper()
	res, err := http.Get(g.Endpoint() + "/metrics")
	if err != nil {
		g.t.Fatalf("pasarelatest: %v", err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		g.t.Fatalf("pasarelatest: metrics: %s %v", res.Status, err)
	}
	return string(page)
}

func (g *Gateway) explain(id string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	text, _, err := g.extension().Explain(ctx, id)
	return text, err
}

// extension is a client, as the administrator, of the calls that AWS does not
// have (docs/extension.md).
func (g *Gateway) extension() *extension.Client {
	return &extension.Client{Endpoint: g.Endpoint(), Region: g.Region(), Credentials: g.Credentials()}
}
