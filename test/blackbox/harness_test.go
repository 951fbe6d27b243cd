// Package blackbox holds pasarela to the conformance list of its reference
// (aws-dataplane §14.2), one test a line, and to 25 faults of configuration whose
// cause "explain" must name. Everything goes through a whole node: set up by the
// AWS SDK, used by an independent WebSocket client or by bytes on a TCP
// connection, answered by real HTTP servers.
package blackbox

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

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// patience bounds every wait of these tests.
const patience = 15 * time.Second

// routes shortens the tests.
type routes = map[string]pasarelatest.Route

// client is an independent WebSocket client.
type client struct {
	t         testing.TB
	conn      *websocket.Conn
	handshake *http.Response
}

type dialOption = func(*websocket.DialOptions)

func header(name, value string) dialOption {
	return func(o *websocket.DialOptions) { o.HTTPHeader.Add(name, value) }
}

func dial(t testing.TB, url string, options ...dialOption) (*client, *http.Response) {
	t.Helper()
	o := &websocket.DialOptions{HTTPHeader: http.Header{"User-Agent": {"blackbox"}}}
	for _, option := range options {
		option(o)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, url, o)
	if err != nil {
		if response == nil {
			t.Fatalf("%s: %v", url, err)
		}
		return nil, response
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{t, conn, response}, response
}

// connect expects to be let in.
func connect(t testing.TB, url string, options ...dialOption) *client {
	t.Helper()
	c, response := dial(t, url, options...)
	if c == nil {
		t.Fatalf("refused: %s %s", response.Status, body(response))
	}
	return c
}

// refuse expects to be refused with a status.
func refuse(t testing.TB, url string, status int, options ...dialOption) (string, http.Header) {
	t.Helper()
	c, response := dial(t, url, options...)
	if c != nil {
		t.Fatalf("let in, which should have been refused with %d", status)
	}
	text := body(response)
	if response.StatusCode != status {
		t.Fatalf("refused with %s, want %d: %s", response.Status, status, text)
	}
	return text, response.Header
}

func body(response *http.Response) string {
	text, _ := io.ReadAll(response.Body) // what there is
	return string(text)
}

func (c *client) send(text string) {
	c.t.Helper()
	c.write(websocket.MessageText, text)
}

func (c *client) write(kind websocket.MessageType, text string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	if err := c.conn.Write(ctx, kind, []byte(text)); err != nil {
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

// ask sends and reads.
func (c *client) ask(text string) string {
	c.t.Helper()
	c.send(text)
	return c.read()
}

// closed reads until the server's close frame.
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

// errorFrame takes an error frame apart and holds its bytes to aws-dataplane §2.6.
func errorFrame(t testing.TB, frame string) (message, connectionID, requestID string) {
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

// fails asks and expects an error frame with that message.
func (c *client) fails(text, message string) (requestID string) {
	c.t.Helper()
	got, _, requestID := errorFrame(c.t, c.ask(text))
	if got != message {
		c.t.Errorf("%s: message %q, want %q", text, got, message)
	}
	return requestID
}

// backend is an HTTP server that records what it is asked and answers what it is told.
type backend struct {
	*httptest.Server
	got  chan request
	over chan struct{}

	mu     sync.Mutex
	answer func(request) answer
}

type request struct {
	Method, Path, Query, Host, Body string
	Header                          http.Header
}

type answer struct {
	status int
	body   string
	header map[string]string
	wait   <-chan struct{} // before it answers
}

func newBackend(t testing.TB) *backend {
	b := &backend{got: make(chan request, 1000), over: make(chan struct{})}
	b.answers(200, `{}`)
	b.Server = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(func() { close(b.over); b.Close() })
	return b
}

func (b *backend) serve(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	asked := request{r.Method, r.URL.Path, r.URL.RawQuery, r.Host, string(text), r.Header.Clone()}
	b.mu.Lock()
	does := b.answer
	b.mu.Unlock()
	a := does(asked)
	b.got <- asked
	if a.wait != nil {
		select {
		case <-a.wait:
		case <-b.over:
		}
	}
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

func (b *backend) answers(status int, body string) {
	b.does(func(request) answer { return answer{status: status, body: body} })
}

func (b *backend) does(f func(request) answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = f
}

func (b *backend) next(t testing.TB) request {
	t.Helper()
	select {
	case r := <-b.got:
		return r
	case <-time.After(patience):
		t.Fatal("the backend was not asked")
		return request{}
	}
}

// untouched expects that the backend got nothing, given that whatever would have
// asked it is over.
func (b *backend) untouched(t testing.TB) {
	t.Helper()
	select {
	case r := <-b.got:
		t.Errorf("the backend was asked: %+v", r)
	default:
	}
}

// functions is a Lambda Invoke endpoint.
type functions struct {
	*httptest.Server
	asked chan string // events

	mu sync.Mutex
	by map[string]func(event string) (result string, failed bool)
}

func newFunctions(t testing.TB) *functions {
	f := &functions{by: map[string]func(string) (string, bool){}, asked: make(chan string, 1000)}
	f.Server = httptest.NewServer(http.HandlerFunc(f.invoke))
	t.Cleanup(f.Close)
	return f
}

// returns makes a function that always returns that.
func (f *functions) returns(name, result string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.by[name] = func(string) (string, bool) { return result, false }
}

// throws makes a function that ends with an error.
func (f *functions) throws(name, message string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.by[name] = func(string) (string, bool) {
		return fmt.Sprintf(`{"errorMessage":%q,"errorType":"Error","trace":[]}`, message), true
	}
}

func (f *functions) invoke(w http.ResponseWriter, r *http.Request) {
	event, _ := io.ReadAll(r.Body)
	name, _ := strings.CutSuffix(r.URL.Path, "/invocations")
	name = name[strings.LastIndexAny(name, ":/")+1:]
	f.mu.Lock()
	does, ok := f.by[name]
	f.mu.Unlock()
	if !ok {
		w.Header().Set("X-Amzn-ErrorType", "ResourceNotFoundException")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"Message":"Function not found: `+name+`"}`)
		return
	}
	f.asked <- string(event)
	result, failed := does(string(event))
	if failed {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
	}
	_, _ = io.WriteString(w, result)
}

// startWithFunctions starts a gateway whose Lambda functions live in the test.
func startWithFunctions(t testing.TB) (*pasarelatest.Gateway, *functions) {
	f := newFunctions(t)
	return pasarelatest.StartWith(t, pasarelatest.Options{Endpoints: map[string]string{"lambda": f.URL}}), f
}

// nowhere is an address where nobody listens.
func nowhere(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

// member reads one member of a JSON object.
func member(t testing.TB, text, name string) string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return fmt.Sprint(object[name])
}

func isA[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

// eventually polls for what another process of the node does soon.
func eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
