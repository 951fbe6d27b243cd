// Package metrics exports a node's counters to Prometheus. The counters are atomic
// numbers beside the code that counts; this package reads them at each scrape.
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
)

// Sources are what is shown. All are required.
type Sources struct {
	Gateway   *gateway.Gateway
	Directory *stage.Directory
	// Backends is what the client of backends does.
	Backends func() backend.Stats
	// LogDropped is how many bytes of logs found no room.
	LogDropped func() int64
	// BodiesRefused is how many requests found no memory for their bodies.
	BodiesRefused func() int64
	// StoreUp says whether the store responds.
	StoreUp func() bool
	Version string
}

// maxScrapes bounds concurrent scrapes, so that one that hangs does not pile up others.
const maxScrapes = 4

// New makes the handler of the metrics page.
func New(s Sources) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&collector{s},
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes})
}
