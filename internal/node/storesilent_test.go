package node_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/internal/testkit/natsserver"
)

// call is a signed request of any service.
type call struct{ name, service, method, path, kind, target, body string }

func (c call) do(t *testing.T, n *node.Node) (status int, header http.Header, body string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, c.method, n.Endpoint()+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	if c.kind != "" {
		r.Header.Set("Content-Type", c.kind)
	}
	if c.target != "" {
		r.Header.Set("X-Amz-Target", c.target)
	}
	sum := sha256.Sum256([]byte(c.body))
	key := n.Credentials()
	err = v4.NewSigner().SignHTTP(ctx, aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}, r,
		hex.EncodeToString(sum[:]), c.service, key.Region, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Errorf("%s: %v", c.name, err)
		return 0, nil, ""
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, string(text)
}

const formKind, jsonKind = "application/x-www-form-urlencoded", "application/x-amz-json-1.1"

// While NATS does not answer, calls that need it get 503 with Retry-After and the reason, in every
// service's protocol; the rest works. Everything recovers by itself (A-APIS-18). Calls that
// change something are tried for 20 s before they are answered.
func TestCallsWhileTheStoreDoesNotAnswer(t *testing.T) {
	t.Parallel()
	backend, ids := connectBackend(t)
	store := newRestartableNATS(t)
	here := start(t, node.Settings{NATSURL: store.url(), NodeName: "here"})
	there := start(t, node.Settings{NATSURL: store.url(), NodeName: "there"})
	system := deployGuide(t, here, backend.URL, there)
	own := dial(t, here, system.APIID)
	ownID := <-ids
	dial(t, there, system.APIID)
	otherID := <-ids
	connections := "/" + system.APIID + "/prod/@connections/"

	calls := []call{
		{"list APIs", "apigateway", "GET", "/v2/apis", "", "", ""},
		{"get a route list", "apigateway", "GET", "/v2/apis/" + system.APIID + "/routes", "", "", ""},
		{"create an API", "apigateway", "POST", "/v2/apis", "application/json", "", `{"name":"x","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action"}`},
		{"deploy", "apigateway", "POST", "/v2/apis/" + system.APIID + "/deployments", "application/json", "", `{"stageName":"prod"}`},
		{"list API keys", "apigateway", "GET", "/apikeys", "", "", ""},
		{"create a user", "iam", "POST", "/", formKind, "", "Action=CreateUser&Version=2010-05-08&UserName=ana"},
		{"list stacks", "cloudformation", "POST", "/", formKind, "", "Action=ListStacks&Version=2010-05-15"},
		{"put a parameter", "ssm", "POST", "/", jsonKind, "AmazonSSM.PutParameter", `{"Name":"p","Value":"v","Type":"String"}`},
		{"push to the other node", "execute-api", "POST", connections + otherID, "", "", "to the other"},
		{"ask the other node", "execute-api", "GET", connections + otherID, "", "", ""},
		{"close on the other node", "execute-api", "DELETE", connections + otherID, "", "", ""},
	}
	store.stop()
	var work sync.WaitGroup
	for _, c := range calls {
		work.Go(func() {
			status, header, body := c.do(t, here)
			if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" || !strings.Contains(body, "not answer for now") {
				t.Errorf("%s: %d, Retry-After %q: %s", c.name, status, header.Get("Retry-After"), body)
			}
		})
	}
	local := call{"push to its own", "execute-api", "POST", connections + ownID, "", "", "to its own"}
	if status, _, body := local.do(t, here); status != http.StatusOK {
		t.Errorf("a push to the node itself: %d %s", status, body)
	}
	if _, data, err := own.Read(t.Context()); err != nil || string(data) != "to its own" {
		t.Errorf("%q, %v", data, err)
	}
	dial(t, here, system.APIID)
	work.Wait()

	store.serve(t)
	for _, c := range calls[:len(calls)-1] {
		testkit.Eventually(t, c.name, func() bool {
			status, _, _ := c.do(t, here)
			return status >= 200 && status < 300 || status == http.StatusConflict // it was made though it was answered 503
		})
	}
	stop(t, there) // before their store
	stop(t, here)
}

// restartableNATS is a NATS server that can be stopped for a while.
type restartableNATS struct {
	dir     string
	port    int
	running *server.Server
}

func newRestartableNATS(t *testing.T) *restartableNATS {
	s := &restartableNATS{dir: t.TempDir(), port: -1}
	s.serve(t)
	s.port = s.running.Addr().(*net.TCPAddr).Port
	return s
}

func (s *restartableNATS) url() string { return s.running.ClientURL() }

func (s *restartableNATS) stop() {
	s.running.Shutdown()
	s.running.WaitForShutdown()
}

func (s *restartableNATS) serve(t *testing.T) {
	t.Helper()
	s.running = natsserver.Start(t, natsserver.Options{Dir: s.dir, Port: s.port})
}
