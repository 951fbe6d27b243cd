package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

const (
	apiID     = "abcdef1234"
	stageName = "prod"
	// patience bounds every wait of these tests.
	patience = 10 * time.Second
)

// system is a gateway with everything around it, as a client on a real socket
// meets it.
type system struct {
	t       *testing.T
	bucket  pasarela.Bucket
	keeper  *stage.Keeper
	gateway *gateway.Gateway
	server  *httptest.Server
	backend *recorder
	roles   *roles
	access  *lines
	log     *lines
	client  *backend.Client

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
	bucket   pasarela.Bucket
	node     string
}

type option func(*setup)

// start serves the definition under the stage prod. Integrations whose URI starts
// with "/" lead to the system's backend.
func start(t *testing.T, definition pasarela.Definition, options ...option) *system {
	t.Helper()
	s := &setup{stage: pasarela.Stage{StageName: stageName}, bucket: memory.NewBucket(), node: "0"}
	for _, o := range options {
		o(s)
	}
	y := &system{t: t, bucket: s.bucket, backend: newRecorder(t), roles: &roles{}, access: &lines{}, log: &lines{}, changed: make(chan struct{}, 1000)}
	client, err := backend.NewClient(s.client)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	y.client = client
	y.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { y.gateway.ServeHTTP(w, r) }))
	place := pasarela.Place{Region: "us-east-1", AccountID: "123456789012"}
	services := s.services
	services.Place, services.Client, services.Roles = place, client, y.roles
	y.keeper = stage.NewKeeper(stage.Options{
		Bucket: y.bucket, Place: place, Endpoint: stage.Endpoint{Authority: y.server.Listener.Addr().String(), Suffix: "example.test"},
		Integrations: &services, Authorizers: &authorizer.Services{Place: place, Signatures: s.guard},
		AccessLogs: func(arn string) (stage.Lines, error) { return y.access, nil },
		Account:    s.account,
		Changed:    func(at *stage.Stage) { y.gateway.Changed(at); y.changed <- struct{}{} },
		Gone:       func(at *stage.Stage) { y.gateway.Gone(at) },
	})
	o := s.gateway
	o.Place, o.Directory, o.Plans = place, y.keeper.Directory, &y.keeper.Plans
	if s.network != nil {
		o.Bus = s.network.Node(s.node)
	}
	o.Sockets.Tick = 20 * time.Millisecond
	o.ExecutionLog = func(_, _ string) stage.Lines { return y.log }
	if y.gateway, err = gateway.New(o); err != nil {
		t.Fatal(err)
	}
	y.server.Start()
	t.Cleanup(func() {
		y.backend.open()
		y.gateway.Close()
		y.keeper.Stop()
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
			frozen.Integrations[i].IntegrationURI = y.backend.server.URL + frozen.Integrations[i].IntegrationURI
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
	y.wait("the deployment to be served", func() bool {
		at, ok := y.keeper.Directory.Stage(apiID, y.doc.Stages[0].StageName)
		return ok && (at.Problem() != "" || at.Deployed() != nil && at.Deployed().DeploymentID == id)
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

// put stores any other document.
func put[T any](y *system, key string, value T) {
	y.t.Helper()
	if _, err := document.NewStore[T](y.bucket).Create(y.t.Context(), key, &value); err != nil {
		y.t.Fatal(err)
	}
}

// wait polls for what another goroutine does soon.
func (y *system) wait(what string, done func() bool) {
	y.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			y.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// url is where the stage is served, by path.
func (y *system) url(rest string) string {
	return "ws" + strings.TrimPrefix(y.server.URL, "http") + "/" + apiID + "/" + stageName + rest
}

// connect opens a WebSocket; the test ends when it is refused.
func (y *system) connect(rest string, options ...func(*websocket.DialOptions)) *client {
	y.t.Helper()
	c, response := y.dial(rest, options...)
	if c == nil {
		body := ""
		if response != nil {
			b, _ := io.ReadAll(response.Body)
			body = response.Status + " " + string(b)
		}
		y.t.Fatalf("refused: %s", body)
	}
	return c
}

// refuse connects and expects the status.
func (y *system) refuse(rest string, status int, options ...func(*websocket.DialOptions)) (body string, header http.Header) {
	y.t.Helper()
	c, response := y.dial(rest, options...)
	if c != nil {
		y.t.Fatal("connected, which should have been refused")
	}
	if response == nil {
		y.t.Fatal("no answer")
	}
	b, _ := io.ReadAll(response.Body)
	if response.StatusCode != status {
		y.t.Fatalf("status %d, want %d: %s", response.StatusCode, status, b)
	}
	return string(b), response.Header
}

func (y *system) dial(rest string, options ...func(*websocket.DialOptions)) (*client, *http.Response) {
	y.t.Helper()
	o := &websocket.DialOptions{HTTPHeader: http.Header{"User-Agent": {"test"}}}
	for _, option := range options {
		option(o)
	}
	ctx, cancel := context.WithTimeout(y.t.Context(), patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, y.url(rest), o)
	if err != nil {
		return nil, response
	}
	conn.SetReadLimit(1 << 20)
	y.t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{y.t, conn, response}, response
}

func header(name, value string) func(*websocket.DialOptions) {
	return func(o *websocket.DialOptions) { o.HTTPHeader.Set(name, value) }
}

func host(name string) func(*websocket.DialOptions) {
	return func(o *websocket.DialOptions) { o.Host = name }
}

// client is an independent WebSocket client.
type client struct {
	t         *testing.T
	conn      *websocket.Conn
	handshake *http.Response
}

func (c *client) send(text string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	if err := c.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	kind, text, err := c.conn.Read(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	if kind != websocket.MessageText {
		c.t.Errorf("a message of kind %v", kind)
	}
	return string(text)
}

// closed waits for the close frame.
func (c *client) closed() (websocket.StatusCode, string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		_, _, err := c.conn.Read(ctx)
		if err == nil {
			continue
		}
		var closed websocket.CloseError
		if !errors.As(err, &closed) {
			c.t.Fatalf("no close frame: %v", err)
		}
		return closed.Code, closed.Reason
	}
}

// recorder is a backend that records what it is asked and answers what it is told.
type recorder struct {
	server *httptest.Server
	asked  chan asked
	gate   chan struct{} // closed: answers do not wait

	mu     sync.Mutex
	answer func(asked) answer
}

type asked struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

type answer struct {
	status int
	body   string
	header map[string]string
	delay  time.Duration
}

func newRecorder(t *testing.T) *recorder {
	b := &recorder{asked: make(chan asked, 1000), gate: make(chan struct{})}
	b.answers(answer{status: 200, body: `{}`})
	b.server = httptest.NewServer(b)
	t.Cleanup(b.server.Close)
	return b
}

func (b *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a := asked{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header.Clone()}
	a.Header.Set("Host", r.Host)
	b.asked <- a
	b.mu.Lock()
	answering := b.answer
	b.mu.Unlock()
	reply := answering(a)
	if reply.delay > 0 {
		select {
		case <-time.After(reply.delay):
		case <-b.gate:
		}
	}
	for name, value := range reply.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(reply.status)
	_, _ = io.WriteString(w, reply.body)
}

func (b *recorder) open() {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.gate:
	default:
		close(b.gate)
	}
}

func (b *recorder) answers(a answer) { b.does(func(asked) answer { return a }) }

func (b *recorder) does(f func(asked) answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = f
}

func (b *recorder) next(t *testing.T) asked {
	t.Helper()
	select {
	case a := <-b.asked:
		return a
	case <-time.After(patience):
		t.Fatal("the backend was not asked")
		return asked{}
	}
}

func (b *recorder) untouched(t *testing.T) {
	t.Helper()
	select {
	case a := <-b.asked:
		t.Errorf("the backend was asked: %+v", a)
	default:
	}
}

// roles are identities that a test can take away.
type roles struct {
	mu      sync.Mutex
	unknown map[string]error // role ARN, or "" for the service-linked one
}

func (r *roles) deny(arn string, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unknown = map[string]error{arn: why}
}

func (r *roles) AssumeForService(arn, _, _, _ string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unknown[arn]
}

func (r *roles) RoleAllows(string, string, string, pasarela.RequestContext) error { return nil }

func (r *roles) ServiceLinkedRole() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unknown[""]
}

// lines keeps what a log was given.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// api makes a definition of routes, each with an integration of its own.
func api(routes ...route) pasarela.Definition {
	var d pasarela.Definition
	for i, r := range routes {
		def := pasarela.Route{RouteID: fmt.Sprint("route", i), RouteKey: r.key, AuthorizationType: pasarela.AuthorizationNone}
		if r.twoWay {
			def.Responses = []pasarela.RouteResponse{{RouteResponseKey: pasarela.KeyDefault}}
		}
		if r.integration != nil {
			one := *r.integration
			one.IntegrationID = fmt.Sprint("int", i)
			def.Target = "integrations/" + one.IntegrationID
			d.Integrations = append(d.Integrations, one)
		}
		if r.edit != nil {
			r.edit(&def)
		}
		d.Routes = append(d.Routes, def)
	}
	return d
}

type route struct {
	key         string
	twoWay      bool
	integration *pasarela.Integration
	edit        func(*pasarela.Route)
}

// toHTTP is an HTTP integration with integration responses of those keys.
func toHTTP(path, template string, keys ...string) *pasarela.Integration {
	i := &pasarela.Integration{IntegrationType: pasarela.IntegrationHTTP, IntegrationMethod: "POST", IntegrationURI: path}
	if template != "" {
		i.RequestTemplates = map[string]string{"application/json": template}
	}
	for _, key := range keys {
		i.Responses = append(i.Responses, pasarela.IntegrationResponse{IntegrationResponseKey: key})
	}
	return i
}

func toProxy(path string) *pasarela.Integration {
	return &pasarela.Integration{IntegrationType: pasarela.IntegrationHTTPProxy, IntegrationMethod: "POST", IntegrationURI: path}
}

func toMock(template, response string) *pasarela.Integration {
	return &pasarela.Integration{
		IntegrationType: pasarela.IntegrationMock, RequestTemplates: map[string]string{"$default": template}, TemplateSelectionExpr: `\$default`,
		Responses: []pasarela.IntegrationResponse{{IntegrationResponseKey: "/200/", TemplateSelectionExpr: `\$default`, ResponseTemplates: map[string]string{"$default": response}}},
	}
}

// only is the connection id of the one connection there is.
func (y *system) only() string {
	y.t.Helper()
	var found []gateway.Live
	y.wait("one connection", func() bool {
		found = y.gateway.Connections("", "", 10)
		return len(found) == 1
	})
	return found[0].ConnectionID
}

// explain waits for an entry of the connection that matches.
func (y *system) explain(id string, match func(execution.Entry) bool) execution.Entry {
	y.t.Helper()
	var found execution.Entry
	y.wait("an entry of "+id, func() bool {
		entries, err := y.gateway.Explain(y.t.Context(), id)
		if err != nil {
			y.t.Fatal(err)
		}
		for _, e := range entries {
			if match(e) {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

// message reads an error frame.
func errorFrame(t *testing.T, frame string) (message, connectionID, requestID string) {
	t.Helper()
	var e struct{ Message, ConnectionID, RequestID string }
	if err := json.Unmarshal([]byte(frame), &e); err != nil {
		t.Fatalf("%q: %v", frame, err)
	}
	if want := fmt.Sprintf(`{"message": %q, "connectionId":%q, "requestId":%q}`, e.Message, e.ConnectionID, e.RequestID); frame != want {
		t.Errorf("error frame %s\nwant        %s", frame, want)
	}
	return e.Message, e.ConnectionID, e.RequestID
}

// freePort is an address where nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
