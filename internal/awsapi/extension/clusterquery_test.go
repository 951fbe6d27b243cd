package extension_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// among are the other nodes of n1: n2 replies, n3 does not, n4 has ended since.
type among struct {
	response func(context.Context, []byte) []byte
}

func cluster() among {
	w := &world{later: time.Minute}
	return among{extension.NodeHandler(extension.Services{Preview: w, Templates: w, Live: w, Logs: w, Feed: w, Metrics: w, Backup: w, Console: w, Status: w, Nodes: named("n2")})}
}

func (among) Self() string     { return "n1" }
func (among) Others() []string { return []string{"n2", "n3", "n4"} }
func (among) Clustered() bool  { return true }

func (a among) Ask(ctx context.Context, node string, question []byte) ([]byte, error) {
	switch node {
	case "n2":
		return a.response(ctx, question), nil
	case "n3":
		return nil, errors.Join(pasarela.ErrUnavailable, errors.New("no responders"))
	}
	return nil, pasarela.ErrNodeGone
}

// named is a node of a cluster that never asks the others.
type named string

func (n named) Self() string   { return string(n) }
func (named) Others() []string { return nil }
func (named) Clustered() bool  { return true }

func (named) Ask(context.Context, string, []byte) ([]byte, error) { return nil, pasarela.ErrNodeGone }

// Every call about clients, logs and counts is answered for all nodes: what each knows
// with its name, and the names of those that do not answer. A node that has ended is
// not among the missing ones.
func TestAnswersAreOfAllNodes(t *testing.T) {
	const stage = "GET /pasarela/apis/abcdefghij/stages/prod/"
	for route, want := range map[string][]string{
		stage + "connections":                               {`"sourceIp":"192.0.2.1","node":"n1"}`, `"sourceIp":"192.0.2.1","node":"n2"}`, `"total":4,"nodes":[{"node":"n1","open":2},{"node":"n2","open":2}]`},
		"GET /pasarela/connections":                         {`"total":84,"nodes":[{"node":"n1","open":42},{"node":"n2","open":42}]`},
		stage + "timelines":                                 {`"summary":"Connected"`, `"nodes":["n1","n2"]}]`},
		"GET /pasarela/explain":                             {`"at":"2026-01-02T03:05:06Z"`, `"node":"n2"},{"at":"2026-01-02T03:04:06Z"`, `"node":"n1"}]`},
		"GET /pasarela/explain/L0SM9cOFvHcCIhw%3D":          {`"nodes":["n1","n2"]`, `request two  node n1`, `request later  node n2`},
		stage + "logs?kind=access&after=100":                {`{"sequence":100,"text":"one","node":"n1"}`, `{"sequence":100,"text":"one","node":"n2"}`, `"next":"n1:108,n2:108"`},
		stage + "metrics":                                   {`"counters":{"ConnectCount":6}`, `{"node":"n1","deploymentId":"","counters":{"ConnectCount":3}`, `{"node":"n2"`},
		stage + "metrics/history":                           {`"counters":{"ConnectCount":[0,6]},"gauges":{"Connections":[2,4]}`, `"nodes":["n1","n2"]`},
		"GET /pasarela/activity":                            {`{"apiId":"abcdefghij","stage":"prod","connections":4,"lastMinute":{},"lastHour":{"ConnectCount":10}}`},
		"GET /pasarela/nodes":                               {`{"node":"n2","state":"live"`, `{"node":"n3","state":"silent"}`},
		stage + "connections?node=n1&language=es":           {`"total":2,"nodes":[{"node":"n1","open":2}]}`},
		stage + "connections?node=n2":                       {`"total":2,"nodes":[{"node":"n2","open":2}]}`},
		stage + "connections?node=n3&language=es":           {`"total":0`, `"text":"El nodo n3 no responde`},
		"GET /pasarela/apis/abcdefghij/samples":             {`{"messages":[]`},
		"GET /pasarela/logs":                                {"n1 | kept\nn2 | kept\n(Node n3 does not answer, so what it knows is missing: it has stopped, or cannot reach NATS)\n"},
		"GET /pasarela/logs?node=n2":                        {"n2 | kept\n"},
		"GET /pasarela/apis/abcdefghij/stages/none/metrics": {"No node serves a stage none"},
	} {
		_, text, _ := openAmong(t, cluster()).ask(t, route, "", &owner)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: %s\nhas no %s", route, text, part)
			}
		}
		isNamed := strings.Contains(text, "n3")
		if want := !strings.Contains(route, "node=n1") && !strings.Contains(route, "node=n2") && !strings.Contains(route, "none"); isNamed != want {
			t.Errorf("%s: the missing node is named: %v, want %v: %s", route, isNamed, want, text)
		}
	}
}

// What no node knows may be known by a node that does not answer: the response is not
// 404.
func TestANodeThatDoesNotAnswerMayKnow(t *testing.T) {
	status, text, _ := openAmong(t, cluster()).ask(t, "GET /pasarela/explain/other", "", &owner)
	if status != 503 || !strings.Contains(text, "Node n3 does not answer") {
		t.Errorf("%d %s", status, text)
	}
}

// A reader of a log continues in each node's log where it stopped.
func TestAPlaceInALogIsOneOfEachNode(t *testing.T) {
	d := openAmong(t, cluster())
	var asked []int64
	d.world.tail = func(offset int64) ([]byte, int64, error) { asked = append(asked, offset); return nil, offset, nil }
	for _, c := range []struct {
		after string
		want  int64
	}{{"n1:12,n2:7", 12}, {"n2:7", -1}, {"9", 9}, {"", 0}, {"-1", -1}} {
		asked = nil
		d.ask(t, "GET /pasarela/apis/abcdefghij/stages/prod/logs?kind=execution&after="+c.after, "", &owner)
		if len(asked) != 1 || asked[0] != c.want {
			t.Errorf("after %q: asked for %v, want %d", c.after, asked, c.want)
		}
	}
}

// slow is a cluster whose other node answers late.
type slow struct{ among }

func (slow) Others() []string { return []string{"n2"} }

func (slow) Ask(ctx context.Context, _ string, _ []byte) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestTheWaitForANodeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{}
		guard := &wire.Guard{RegionAccount: pasarela.RegionAccount{Region: region, AccountID: "123456789012"}, Verifier: sigv4.New(sigv4.Options{}), Keys: keys{}, Authorizer: &authorizer{}}
		calls := extension.New(extension.Services{Live: w, Nodes: slow{}}, guard, slog.New(slog.DiscardHandler))
		r := httptest.NewRequest(http.MethodGet, "/pasarela/connections", nil)
		hash := sha256.Sum256(nil)
		if err := v4.NewSigner().SignHTTP(t.Context(), owner, r, hex.EncodeToString(hash[:]), extension.SigningName, region, time.Now()); err != nil {
			t.Fatal(err)
		}
		began, response := time.Now(), httptest.NewRecorder()
		calls.ServeHTTP(response, r)
		if text := response.Body.String(); !strings.Contains(text, `"id":"nodes.late"`) || !strings.Contains(text, "192.0.2.1") || time.Since(began) != 2*time.Second {
			t.Errorf("after %v: %s", time.Since(began), text)
		}
	})
}

// The lines of all nodes are followed, in the order of their times.
func TestLinesOfAllNodesAreFollowed(t *testing.T) {
	d := openAmong(t, cluster())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	body, err := d.client().Logs(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text := make([]byte, len("n1 | kept\nn2 | kept\n"))
	if _, err := io.ReadFull(body, text); err != nil || string(text) != "n1 | kept\nn2 | kept\n" {
		t.Errorf("%q, %v", text, err)
	}
	close(d.world.lines) // this node stops
	if rest, err := io.ReadAll(body); err != nil || strings.Count(string(rest), "n3") != 1 {
		t.Errorf("%q, %v", rest, err)
	}
}

// Answers between nodes are encoded as JSON without loss.
func TestEntriesPassTheBusWhole(t *testing.T) {
	for _, entry := range (&world{}).entries() {
		text, err := json.Marshal(entry)
		var back execution.Entry
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if again, _ := json.Marshal(back); err != nil || string(again) != string(text) {
			t.Errorf("%v: %s became %s", err, text, again)
		}
	}
}
