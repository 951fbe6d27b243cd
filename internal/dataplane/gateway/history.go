package gateway

import (
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
)

// Find returns the history of a connection or of one request on this node, oldest first;
// nil when it is not, or no more, in the history, whose size is fixed. Calls for a
// connection of another node are in the history of the node that received them.
func (g *Gateway) Find(id string) []execution.Entry { return g.history.Find(id) }

// Forgot is when the oldest execution in the history began; false when none was dropped
// since the start.
func (g *Gateway) Forgot() (oldest time.Time, forgot bool) { return g.history.Forgot() }

// Recent returns the last n executions on this node that match, newest first.
func (g *Gateway) Recent(n int, match func(*execution.Entry) bool) []execution.Entry {
	return g.history.Recent(n, match)
}
