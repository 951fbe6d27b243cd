package node_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A node of a cluster whose store is unreachable reports it and stays ready, and
// recovers by itself (A-NODE-13). The test takes as long as a lease.
func TestANodeWithoutItsStoreIsDegraded(t *testing.T) {
	t.Parallel()
	store := newRestartableNATS(t)
	n := start(t, node.Settings{NATSURL: store.url(), NodeName: "n"})
	says := func(word, metric string) func() bool {
		return func() bool {
			status, body := get(t, n.Endpoint()+"/readyz")
			_, metrics := get(t, n.Endpoint()+"/metrics")
			if status != http.StatusOK {
				t.Fatalf("%d %s", status, body)
			}
			return strings.Contains(body, `"`+word+`"`) && strings.Contains(metrics, metric)
		}
	}
	testkit.Eventually(t, "the node to be ready", says("ready", "pasarela_store_up 1"))
	store.stop()
	testkit.Eventually(t, "the node to be degraded", says("degraded", "pasarela_store_up 0"))
	store.serve(t)
	testkit.Eventually(t, "the node to be ready again", says("ready", "pasarela_store_up 1"))
	stop(t, n) // before its store
}
