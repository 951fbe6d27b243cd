package pasarelatest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela/internal/node/operator"
)

// Explain is what "pasarela explain ID" prints of a connection or a request. The
// first line names the cause of the last failure and the field to change. It waits
// a little for an event whose answer is there already but whose end is not written.
func (g *Gateway) Explain(id string) string {
	g.t.Helper()
	deadline := time.Now().Add(explainPatience)
	for {
		text, err := g.ask("explain", url.Values{"id": {id}})
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
	text, err := g.ask("logs", nil)
	if err != nil {
		g.t.Fatalf("pasarelatest: logs: %v", err)
	}
	return text
}

// WaitForLog waits until the logs hold all of these and returns the logs.
func (g *Gateway) WaitForLog(texts ...string) string {
	g.t.Helper()
	deadline := time.Now().Add(patience)
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

// Pauses between looks, and how long explain may be late.
const (
	logPause        = 20 * time.Millisecond
	explainPatience = 5 * time.Second
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

// ask calls the operator's door.
func (g *Gateway) ask(operation string, query url.Values) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, g.Endpoint()+operator.Path+operation+"?"+query.Encode(), nil)
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256(nil)
	if err := v4.NewSigner().SignHTTP(ctx, g.Credentials(), r, hex.EncodeToString(hash[:]), operator.SigningName, g.Region(), time.Now()); err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, text)
	}
	return string(text), err
}
