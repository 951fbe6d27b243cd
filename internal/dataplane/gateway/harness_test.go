package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const (
	apiID     = "abcdef1234"
	stageName = "prod"
)

// system is a gateway with everything around it, served on a real socket.
type system struct {
	t       testing.TB
	bucket  pasarela.Bucket
	watcher *stage.Watcher
	gateway *gateway.Gateway
	server  *httptest.Server
	backend *testkit.Backend
	roles   *roles
	access  *testkit.Lines
	log     *testkit.Lines
	nodeLog *testkit.Log
	client  *backend.Client
	// services may be changed before the first call.
	services *integration.Services

	doc     pasarela.APIDocument
	changed chan struct{}
	deploys int
}

// setup is what a test changes about a system before it starts.
type setup struct {
	client   backend.Options
	gateway  gateway.Options
	services integration.Services
	account  throttle.Limit
	guard    authorizer.Signatures
	stage    pasarela.Stage
	network  *memory.Network
	wrap     func(pasarela.Bus) pasarela.Bus // of the network
	bucket   pasarela.Bucket
	node     string
	// wrapJournal makes another of the gateway's journal; nil: it stays.
	wrapJournal func(pasarela.Journal) pasarela.Journal
}

type option func(*setup)

// start serves the definition under the stage prod. Integrations whose URI starts
// with "/" lead to the system's backend.
func start(t testing.TB, definition pasarela.Definition, options ...option) *system {
	t.Helper()
	s := &setup{stage: pasarela.Stage{StageName: stageName}, bucket: memory.NewBucket(), node: "0"}
	for _, o := range options {
		o(s)
	}
	sys := &system{t: t, bucket: s.bucket, backend: testkit.NewBackend(t), roles: &roles{}, access: &testkit.Lines{}, log: &testkit.Lines{}, nodeLog: &testkit.Log{}, changed: make(chan struct{}, 1000)}
	client, err := backend.NewClient(s.client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	sys.client = client
	sys.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { sys.gateway.ServeHTTP(w, r) }))
	place := pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}
	services := s.services
	services.RegionAccount, services.Client, services.Roles = place, client, sys.roles
	sys.services = &services
	sys.watcher = stage.NewWatcher(stage.Options{
		Bucket: sys.bucket, RegionAccount: place, Endpoint: stage.Endpoint{Authority: sys.server.Listener.Addr().String(), Suffix: "example.test"},
		Integrations: &services, Authorizers: &authorizer.Services{RegionAccount: place, Signatures: s.guard},
		AccessLogs: func(arn string) (stage.Lines, error) { return sys.access, nil },
		Account:    s.account,
		Changed:    func(at *stage.Stage) { sys.gateway.StageChanged(at); sys.changed <- struct{}{} },
		Gone:       func(at *stage.Stage) { sys.gateway.StageGone(at) },
	})
	o := s.gateway
	o.RegionAccount, o.Directory, o.Plans = place, sys.watcher.Directory, sys.watcher.Plans
	if s.wrapJournal != nil {
		o.Journal = s.wrapJournal(o.Journal)
	}
	if s.network != nil {
		o.Bus = s.network.Node(s.node)
		if s.wrap != nil {
			o.Bus = s.wrap(o.Bus)
		}
	}
	o.Abort = client.Stop
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(sys.nodeLog, nil))
	}
	o.Sockets.Tick = 20 * time.Millisecond
	o.ExecutionLog = func(_, _ string) stage.Lines { return sys.log }
	if sys.gateway, err = gateway.New(o); err != nil {
		t.Fatal(err)
	}
	sys.server.Start()
	t.Cleanup(func() {
		sys.backend.Release()
		_ = sys.gateway.Close(context.Background())
		sys.watcher.Stop()
		sys.server.Close()
	})
	if definition.API.RouteSelectionExpression == "" {
		definition.API.RouteSelectionExpression = "$request.body.action"
	}
	definition.API.APIID = apiID
	sys.doc = pasarela.APIDocument{Definition: definition, Stages: []pasarela.Stage{s.stage}}
	sys.deploy(nil)
	return sys
}

// deploy edits the API, freezes it and waits until the stage serves it.
func (sys *system) deploy(edit func(*pasarela.APIDocument)) {
	sys.t.Helper()
	if edit != nil {
		edit(&sys.doc)
	}
	sys.deploys++
	id := fmt.Sprintf("deploy%d", sys.deploys)
	frozen := sys.doc.Definition
	frozen.Integrations = append([]pasarela.Integration(nil), frozen.Integrations...)
	for i := range frozen.Integrations {
		if strings.HasPrefix(frozen.Integrations[i].IntegrationURI, "/") {
			frozen.Integrations[i].IntegrationURI = sys.backend.URL + frozen.Integrations[i].IntegrationURI
		}
	}
	if _, err := document.NewStore[pasarela.Definition](sys.bucket).Create(sys.t.Context(), pasarela.DeploymentKey(apiID, id), &frozen); err != nil {
		sys.t.Fatal(err)
	}
	sys.edit(func(doc *pasarela.APIDocument) {
		for i := range doc.Stages {
			doc.Stages[i].DeploymentID = id
		}
	})
	testkit.Eventually(sys.t, "the deployment to be served", func() bool {
		at, ok := sys.watcher.Directory.Stage(apiID, sys.doc.Stages[0].StageName)
		return ok && (!at.Problem().IsZero() || at.Deployed() != nil && at.Deployed().DeploymentID == id)
	})
}

// edit changes the API's document without a deployment.
func (sys *system) edit(edit func(*pasarela.APIDocument)) {
	sys.t.Helper()
	edit(&sys.doc)
	_, err := document.NewStore[pasarela.APIDocument](sys.bucket).Upsert(sys.t.Context(), pasarela.APIDocumentKey(apiID), func(d *pasarela.APIDocument) error {
		*d = sys.doc
		return nil
	})
	if err != nil {
		sys.t.Fatal(err)
	}
}

// post sends a message as AWS's PostToConnection has it: a body and no more.
func post(ctx context.Context, g *gateway.Gateway, apiID, connectionID string, body []byte) error {
	_, err := g.Push(ctx, apiID, connectionID, gateway.Push{Body: body})
	return err
}

// put stores any other document.
func put[T any](sys *system, key string, value T) {
	sys.t.Helper()
	if _, err := document.NewStore[T](sys.bucket).Create(sys.t.Context(), key, &value); err != nil {
		sys.t.Fatal(err)
	}
}

// only is the connection id of the one connection there is.
func (sys *system) only() string {
	sys.t.Helper()
	var found []gateway.OpenConnection
	testkit.Eventually(sys.t, "one connection", func() bool {
		found = slices.Collect(sys.gateway.Connections("", ""))
		return len(found) == 1
	})
	return found[0].ConnectionID
}

// explain waits for an entry of the connection that matches.
func (sys *system) explain(id string, match func(execution.Entry) bool) execution.Entry {
	sys.t.Helper()
	var found execution.Entry
	testkit.Eventually(sys.t, "an entry of "+id, func() bool {
		for _, e := range sys.gateway.Find(id) {
			if match(e) {
				found = e
				return true
			}
		}
		return false
	})
	return found
}
