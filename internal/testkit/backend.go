package testkit

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// maxRecorded is the number of unread requests that a [Backend] keeps.
const maxRecorded = 10000

// Backend is an HTTP server that records what it is asked and responds with what the test
// says: status 200 and {} until then.
type Backend struct {
	*httptest.Server
	Requests chan Request // recorded; see Next

	release sync.Once
	over    chan struct{} // closed at the end of the test: held responses are sent

	mu       sync.Mutex
	response func(Request) Response
}

// Request is a request that a [Backend] got. Header has Host too.
type Request struct {
	Method, Path, Query, Host, Body string
	Header                          http.Header
}

// Response is what a [Backend] sends.
type Response struct {
	Status int // 0 means 200
	Body   string
	Header map[string]string
	Delay  time.Duration   // before the answer
	Wait   <-chan struct{} // the response is sent when it is closed
}

// NewBackend starts a backend, which ends with the test.
func NewBackend(t testing.TB) *Backend {
	b := &Backend{Requests: make(chan Request, maxRecorded), over: make(chan struct{})}
	b.Respond(Response{Body: `{}`})
	b.Server = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(func() { b.Release(); b.Close() })
	return b
}

// Release sends held responses, and holds none from now on. The end of the test does it
// too; a test that waits for a caller of the backend must call it before.
func (b *Backend) Release() { b.release.Do(func() { close(b.over) }) }

func (b *Backend) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // an error leaves the body short
	request := Request{r.Method, r.URL.Path, r.URL.RawQuery, r.Host, string(body), r.Header.Clone()}
	request.Header.Set("Host", r.Host)
	select {
	case b.Requests <- request:
	default: // the test reads no requests
	}
	b.mu.Lock()
	respond := b.response
	b.mu.Unlock()
	response := respond(request)
	b.hold(r, response)
	for name, value := range response.Header {
		w.Header().Set(name, value)
	}
	if response.Status != 0 {
		w.WriteHeader(response.Status)
	}
	_, _ = io.WriteString(w, response.Body) // the caller may have left
}

// hold waits for the response's Delay and Wait, at most until the caller
// leaves.
func (b *Backend) hold(r *http.Request, response Response) {
	if response.Delay > 0 {
		select {
		case <-time.After(response.Delay):
		case <-r.Context().Done():
		case <-b.over:
		}
	}
	if response.Wait != nil {
		select {
		case <-response.Wait:
		case <-r.Context().Done():
		case <-b.over:
		}
	}
}

// Respond sends every request from now on with this response.
func (b *Backend) Respond(response Response) {
	b.RespondWith(func(Request) Response { return response })
}

// RespondWith sends every request from now on with what answer returns. Requests
// call it from many goroutines at once.
func (b *Backend) RespondWith(response func(Request) Response) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.response = response
}

// Next is the oldest unread request; the test fails when none comes.
func (b *Backend) Next(t testing.TB) Request {
	t.Helper()
	return Receive(t, b.Requests, "a request to the backend")
}

// Last is the newest unread request; those before it are dropped.
func (b *Backend) Last(t testing.TB) Request {
	t.Helper()
	for last := b.Next(t); ; {
		select {
		case last = <-b.Requests:
		default:
			return last
		}
	}
}

// Untouched fails when there is an unread request. Call it when everything that
// could call the backend has ended.
func (b *Backend) Untouched(t testing.TB) {
	t.Helper()
	select {
	case r := <-b.Requests:
		t.Errorf("the backend was called: %+v", r)
	default:
	}
}
