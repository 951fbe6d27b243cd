package node_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A node of a cluster whose store is away says so and stays ready; it heals by itself
// (A-NODE-13). It takes as long as a lease.
func TestANodeWithoutItsStoreIsDegraded(t *testing.T) {
	dir, port := t.TempDir(), -1
	serve := func() *server.Server {
		options := &server.Options{}
		if err := options.ProcessConfigString("jetstream { sync_interval: always }\nmax_payload: 40MB\nmax_pending: 128MB"); err != nil {
			t.Fatal(err)
		}
		options.Host, options.Port, options.StoreDir, options.NoSigs, options.NoLog = "127.0.0.1", port, dir, true, true
		running, err := server.NewServer(options)
		if err != nil {
			t.Fatal(err)
		}
		running.Start()
		t.Cleanup(func() { running.Shutdown(); running.WaitForShutdown() })
		if !running.ReadyForConnections(20 * time.Second) {
			t.Fatal("the NATS server does not start")
		}
		return running
	}
	store := serve()
	n := start(t, node.Settings{NATSURL: store.ClientURL(), NodeName: "n"})
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
	port = store.Addr().(*net.TCPAddr).Port
	store.Shutdown()
	store.WaitForShutdown()
	testkit.Eventually(t, "the node to be degraded", says("degraded", "pasarela_store_up 0"))
	serve()
	testkit.Eventually(t, "the node to be ready again", says("ready", "pasarela_store_up 1"))
	stop(t, n) // before its store
}
