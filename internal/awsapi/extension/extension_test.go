package extension_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/sigv4"
)

type door struct {
	nodes extension.Nodes
	*httptest.Server
	authorizer *authorizer
	world      *world
	log        bytes.Buffer
}

func open(t *testing.T) *door { return openAmong(t, alone{}) }

// alone is a cluster of one node.
type alone struct{}

func (alone) Self() string     { return "n1" }
func (alone) Others() []string { return nil }
func (alone) Clustered() bool  { return false }

func (alone) Ask(context.Context, string, []byte) ([]byte, error) { return nil, pasarela.ErrNodeGone }

func openAmong(t *testing.T, nodes extension.Nodes) *door {
	d := &door{nodes: nodes, authorizer: &authorizer{}, world: &world{lines: make(chan []byte), left: make(chan struct{})}}
	guard := &wire.Guard{RegionAccount: pasarela.RegionAccount{Region: region, AccountID: "123456789012"}, Verifier: sigv4.New(sigv4.Options{}), Keys: keys{}, Authorizer: d.authorizer}
	w := d.world
	services := extension.Services{Preview: w, Templates: w, Live: w, Logs: w, Feed: w, Metrics: w, Backup: w, Console: w, Status: w, Queue: w, Nodes: d.nodes, Stage: w.stage, AutoDeployFault: w.autoDeployFault}
	d.Server = httptest.NewServer(extension.New(services, guard, slog.New(slog.NewTextHandler(&d.log, nil))))
	t.Cleanup(d.Close)
	return d
}

var owner = aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}

func (d *door) client() *extension.Client {
	return &extension.Client{Endpoint: d.URL, Region: region, Credentials: owner}
}

// ask sends one call as who, unsigned without one, and reads the answer.
func (d *door) ask(t *testing.T, route, body string, who *aws.Credentials) (int, string, http.Header) {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, d.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if who != nil {
		hash := sha256.Sum256([]byte(body))
		if err := v4.NewSigner().SignHTTP(t.Context(), *who, r, hex.EncodeToString(hash[:]), extension.SigningName, region, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

// calls has one good call for every operation, and what its answer says.
var calls = map[string]struct{ route, body, resource, media, want string }{
	"GetPreview":       {"GET /pasarela/apis/abcdefghij/preview?stage=prod", "", "/pasarela/apis/abcdefghij/preview", "application/json", `{`},
	"GetSamples":       {"GET /pasarela/apis/abcdefghij/samples", "", "/pasarela/apis/abcdefghij/samples", "application/json", `{"messages":[`},
	"RenderTemplate":   {"POST /pasarela/render", `{"template":"x","event":{"eventType":"MESSAGE","body":"hello"}}`, "/pasarela/render", "application/json", `{"output":"rendered hello","faults":[]}`},
	"CheckPermissions": {"POST /pasarela/permissions", `{"calls":[{"action":"apigateway:GET","resource":"arn:aws:apigateway:us-east-1::/apis"}]}`, "", "application/json", `{"decisions":[{"action":"apigateway:GET","resource":"arn:aws:apigateway:us-east-1::/apis","allowed":true}]}`},
	"CheckPolicy":      {"POST /pasarela/policies/check", `{"kind":"identity","document":"{}"}`, "/pasarela/policies/check", "application/json", `"severity":"error"`},
	"GetConnections": {
		"GET /pasarela/apis/abcdefghij/stages/prod/connections", "", "/pasarela/apis/abcdefghij/stages/prod/connections", "application/json",
		`{"connections":[{"apiId":"abcdefghij","stage":"prod","connectionId":"L0SM9cOFvHcCIhw=","connectedAt":"2026-01-02T03:04:05Z","lastActiveAt":"2026-01-02T03:04:05Z","sourceIp":"192.0.2.1","node":"n1"}],"matching":1,"total":2,"nodes":[{"node":"n1","open":2}]}`,
	},
	"ListConnections": {"GET /pasarela/connections", "", "/pasarela/connections", "application/json", `{"connections":[{"apiId":"abcdefghij"`},
	"GetDeadLetters": {
		"GET /pasarela/apis/abcdefghij/stages/prod/dead-letters?after=6&limit=1", "", "/pasarela/apis/abcdefghij/stages/prod/dead-letters", "application/json",
		`{"deadLetters":[{"id":"7","routeKey":"$default","eventType":"MESSAGE","connectionId":"L0SM9cOFvHcCIhw=","requestId":"one","message":"hello","queuedAt":"2026-01-02T03:04:05Z","failedAt":"2026-01-02T03:04:05Z","reason":"the backend answered 404","cause":{"id":"dead_letter.answered","arguments":{"status":"404"}}}],"next":"7"}`,
	},
	"ReplayDeadLetter": {"POST /pasarela/apis/abcdefghij/stages/prod/dead-letters/7/replay", "", "/pasarela/apis/abcdefghij/stages/prod/dead-letters/7/replay", "application/json", `{}`},
	"DeleteDeadLetter": {"DELETE /pasarela/apis/abcdefghij/stages/prod/dead-letters/7", "", "/pasarela/apis/abcdefghij/stages/prod/dead-letters/7", "application/json", `{}`},
	"GetActivity":      {"GET /pasarela/activity", "", "/pasarela/activity", "application/json", `{"stages":[{"apiId":"abcdefghij","stage":"prod","connections":2,"lastMinute":{},"lastHour":{"ConnectCount":5}}`},
	"GetNodes":         {"GET /pasarela/nodes", "", "/pasarela/nodes", "application/json", `{"nodes":[{"node":"n1","state":"live","now":{"address":"http://127.0.0.1:4566","version":"v1"`},
	"GetFailures":      {"GET /pasarela/explain", "", "/pasarela/explain", "application/json", `"summary":"start the backend"`},
	"GetTimelines":     {"GET /pasarela/apis/abcdefghij/stages/prod/timelines", "", "/pasarela/apis/abcdefghij/stages/prod/timelines", "application/json", `"requestId":"one","summary":"Connected"`},
	"GetLogs":          {"GET /pasarela/apis/abcdefghij/stages/prod/logs?kind=access&after=100", "", "/pasarela/apis/abcdefghij/stages/prod/logs", "application/json", `{"lines":[{"sequence":100,"text":"one","node":"n1"},{"sequence":104,"text":"two","node":"n1"}],"next":"n1:108"}`},
	"GetMetrics":       {"GET /pasarela/apis/abcdefghij/stages/prod/metrics", "", "/pasarela/apis/abcdefghij/stages/prod/metrics", "application/json", `"ConnectCount":3`},
	"GetMetricsHistory": {
		"GET /pasarela/apis/abcdefghij/stages/prod/metrics/history", "", "/pasarela/apis/abcdefghij/stages/prod/metrics/history", "application/json",
		`{"since":"2026-01-02T03:04:05Z","everySeconds":60,"counters":{"ConnectCount":[0,3]},"gauges":{"Connections":[1,2]},"latencyBounds":[10],"latency":[[1,2],[0,1]],"deployments":[],"routes":["$connect","order"],"nodes":["n1"]}`,
	},
	"Explain":       {"GET /pasarela/explain/L0SM9cOFvHcCIhw=", "", "/pasarela/apis/abcdefghij/explain", "application/json", `"text":"start the backend\n\n2026-01-02 03:04:05.000 UTC  CONNECT $connect  abcdefghij/prod  connection L0SM9cOFvHcCIhw=  request one\n`},
	"FollowLogs":    {"GET /pasarela/logs", "", "/pasarela/logs", "text/plain; charset=utf-8", "kept\n"},
	"Export":        {"GET /pasarela/export", "", "/pasarela/export", "application/yaml", "pasarela: 1\n"},
	"ExportSecrets": {"POST /pasarela/export/secrets", "", "/pasarela/export/secrets", "application/yaml", "key: hidden"},
	"Plan":          {"POST /pasarela/plan?prune=true", "pasarela: 1", "/pasarela/plan", "application/json", `"action":"delete"`},
	"Apply":         {"POST /pasarela/apply", "pasarela: 1", "/pasarela/apply", "application/json", `{"changes":[{"action":"create","resource":"apis[abcdefghij]"}]}`},
	"GetProfile":    {"GET /pasarela/profiles/goroutine", "", "/pasarela/profiles/goroutine", "application/octet-stream", "\x1f\x8b"},
	"SignIn":        {"POST /pasarela/console/sign-in", "", "/pasarela/console/sign-in", "application/json", `{"url":"http://127.0.0.1:4566/console/#token=of-` + keyID + `"}`},
}

func TestEveryOperation(t *testing.T) {
	for _, op := range extension.Operations(extension.Services{}) {
		t.Run(op.Name, func(t *testing.T) {
			call, ok := calls[op.Name]
			if !ok {
				t.Fatal("no call tries this operation")
			}
			t.Run("answers", func(t *testing.T) {
				d := open(t)
				status, text, header := d.ask(t, call.route, call.body, &owner)
				if status != http.StatusOK || !strings.Contains(text, call.want) || header.Get("Content-Type") != call.media || header.Get("X-Amzn-Requestid") == "" {
					t.Errorf("%d %v %.500q, want %q", status, header, text, call.want)
				}
				want := extension.SigningName + ":" + op.Method + " arn:aws:apigateway:us-east-1::" + call.resource
				if op.Name == "CheckPermissions" {
					want = "apigateway:GET arn:aws:apigateway:us-east-1::/apis" // it asks for what it is asked about
				}
				if len(d.authorizer.asked) == 0 || d.authorizer.asked[0] != want {
					t.Errorf("asked %q, want %q", d.authorizer.asked, want)
				}
			})
			stranger := aws.Credentials{AccessKeyID: "AKIAUNKNOWN", SecretAccessKey: secret}
			forger := aws.Credentials{AccessKeyID: keyID, SecretAccessKey: "guessed"}
			for _, refusal := range []struct {
				name string
				who  *aws.Credentials
				deny bool
				want string
			}{
				{"unsigned", nil, false, "MissingAuthenticationTokenException"},
				{"unknown key", &stranger, false, "UnrecognizedClientException"},
				{"badly signed", &forger, false, "InvalidSignatureException"},
				{"denied", &owner, true, "AccessDeniedException"},
			} {
				if refusal.deny && op.Name == "CheckPermissions" {
					continue // everybody may ask: TestCallersLearnWhatTheyMayDo
				}
				t.Run(refusal.name, func(t *testing.T) {
					d := open(t)
					d.authorizer.deny = refusal.deny
					status, text, header := d.ask(t, call.route, call.body, refusal.who)
					if status != http.StatusForbidden || header.Get("X-Amzn-Errortype") != refusal.want || len(d.world.reached) != 0 && (!op.Decides || refusal.want != "AccessDeniedException") {
						t.Errorf("%d %s %s; reached %q", status, header.Get("X-Amzn-Errortype"), text, d.world.reached)
					}
				})
			}
		})
	}
}

func TestWrongCallsAreToldWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		route, body string
		status      int
		want        string
	}{
		"no such path":        {"GET /pasarela/frobnicate", "", 403, "Unable to determine service/operation name"},
		"no such node":        {"GET /pasarela/connections?node=n9", "", 404, "No node named n9 is alive. Those that are: n1"},
		"no such verb":        {"DELETE /pasarela/export", "", 403, "Unable to determine service/operation name"},
		"the old door":        {"GET /_pasarela/export", "", 403, "Unable to determine service/operation name"},
		"unknown API":         {"GET /pasarela/apis/none/preview", "", 404, "Unable to find API none"},
		"unknown stage":       {"GET /pasarela/apis/abcdefghij/stages/none/metrics", "", 404, "No node serves a stage none of API abcdefghij"},
		"unknown connection":  {"GET /pasarela/explain/none", "", 404, "Nothing is remembered of none"},
		"no id":               {"GET /pasarela/explain/", "", 403, "Unable to determine"},
		"unknown kind of log": {"GET /pasarela/apis/abcdefghij/stages/prod/logs?kind=noise", "", 400, `Invalid parameter 'kind': \"noise\" is none of [execution, access]`},
		"no kind of log":      {"GET /pasarela/apis/abcdefghij/stages/prod/logs", "", 400, "Invalid parameter 'kind'"},
		"after is no number":  {"GET /pasarela/apis/abcdefghij/stages/prod/logs?kind=access&after=x", "", 400, `Invalid parameter 'after': expected what 'next' said, or a whole number, got \"x\"`},
		"since is no number":  {"GET /pasarela/apis/abcdefghij/stages/prod/timelines?since=today", "", 400, "Invalid parameter 'since'"},
		"follow is no flag":   {"GET /pasarela/logs?follow=perhaps", "", 400, `Invalid parameter 'follow': expected true or false, got \"perhaps\"`},
		"prune is no flag":    {"POST /pasarela/plan?prune=perhaps", "x", 400, "Invalid parameter 'prune'"},
		"a malformed file":    {"POST /pasarela/plan", "malformed", 400, "The file does not begin with pasarela: 1"},
		"unknown profile":     {"GET /pasarela/profiles/mutex", "", 400, "is none of [cpu, heap, goroutine]"},
		"no seconds":          {"GET /pasarela/profiles/cpu", "", 400, "Invalid parameter 'seconds': 0 is not from 1 to 60"},
		"too many seconds":    {"GET /pasarela/profiles/cpu?seconds=61", "", 400, "Invalid parameter 'seconds': 61 is not from 1 to 60"},
		"policy of no kind":   {"POST /pasarela/policies/check", `{"document":"{}"}`, 400, "Invalid member 'kind'"},
		"render is no JSON":   {"POST /pasarela/render", "{", 400, "Invalid request body"},
		"long template":       {"POST /pasarela/render", `{"template":"` + strings.Repeat("x", extension.MaxTemplate+1) + `"}`, 400, "Invalid member 'template'"},
		"a store that fails":  {"GET /pasarela/apis/broken/preview", "", 500, "Internal server error. The request id"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			status, text, _ := d.ask(t, c.route, c.body, &owner)
			if status != c.status || !strings.Contains(text, c.want) || strings.Contains(text, "secret detail") {
				t.Errorf("%d %s, want %d %s", status, text, c.status, c.want)
			}
		})
	}
}

// The cause goes to the node's log, not to the caller.
func TestCausesStayInTheLog(t *testing.T) {
	d := open(t)
	d.ask(t, "GET /pasarela/apis/broken/preview", "", &owner)
	if !strings.Contains(d.log.String(), "secret detail") || !strings.Contains(d.log.String(), "operation=GetPreview") {
		t.Errorf("logged %s", d.log.String())
	}
}

func TestFaultsOfATemplateAreAnAnswer(t *testing.T) {
	status, text, _ := open(t).ask(t, "POST /pasarela/render", `{"template":"#if("}`, &owner)
	if want := `{"output":"","faults":[{"line":1,"column":5,"severity":"error","message":"the template ends","cause":{"id":"text.verbatim","arguments":{"text":"the template ends"}}}]}`; status != 200 || text != want {
		t.Errorf("%d %s", status, text)
	}
}

func TestPoliciesAreCheckedByKind(t *testing.T) {
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	for kind, good := range map[string]bool{"trust": true, "identity": false} {
		body := `{"kind":"` + kind + `","document":"` + strings.ReplaceAll(trust, `"`, `\"`) + `"}`
		status, text, _ := open(t).ask(t, "POST /pasarela/policies/check", body, &owner)
		if status != 200 || strings.Contains(text, `"faults":[]`) != good {
			t.Errorf("%s: %d %s", kind, status, text)
		}
	}
}

// A file may be longer than the bodies of other calls, up to a bound.
func TestFilesAreBounded(t *testing.T) {
	for _, c := range []struct {
		route  string
		length int
		status int
	}{
		{"POST /pasarela/plan", wire.MaxBody + 1, 200},
		{"POST /pasarela/plan", extension.MaxFile + 1, 413},
		{"POST /pasarela/render", wire.MaxBody + 1, 413},
	} {
		if status, text, _ := open(t).ask(t, c.route, strings.Repeat(" ", c.length), &owner); status != c.status {
			t.Errorf("%s of %d bytes: %d %.200s", c.route, c.length, status, text)
		}
	}
}

func TestTimelinesBeginAtAMoment(t *testing.T) {
	for since, want := range map[string]bool{"1767323045000": true, "1767323045001": false} {
		_, text, _ := open(t).ask(t, "GET /pasarela/apis/abcdefghij/stages/prod/timelines?since="+since, "", &owner)
		if strings.Contains(text, `"requestId":"one"`) != want {
			t.Errorf("since %s: %s", since, text)
		}
	}
}

// Every operation stands in the documentation with its verb and path.
func TestOperationsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/extension.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range extension.Operations(extension.Services{}) {
		if row := "| " + op.Name + " | `" + op.Method + " " + op.Path + "` |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/extension.md has no row %s", row)
		}
	}
	if rows := strings.Count(string(page), "| `GET /") + strings.Count(string(page), "| `POST /") + strings.Count(string(page), "| `DELETE /"); rows != len(extension.Operations(extension.Services{})) {
		t.Errorf("docs/extension.md has %d rows for %d operations", rows, len(extension.Operations(extension.Services{})))
	}
}

func TestClientTellsWhatTheNodeSaid(t *testing.T) {
	d := open(t)
	client := d.client()
	if text, _, err := client.Explain(t.Context(), "a/b c"); err != nil || !strings.HasPrefix(text, "start the backend\n") {
		t.Errorf("%q, %v", text, err)
	}
	open, _, err := client.Explain(t.Context(), "open")
	if want := "The connection is open. Its newest failure, MESSAGE order at "; err != nil || !strings.HasPrefix(open, want) || !strings.Contains(open, ": start the backend\n") {
		t.Errorf("%q, %v", open, err)
	}
	if _, _, err := client.Explain(t.Context(), "none"); err == nil || !strings.HasPrefix(err.Error(), "NotFoundException: Nothing is remembered of none") {
		t.Errorf("got %v", err)
	}
	if plan, err := client.Plan(t.Context(), []byte("x"), true); err != nil || len(plan.Changes) != 2 {
		t.Errorf("%v, %v", plan, err)
	}
	if plan, err := client.Apply(t.Context(), []byte("x"), false); err != nil || len(plan.Changes) != 1 {
		t.Errorf("%v, %v", plan, err)
	}
	if data, err := client.Profile(t.Context(), "cpu", 1); err != nil || !bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		t.Errorf("%.10q, %v", data, err)
	}
	for secrets, want := range map[bool]string{false: "pasarela: 1\n", true: "pasarela: 1\nkey: hidden\n"} {
		file, err := client.Export(t.Context(), secrets)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(file)
		if _ = file.Close(); err != nil || string(text) != want {
			t.Errorf("%q, %v", text, err)
		}
	}
	d.authorizer.deny = true
	if _, err := client.Logs(t.Context(), true); err == nil || !strings.Contains(err.Error(), "alice may not pasarela:GET on arn:aws:apigateway:us-east-1::/pasarela/logs") {
		t.Errorf("got %v", err)
	}
	d.Close()
	if _, _, err := client.Explain(context.Background(), "x"); err == nil || !strings.Contains(err.Error(), "no pasarela answers at "+d.URL) {
		t.Errorf("got %v", err)
	}
}

func TestSentencesAreSaidInSpanishOnRequest(t *testing.T) {
	d := open(t)
	for language, want := range map[string]string{"es": `"Conectado"`, "en": `"Connected"`, "": `"Connected"`} {
		_, text, _ := d.ask(t, "GET /pasarela/apis/abcdefghij/stages/prod/timelines?language="+language, "", &owner)
		if !strings.Contains(text, want) {
			t.Errorf("language %q: %s", language, text)
		}
	}
}
