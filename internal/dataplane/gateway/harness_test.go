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
	y := &system{t: t, bucket: s.bucket, backend: testkit.NewBackend(t), roles: &roles{}, access: &testkit.Lines{}, log: &testkit.Lines{}, nodeLog: &testkit.Log{}, changed: make(chan struct{}, 1000)}
	client, err := backend.NewClient(s.client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	y.client = client
	y.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { y.gateway.ServeHTTP(w, r) }))
	place := pasarela.RegionAccount{Region: "us-east-1", AccountID: "123456789012"}
	services := s.services
	services.RegionAccount, services.Client, services.Roles = place, client, y.roles
	y.services = &services
	y.watcher = stage.NewWatcher(stage.Options{
		Bucket: y.bucket, RegionAccount: place, Endpoint: stage.Endpoint{Authority: y.server.Listener.Addr().String(), Suffix: "example.test"},
		Integrations: &services, Authorizers: &authorizer.Services{RegionAccount: place, Signatures: s.guard},
		AccessLogs: func(arn string) (stage.Lines, error) { return y.access, nil },
		Account:    s.account,
		Changed:    func(at *stage.Stage) { y.gateway.StageChanged(at); y.changed <- struct{}{} },
		Gone:       func(at *stage.Stage) { y.gateway.StageGone(at) },
	})
	o := s.gateway
	o.RegionAccount, o.Directory, o.Plans = place, y.watcher.Directory, y.watcher.Plans
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
		o.Log = slog.New(slog.NewTextHandler(y.nodeLog, nil))
	}
	o.Sockets.Tick = 20 * time.Millisecond
	o.ExecutionLog = func(_, _ string) stage.Lines { return y.log }
	if y.gateway, err = gateway.New(o); err != nil {
		t.Fatal(err)
	}
	y.server.Start()
	t.Cleanup(func() {
		y.backend.Release()
		_ = y.gateway.Close(context.Background())
		y.watcher.Stop()
		y.server.Close()
	})
	if definition.API.RouteSelectionExpression == "" {
		definition.API.RouteSelectionExpression = "$request.body.action"
	}
	definition.API.APIID = apiID
	y.doc = pasarela.APIDocument{Definition: definition, Stages: []pasarela.Stage{s.stage}}
	y.deploy(nil)
	return y
}

// deploy edits the API, freezes it and waits until the stage serves it.
func (y *system) deploy(edit func(*pasarela.APIDocument)) {
	y.t.Helper()
	if edit != nil {
		edit(&y.doc)
	}
	y.deploys++
	id := fmt.Sprintf("deploy%d", y.deploys)
	frozen := y.doc.Definition
	frozen.Integrations = append([]pasarela.Integration(nil), frozen.Integrations...)
	for i := range frozen.Integrations {
		if strings.HasPrefix(frozen.Integrations[i].IntegrationURI, "/") {
			frozen.Integrations[i].IntegrationURI = y.backend.URL + frozen.Integrations[i].IntegrationURI
		}
	}
	if _, err := document.NewStore[pasarela.Definition](y.bucket).Create(y.t.Context(), pasarela.DeploymentKey(apiID, id), &frozen); err != nil {
		y.t.Fatal(err)
	}
	y.edit(func(doc *pasarela.APIDocument) {
		for i := range doc.Stages {
			doc.Stages[i].DeploymentID = id
		}
	})
	testkit.Eventually(y.t, "the deployment to be served", func() bool {
		at, ok := y.watcher.Directory.Stage(apiID, y.doc.Stages[0].StageName)
		return ok && (!at.Problem().IsZero() || at.Deployed() != nil && at.Deployed().DeploymentID == id)
	})
}

// edit changes the API's document without a deployment.
func (y *system) edit(edit func(*pasarela.APIDocument)) {
	y.t.Helper()
	edit(&y.doc)
	_, err := document.NewStore[pasarela.APIDocument](y.bucket).Upsert(y.t.Context(), pasarela.APIDocumentKey(apiID), func(d *pasarela.APIDocument) error {
		*d = y.doc
		return nil
	})
	if err != nil {
		y.t.Fatal(err)
	}
}

// post sends a message as AWS's PostToConnection has it: a body and no more.
func post(ctx context.Context, g *gateway.Gateway, apiID, connectionID string, body []byte) error {
	_, err := g.Push(ctx, apiID, connectionID, gateway.Push{Body: body})
	return err
}

// put stores any other document.
func put[T any](y *system, key string, value T) {
	y.t.Helper()
	if _, err := document.NewStore[T](y.bucket).Create(y.t.Context(), key, &value); err != nil {
		y.t.Fatal(err)
	}
}

// only is the connection id of the one connection there is.
func (y *system) only() string {
	y.t.Helper()
	var found []gateway.OpenConnection
	testkit.Eventually(y.t, "one connection", func() bool {
		found = slices.Collect(y.gateway.Connections("", ""))
		return len(found) == 1
	})
	return found[0].ConnectionID
}

// explain waits for an entry of the connection that matches.
func (y *system) explain(id string, match func(execution.Entry) bool) execution.Entry {
	y.t.Helper()
	var found execution.Entry
	testkit.Eventually(y.t, "an entry of "+id, func() bool {
		for _, e := range y.gateway.Find(id) {
			if match(e) {
				found = e
				return true
			}
		}
		return false
	})
	return found
}
