package node

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Paths that are the node's own. AWS reserves /ping and /sping on its domains
// (aws-controlplane §1); "/ready" is shorter than any API's path.
const (
	pingPath    = "/ping"
	spingPath   = "/sping"
	readyPath   = "/ready"
	readyzPath  = "/readyz" // the same, as Kubernetes spells it
	metricsPath = "/metrics"
)

// readyFor is how long the result of a check is reused, so that frequent probes of a load
// balancer do not each write to the disk.
const readyFor = 5 * time.Second

// readiness says whether the node can do its work: identity follows the
// store, the store takes writes, and the node is not about to stop.
type readiness struct {
	check    func(context.Context) (degraded, failed error) // nil before the node serves
	draining atomic.Bool

	mu               sync.Mutex
	asked            time.Time
	degraded, failed error
}

// now is the answer of the last check, or of a new one when that is older than [readyFor].
// Probes that come meanwhile wait for it.
func (r *readiness) now(ctx context.Context) (degraded, failed error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.asked) >= readyFor {
		r.degraded, r.failed = r.check(ctx)
		r.asked = time.Now()
	}
	return r.degraded, r.failed
}

// drain makes every later check fail, and says whether a probe can have seen the node as
// ready before.
func (r *readiness) drain() bool {
	r.draining.Store(true)
	return r.check != nil
}

// ServeHTTP responds with 200, or with 503 and the reason. A client that cancels must not
// cancel the check, since other probes wait for the same result.
func (r *readiness) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if r.draining.Load() {
		writeStatus(w, http.StatusServiceUnavailable, "draining", "the node is stopping")
		return
	}
	degraded, failed := r.now(context.WithoutCancel(request.Context()))
	switch {
	case failed != nil:
		writeStatus(w, http.StatusServiceUnavailable, "unavailable", failed.Error())
	case degraded != nil:
		writeStatus(w, http.StatusOK, "degraded", degraded.Error())
	default:
		writeStatus(w, http.StatusOK, "ready", "")
	}
}

// ping says only that the process responds: a store that fails is no reason to kill a
// process that serves sockets.
func ping(w http.ResponseWriter, _ *http.Request) { writeStatus(w, http.StatusOK, "healthy", "") }

// writeStatus writes {"status": word, "reason": ...}, which caches must not keep.
func writeStatus(w http.ResponseWriter, status int, word, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct {
		Status string `json:"status"`
		Reason string `json:"reason,omitempty"`
	}{word, reason})
}

// fromPrivateNetwork allows requests from this machine or a private network that did not come by a
// proxy (behind which every client has the proxy's address), nor by a host name that a
// page on the Internet may have rebound to this machine (A-NODE-1). endpoint is the
// node's own URL.
func fromPrivateNetwork(endpoint string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		ip := net.ParseIP(host)
		proxied := r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("X-Forwarded-Proto") != "" || r.Header.Get("Via") != ""
		if err != nil || ip == nil || proxied || !ip.IsLoopback() && !ip.IsPrivate() || !meansThisNode(r.Host, endpoint) {
			writeStatus(w, http.StatusForbidden, "forbidden", "metrics are for this machine and its private network, by its address, a private name or the host of --public-endpoint")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// meansThisNode tells whether a host of a request can only mean this node: an address, a
// name that cannot be registered (RFC 6761, RFC 6762, RFC 8375; .internal; cluster.local is
// Kubernetes' own), or that of the node's endpoint.
func meansThisNode(host, endpoint string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	name = strings.ToLower(strings.Trim(strings.TrimSuffix(name, "."), "[]"))
	if net.ParseIP(name) != nil || !strings.Contains(name, ".") {
		return true
	}
	for _, end := range [...]string{".localhost", ".local", ".internal", ".home.arpa"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	own, err := url.Parse(endpoint)
	return err == nil && strings.EqualFold(own.Hostname(), name)
}
