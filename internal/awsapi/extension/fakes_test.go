package extension_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/controlplane/backup"
	"github.com/pasarela-ws/pasarela/internal/controlplane/preview"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/sigv4"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	keyID  = "AKIAIOSFODNN7EXAMPLE"
	secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	region = "us-east-1"
)

var alice = pasarela.Principal{ARN: "arn:aws:iam::123456789012:user/alice", AccountID: "123456789012", AccessKeyID: keyID, Type: pasarela.PrincipalUser}

type keys struct{}

func (keys) Key(_ context.Context, id, _ string) (string, pasarela.Principal, error) {
	if id != keyID {
		return "", pasarela.Principal{}, sigv4.ErrUnknownKey
	}
	return secret, alice, nil
}

func (keys) NoteUse(pasarela.Principal) {}

// authorizer records the questions, and denies everything when deny is set.
type authorizer struct {
	mu    sync.Mutex
	asked []string
	deny  bool
	only  []string // resources that are allowed, with "*" at the end; nil: all
}

func (a *authorizer) Authorize(_ context.Context, _ pasarela.Principal, action, resource string, _ pasarela.RequestContext) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, action+" "+resource)
	allowed := !a.deny && a.only == nil
	for _, pattern := range a.only {
		prefix, open := strings.CutSuffix(pattern, "*")
		allowed = allowed || resource == pattern || open && strings.HasPrefix(resource, prefix)
	}
	if !allowed {
		return pasarela.Errorf(pasarela.CodeAccessDenied, "alice may not %s on %s", action, resource)
	}
	return nil
}

// world has all fakes behind the service; it counts the calls that reach them.
type world struct {
	mu          sync.Mutex
	reached     []string
	lines       chan []byte
	left        chan struct{}
	leases      []extension.Lease
	connections []gateway.OpenConnection // instead of one
	forgot      time.Time
	withheld    bool              // data trace is off
	ended       bool              // the connection of its entries, for which a call came after that
	later       time.Duration     // its entries than began
	remembered  []execution.Entry // instead of them
	fault       string            // of AutoDeploy of stage prod
	tail        func(offset int64) ([]byte, int64, error)
}

func (w *world) note(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reached = append(w.reached, what)
}

func (w *world) Check(_ context.Context, apiID, stageName, _ string) (preview.Preview, error) {
	w.note("preview " + apiID + " " + stageName)
	if apiID == "broken" {
		return preview.Preview{}, errors.New("the store is gone: secret detail")
	}
	if apiID != "abcdefghij" {
		return preview.Preview{}, pasarela.Errorf(pasarela.CodeNotFound, "Unable to find API %s", apiID)
	}
	return preview.Preview{}, nil
}

func (w *world) Render(_ context.Context, template string, event extension.SampleEvent) (string, []extension.Fault) {
	w.note("render " + event.EventType)
	if template == "#if(" {
		return "", []extension.Fault{{Line: 1, Column: 5, Severity: "error", Message: language.Verbatim.Of("the template ends")}}
	}
	return "rendered " + event.Body, nil
}

func (w *world) Connections(apiID, stageName string) iter.Seq[gateway.OpenConnection] {
	w.note("connections " + apiID + " " + stageName)
	if w.connections != nil {
		return slices.Values(w.connections)
	}
	return slices.Values([]gateway.OpenConnection{{APIID: "abcdefghij", Stage: "prod", ConnectionID: "L0SM9cOFvHcCIhw=", Description: gateway.Description{ConnectedAt: began, LastActiveAt: began, SourceIP: "192.0.2.1"}}})
}

// entries are a connect that went well and a message that did not.
func (w *world) entries() []execution.Entry {
	began := began.Add(w.later)
	two := "two"
	if w.later > 0 { // of another node
		two = "later"
	}
	if w.remembered != nil {
		return slices.Clone(w.remembered)
	}
	if w.ended {
		return []execution.Entry{
			{
				At: began, APIID: "abcdefghij", Stage: "prod", ConnectionID: "L0SM9cOFvHcCIhw=", RequestID: "end", EventType: event.Disconnect, RouteKey: "$disconnect",
				Notes: []execution.LoggedStep{{Step: execution.StepEnded, Words: language.EndedByClient.Of("1000")}},
			},
			{
				At: began.Add(time.Second), APIID: "abcdefghij", Stage: "prod", ConnectionID: "L0SM9cOFvHcCIhw=", RequestID: "call", EventType: event.ConnectionAPI, RouteKey: "POST /@connections/{connectionId}",
				ResponseType: execution.Default4XX, Status: 410, Failure: language.PushGone.Of(),
			},
		}
	}
	return []execution.Entry{
		{
			At: began, APIID: "abcdefghij", Stage: "prod", ConnectionID: "L0SM9cOFvHcCIhw=", RequestID: "one", EventType: event.Connect, RouteKey: "$connect",
			Notes: []execution.LoggedStep{{Step: execution.StepRoute, After: time.Millisecond, Text: "$connect", Withheld: w.withheld}},
		},
		{
			At: began.Add(time.Second), APIID: "abcdefghij", Stage: "prod", ConnectionID: "L0SM9cOFvHcCIhw=", RequestID: two, EventType: event.Message, RouteKey: "order",
			ResponseType: "INTEGRATION_FAILURE", Failure: language.Verbatim.Of("start the backend"),
			Notes: []execution.LoggedStep{{Step: execution.StepFailure, After: 1500 * time.Microsecond, Text: "the backend is down"}},
		},
	}
}

func (w *world) autoDeployFault(_ context.Context, _, stageName string) (why, deploymentID string) {
	if w.fault == "" || stageName != "prod" {
		return "", ""
	}
	return w.fault, "d1"
}

func (w *world) IsOpen(id string) bool { return id == "open" }

func (w *world) Find(id string) []execution.Entry {
	w.note("explain " + id)
	if id == "L0SM9cOFvHcCIhw=" || id == "a/b c" || id == "open" {
		return w.entries()
	}
	return nil
}

func (w *world) OpenConnections(visit func(apiID, stageName string, open int64)) {
	visit("abcdefghij", "prod", 2)
	visit("abcdefghij", "test", 40)
}

func (w *world) Forgot() (time.Time, bool) { return w.forgot, !w.forgot.IsZero() }

func (w *world) Recent(n int, match func(*execution.Entry) bool) (found []execution.Entry) {
	w.note("recent")
	for _, e := range w.entries() {
		if match(&e) && len(found) < n {
			found = append(found, e)
		}
	}
	return found
}

func (w *world) Tail(_ context.Context, apiID, stageName, kind string, offset, _ int64) ([]byte, int64, error) {
	w.note("tail " + apiID + " " + stageName + " " + kind)
	if w.tail != nil {
		return w.tail(offset)
	}
	return []byte("one\ntwo\n"), 108, nil
}

func (w *world) Join() ([]byte, <-chan []byte, func()) {
	w.note("join")
	return []byte("kept\n"), w.lines, func() { close(w.left) }
}

func (w *world) Since(place int64) ([]byte, int64) {
	if w.note("since"); place >= 5 {
		return nil, 5
	}
	return []byte("kept\n"), 5
}

func (w *world) Status() extension.NodeStatus {
	w.note("status")
	return extension.NodeStatus{Address: "http://127.0.0.1:4566", Version: "v1", StartedAt: began, Revision: 7, Connections: 42, Stages: []extension.ServedStage{{APIID: "abcdefghij", Stage: "prod", DeploymentID: "d1"}}}
}

func (w *world) Leases() []extension.Lease { return w.leases }

func (w *world) Sample(_ context.Context, apiID, stageName string) (extension.Sample, bool) {
	w.note("sample " + apiID + " " + stageName)
	return extension.Sample{Counters: map[string]float64{"ConnectCount": 3}}, stageName == "prod"
}

func (w *world) History(apiID, stageName, routeKey string) (extension.History, bool) {
	w.note("history " + apiID + " " + stageName + " " + routeKey)
	return extension.History{
		Since: began, EverySeconds: 60, Counters: map[string][]int64{"ConnectCount": {0, 3}}, Gauges: map[string][]int64{"Connections": {1, 2}},
		LatencyBounds: []float64{10}, Latency: [][]int64{{1, 2}, {0, 1}}, Routes: []string{"order", "$connect"},
		Deployments: []extension.HistoryDeployment{}, UnderWay: map[string]int64{"ConnectCount": 5},
	}, stageName == "prod"
}

func (w *world) Export(_ context.Context, secrets bool) ([]byte, error) {
	if w.note("export"); secrets {
		return []byte("pasarela: 1\nkey: hidden\n"), nil
	}
	return []byte("pasarela: 1\n"), nil
}

var change = backup.Change{Action: backup.Create, Resource: "apis[abcdefghij]"}

func (w *world) Plan(_ context.Context, file []byte, prune bool) (backup.Plan, error) {
	if w.note("plan"); string(file) == "malformed" {
		return backup.Plan{}, pasarela.Errorf(pasarela.CodeBadRequest, "The file does not begin with pasarela: 1")
	}
	if prune {
		return backup.Plan{Changes: []backup.Change{change, {Action: backup.Delete, Resource: "apis[klmnopqrst]"}}}, nil
	}
	return backup.Plan{Changes: []backup.Change{change}}, nil
}

func (w *world) Apply(_ context.Context, _ []byte, _ bool) (backup.Plan, error) {
	w.note("apply")
	return backup.Plan{Changes: []backup.Change{change}}, nil
}

func (w *world) SignInURL(accessKeyID string) (string, error) {
	w.note("SignInURL")
	return "http://127.0.0.1:4566/console/#token=of-" + accessKeyID, nil
}

// DeadLetters has one dead letter, number 7.
func (w *world) DeadLetters(_ context.Context, apiID, stageName string, after uint64, limit int) ([]gateway.DeadLetter, error) {
	w.note("dead letters " + apiID + " " + stageName)
	if after >= 7 || limit < 1 {
		return nil, nil
	}
	return []gateway.DeadLetter{{
		Number: 7, RouteKey: "$default", EventType: event.Message, ConnectionID: "L0SM9cOFvHcCIhw=", RequestID: "one", Message: "hello",
		QueuedAt: began, FailedAt: began, Reason: language.DeadAnswered.Of("404"),
	}}, nil
}

func (w *world) Replay(_ context.Context, apiID, stageName string, number uint64) error {
	return w.letter("replay", apiID, stageName, number)
}

func (w *world) DiscardDeadLetter(_ context.Context, apiID, stageName string, number uint64) error {
	return w.letter("discard", apiID, stageName, number)
}

func (w *world) letter(what, apiID, stageName string, number uint64) error {
	w.note(fmt.Sprint(what, " ", apiID, " ", stageName, " ", number))
	if number != 7 {
		return pasarela.Errorf(pasarela.CodeNotFound, "Stage %s of API %s has no dead letter %d.", stageName, apiID, number)
	}
	return nil
}
