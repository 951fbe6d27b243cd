package gateway_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// recorder is a backend that records what it is asked and answers what it is told.
type recorder struct {
	server *httptest.Server
	asked  chan asked
	gate   chan struct{} // closed: answers do not wait

	mu     sync.Mutex
	answer func(asked) reply
}

type asked struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

type reply struct {
	status int
	body   string
	header map[string]string
	delay  time.Duration
}

func newRecorder(t *testing.T) *recorder {
	b := &recorder{asked: make(chan asked, 1000), gate: make(chan struct{})}
	b.answers(reply{status: 200, body: `{}`})
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

func (b *recorder) answers(a reply) { b.does(func(asked) reply { return a }) }

func (b *recorder) does(f func(asked) reply) {
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
	asked   []string
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

func (r *roles) RoleAllows(arn, action, resource string, _ pasarela.RequestContext) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, action+" "+resource)
	return r.unknown["allows "+arn]
}

// last is the action and resource that was asked for last.
func (r *roles) last() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.asked) == 0 {
		return ""
	}
	return r.asked[len(r.asked)-1]
}

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

// writer makes an io.Writer of lines.
type writer struct{ *lines }

func (w writer) Write(b []byte) (int, error) {
	w.lines.Write(b)
	return len(b), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
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
