// Package natsserver starts NATS servers for tests, in this process.
package natsserver

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Settings are the settings that a store's server must have (docs/operations.md): it
// syncs each write before it acknowledges it.
const Settings = "jetstream { sync_interval: always }\nmax_payload: 40MB\nmax_pending: 128MB\n"

// Options of a server.
type Options struct {
	Settings string // as in a file of nats-server; "" is Settings
	Name     string // "" is one that the server generates
	Dir      string // of its streams; "" is one of the test's own
	Port     int    // of the loopback interface; 0 is any that is free
}

// Start starts a server that ends with the test.
func Start(t testing.TB, o Options) *server.Server {
	t.Helper()
	running, err := start(t, o)
	if err != nil {
		t.Fatal(err)
	}
	if !running.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	return running
}

// StartCluster starts the servers of one cluster: s0, s1 and so on. routes are the ports
// of the loopback interface on which they meet.
func StartCluster(t testing.TB, routes []int) []*server.Server {
	t.Helper()
	addresses := ""
	for _, port := range routes {
		addresses += fmt.Sprintf("\"nats://127.0.0.1:%d\", ", port)
	}
	servers := make([]*server.Server, len(routes))
	for i, port := range routes {
		var err error
		servers[i], err = start(t, Options{
			Settings: fmt.Sprintf("%scluster { name: test, listen: \"127.0.0.1:%d\", routes: [%s] }\n", Settings, port, addresses), Name: fmt.Sprint("s", i),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, running := range servers {
		if !running.ReadyForConnections(20 * time.Second) {
			t.Fatal("a NATS server does not start")
		}
	}
	return servers
}

func start(t testing.TB, o Options) (*server.Server, error) {
	options := &server.Options{}
	if o.Settings == "" {
		o.Settings = Settings
	}
	if err := options.ProcessConfigString(o.Settings); err != nil {
		return nil, err
	}
	if o.Port == 0 {
		o.Port = server.RANDOM_PORT
	}
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Name != "" {
		options.ServerName = o.Name
	}
	options.Host, options.Port, options.StoreDir, options.NoSigs, options.NoLog = "127.0.0.1", o.Port, o.Dir, true, true
	running, err := server.NewServer(options)
	if err != nil {
		return nil, err
	}
	running.Start()
	t.Cleanup(func() { running.Shutdown(); running.WaitForShutdown() })
	return running, nil
}
