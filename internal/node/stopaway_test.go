package node_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/node"
)

// A node that lost NATS cannot know whether it was taken over, so it may not run its
// $disconnects: it leaves them in its journal soon, instead of waiting until
// --stop-patience is over (A-NODE-10).
func TestAStopWithoutNATSDoesNotWaitForIt(t *testing.T) {
	t.Parallel()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }))
	t.Cleanup(backend.Close)
	nats := newRestartableNATS(t)
	const timeout = 2 * time.Minute
	n := start(t, node.Settings{NATSURL: nats.url(), NodeName: "n", StopPatience: timeout})
	system := deployGuide(t, n, backend.URL)
	conn := dial(t, n, system.APIID)
	go func() { _, _, _ = conn.Read(context.WithoutCancel(t.Context())) }() // it answers the close frame, and ends by it
	nats.stop()
	began := time.Now()
	if err := n.Stop(context.WithoutCancel(t.Context())); err == nil || !strings.Contains(err.Error(), "1 $disconnects are not delivered yet") {
		t.Errorf("the stop says %v", err)
	}
	took := time.Since(began)
	t.Logf("it took %s", took.Round(time.Millisecond))
	if took > timeout/4 { // some seconds; much on a machine that does much else
		t.Errorf("the stop took %s of %s", took, timeout)
	}
}
