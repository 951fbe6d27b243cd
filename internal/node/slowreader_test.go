package node_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// unsent sums the messages that a log says were not sent, and lists their connections.
func unsent(t *testing.T, log *testkit.Log) (count int, connections []string) {
	t.Helper()
	for line := range strings.Lines(log.String()) {
		var said struct {
			Msg         string
			Count       int
			Connections []string
		}
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatal(err)
		}
		if said.Msg == "messages were accepted for clients and not sent before their connections ended" {
			count += said.Count
			connections = append(connections, said.Connections...)
		}
	}
	return count, connections
}

// A node of a cluster that stops gives a slow reader what was accepted for it, through
// whatever node; of one that reads nothing, the log says how many messages were not
// sent, and of which connection (A-GATEWAY-32). Neither gets a message twice.
func TestASlowReaderOfANodeThatStops(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reads   bool // while the node stops
		timeout time.Duration
	}{
		"it reads":  {true, time.Minute},
		"it sleeps": {false, 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend, ids := connectBackend(t)
			nats, log := natsServer(t), &testkit.Log{}
			there := start(t, node.Settings{NATSURL: nats, NodeName: "there"})
			here, err := node.Start(t.Context(), node.Options{
				Settings: node.Settings{NATSURL: nats, NodeName: "here", Listen: "127.0.0.1:0", DataDir: t.TempDir(), StopPatience: test.timeout},
				Log:      slog.New(slog.NewJSONHandler(log, nil)),
			})
			if err != nil {
				t.Fatal(err)
			}
			system := deployGuide(t, here, backend.URL)
			conn := dial(t, here, system.APIID)
			conn.SetReadLimit(1 << 20)
			id := <-ids
			accepted := 0
			for accepted < 400 { // until the node takes no more for this client
				push := call{"push", "execute-api", "POST", "/" + system.APIID + "/prod/@connections/" + id, "", "", strings.Repeat("x", 100<<10)}
				if status, _, _ := push.do(t, there); status != http.StatusOK {
					break
				}
				accepted++
			}
			stopped := make(chan struct{})
			go func() {
				defer close(stopped)
				_ = here.Stop(context.WithoutCancel(t.Context())) // an error where it had to cut the connection
			}()
			if !test.reads {
				<-stopped
			}
			received := 0
			for {
				if _, _, err = conn.Read(context.WithoutCancel(t.Context())); err != nil {
					break
				}
				received++
			}
			<-stopped
			unsent, connections := unsent(t, log)
			t.Logf("accepted %d, received %d, said to be unsent %d; the end: %v", accepted, received, unsent, err)
			switch {
			case test.reads && (received != accepted || unsent != 0):
				t.Errorf("of %d accepted %d were received, and %d are said to be unsent", accepted, received, unsent)
			case !test.reads && (unsent == 0 || received+unsent != accepted || !slices.Contains(connections, id)):
				t.Errorf("of %d accepted %d were received, and %d are said to be unsent, of %v", accepted, received, unsent, connections)
			}
		})
	}
}
