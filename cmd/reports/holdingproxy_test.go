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

// holdingProxy is a proxy between the program and the gateway. On request it holds back
// the gateway's responses to the frames that end reports: then the client has the
// frame and the program does not know.
type holdingProxy struct {
	*httptest.Server
	proxy *httputil.ReverseProxy

	mu       sync.Mutex
	left     int // responses to let through before holding; below 0: never hold
	holding  chan struct{}
	replayed int

	delivered map[string]int // frames that end reports, by id: how often the gateway took each
}

type ending struct{} // in the context of a request that ends a report: the frame's id

func startProxy(t *testing.T, gateway string) *holdingProxy {
	t.Helper()
	target, err := url.Parse(gateway)
	if err != nil {
		t.Fatal(err)
	}
	p := &holdingProxy{left: -1, delivered: map[string]int{}}
	p.proxy = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: p.modifyResponse,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil { // else the program was killed and does not read the response
				t.Logf("the gateway did not answer: %v", err)
			}
			w.WriteHeader(http.StatusBadGateway) // without it the answer would be 200
		},
	}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *holdingProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	p.proxy.ServeHTTP(w, r)
}

func (p *holdingProxy) modifyResponse(response *http.Response) error {
	ctx := response.Request.Context()
	frame, ends := ctx.Value(ending{}).(string)
	if !ends || response.StatusCode != http.StatusOK {
		return nil
	}
	p.mu.Lock()
	p.delivered[frame]++
	p.mu.Unlock()
	if !p.mayPass(response.Header.Get("Idempotent-Replayed") == "true") {
		<-ctx.Done() // until the program is dead
	}
	return ctx.Err()
}

func (p *holdingProxy) mayPass(replayed bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if replayed {
		p.replayed++
	}
	if p.left < 0 {
		return true
	}
	if p.left > 0 {
		p.left--
		return true
	}
	select {
	case <-p.holding:
	default:
		close(p.holding)
	}
	return false
}

// holdAfter holds the responses back after so many more; the channel closes when the
// first is held.
func (p *holdingProxy) holdAfter(responses int) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.holding = responses, make(chan struct{})
	return p.holding
}

func (p *holdingProxy) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = -1
}

// repeats is how often the gateway answered that it had delivered a frame before.
func (p *holdingProxy) repeats() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.replayed
}

// taken is how often the gateway accepted a frame.
func (p *holdingProxy) taken(frame string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.delivered[frame]
}
