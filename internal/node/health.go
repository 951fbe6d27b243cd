package node

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Paths that are the node's own. AWS reserves /ping and /sping on its domains
// (aws-controlplane §1); "/ready" is shorter than any API's path.
const (
	pingPath    = "/ping"
	spingPath   = "/sping"
	readyPath   = "/ready"
	metricsPath = "/metrics"
)

// readyFor is how long an answer of the store to a probe holds, so that probes
// of a load balancer do not become writes on the disk one by one.
const readyFor = 5 * time.Second

// readiness answers whether the node can do its work: identity follows the
// store, and the store takes writes.
type readiness struct {
	check func(context.Context) error

	mu     sync.Mutex
	asked  time.Time
	answer error
}

func (r *readiness) now(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.asked) >= readyFor {
		r.answer, r.asked = r.check(ctx), time.Now()
	}
	return r.answer
}

func (r *readiness) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if err := r.now(context.WithoutCancel(request.Context())); err != nil {
		writeStatus(w, http.StatusServiceUnavailable, "unavailable", err.Error())
		return
	}
	writeStatus(w, http.StatusOK, "ready", "")
}

// ping says that the process answers, and nothing else: a store in trouble is
// no reason to kill the process that serves sockets.
func ping(w http.ResponseWriter, _ *http.Request) { writeStatus(w, http.StatusOK, "healthy", "") }

func writeStatus(w http.ResponseWriter, status int, word, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct {
		Status string `json:"status"`
		Reason string `json:"reason,omitempty"`
	}{word, reason})
}
