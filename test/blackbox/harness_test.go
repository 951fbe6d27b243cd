// Package blackbox checks pasarela by the conformance list of its reference
// (aws-dataplane §14.2), one test a line, and to 25 faults of configuration whose
// cause "explain" must name. Everything goes through a whole node: set up by the
// AWS SDK, used by an independent WebSocket client or by bytes on a TCP
// connection, answered by real HTTP servers.
package blackbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/pasarelatest"
)

// routes shortens the tests.
type routes = map[string]pasarelatest.Route

// fails asks and expects an error frame with that message.
func fails(t testing.TB, c *testkit.Client, text, message string) (requestID string) {
	t.Helper()
	got, _, requestID := testkit.ErrorFrame(t, c.Ask(text))
	if got != message {
		t.Errorf("%s: message %q, want %q", text, got, message)
	}
	return requestID
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

// startWithFunctions starts a gateway whose Lambda functions are Go functions
// of the test.
func startWithFunctions(t testing.TB) (*pasarelatest.Gateway, *functions) {
	f := newFunctions(t)
	return pasarelatest.StartWith(t, pasarelatest.Options{Endpoints: map[string]string{"lambda": f.URL}}), f
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
