package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// between is a proxy between the program and the gateway. On request it holds back
// the gateway's responses to the frames that end reports: then the client has the
// frame and the program does not know.
type between struct {
	*httptest.Server
	proxy *httputil.ReverseProxy

	mu       sync.Mutex
	left     int // responses to let through before holding; below 0: never hold
	holding  chan struct{}
	replayed int

	delivered map[string]int // frames that end reports, by id: how often the gateway took each
}

type ending struct{} // in the context of a request that ends a report: the frame's id

func startBetween(t *testing.T, gateway string) *between {
	t.Helper()
	target, err := url.Parse(gateway)
	if err != nil {
		t.Fatal(err)
	}
	b := &between{left: -1, delivered: map[string]int{}}
	b.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: b.modifyResponse,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil { // else the program was killed and does not read the response
				t.Logf("the gateway did not answer: %v", err)
			}
			w.WriteHeader(http.StatusBadGateway) // without it the answer would be 200
		},
	}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *between) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var frame received
	if err == nil && json.Unmarshal(body, &frame) == nil && frame.ends() {
		r = r.WithContext(context.WithValue(r.Context(), ending{}, frame.FrameID))
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if !strings.Contains(r.URL.Path, "/@connections/") {
		http.NotFound(w, r)
		return
	}
	b.proxy.ServeHTTP(w, r)
}

func (b *between) modifyResponse(response *http.Response) error {
	ctx := response.Request.Context()
	frame, ends := ctx.Value(ending{}).(string)
	if !ends || response.StatusCode != http.StatusOK {
		return nil
	}
	b.mu.Lock()
	b.delivered[frame]++
	b.mu.Unlock()
	if !b.mayPass(response.Header.Get("Idempotent-Replayed") == "true") {
		<-ctx.Done() // until the program is dead
	}
	return ctx.Err()
}

func (b *between) mayPass(replayed bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if replayed {
		b.replayed++
	}
	if b.left < 0 {
		return true
	}
	if b.left > 0 {
		b.left--
		return true
	}
	select {
	case <-b.holding:
	default:
		close(b.holding)
	}
	return false
}

// holdAfter holds the responses back after so many more; the channel closes when the
// first is held.
func (b *between) holdAfter(responses int) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left, b.holding = responses, make(chan struct{})
	return b.holding
}

func (b *between) letGo() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = -1
}

// again is how often the gateway answered that it had delivered a frame before.
func (b *between) again() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.replayed
}

// taken is how often the gateway accepted a frame.
func (b *between) taken(frame string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.delivered[frame]
}
