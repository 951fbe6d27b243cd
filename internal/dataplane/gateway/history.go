package gateway

import (
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// Find returns what this node remembers of a connection or of one request, oldest
// first. Calls for a connection of another node are remembered where they came in.
func (g *Gateway) Find(id string) []execution.Entry { return g.history.Find(id) }

// Forgot is when the oldest execution began that this node remembers; false when it
// remembers all since it started.
func (g *Gateway) Forgot() (oldest time.Time, forgot bool) { return g.history.Forgot() }

// Recent returns the last n executions on this node that match, newest first.
func (g *Gateway) Recent(n int, match func(*execution.Entry) bool) []execution.Entry {
	return g.history.Recent(n, match)
}
