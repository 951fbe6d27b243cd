package acceptance

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// backend stands for the server of the guide: it records what it gets and answers
// what it is told to.
type backend struct {
	*httptest.Server
	got chan received

	mu     sync.Mutex
	status int
	pause  time.Duration
}

type received struct {
	Method, Path string
	Header       http.Header
	Body         string
}

func newBackend(t testing.TB) *backend {
	b := &backend{status: http.StatusCreated, got: make(chan received, 1000)}
	b.Server = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(b.Close)
	return b
}

func (b *backend) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.got <- received{r.Method, r.URL.RequestURI(), r.Header, string(body)}
	b.mu.Lock()
	status, pause := b.status, b.pause
	b.mu.Unlock()
	if pause > 0 {
		select {
		case <-time.After(pause):
		case <-r.Context().Done():
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"reportId":"r1"}`))
}

func (b *backend) answer(status int, pause time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status, b.pause = status, pause
}

func (b *backend) next(t testing.TB) received {
	t.Helper()
	select {
	case r := <-b.got:
		return r
	case <-time.After(patience):
		t.Fatal("the backend gets nothing")
	}
	return received{}
}

// untouched fails when the backend got something that nobody has looked at.
func (b *backend) untouched(t testing.TB) {
	t.Helper()
	select {
	case r := <-b.got:
		t.Errorf("the backend got %+v", r)
	default:
	}
}

// order is what the guide's template sends.
type order struct{ ConnectionID, Type string }

func (r received) order(t testing.TB) order {
	t.Helper()
	var o order
	if err := json.Unmarshal([]byte(r.Body), &o); err != nil {
		t.Fatalf("the backend got %q: %v", r.Body, err)
	}
	return o
}
