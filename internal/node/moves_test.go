package node_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A node of three is stopped and started again; its client, which has a session, moves to
// another node and comes back, and gets all messages that were posted through any node by
// the id that its backend has (A-GATEWAY-59). A stop takes three seconds, and the takeover
// two.
func TestAClientComesBackToAnotherNode(t *testing.T) {
	t.Parallel() // it waits: a node takes nothing over before it has seen the others for a lease
	backend, ids := connectBackend(t)
	settings := make([]node.Settings, 3)
	nodes := make([]*node.Node, len(settings))
	url := natsServer(t)
	for i, name := range []string{"one", "two", "three"} {
		settings[i] = node.Settings{NATSURL: url, NodeName: name, DataDir: t.TempDir()}
		nodes[i] = start(t, settings[i])
	}
	system := deployGuide(t, nodes[0], backend.URL, nodes[1:]...)
	conn := dialSession(t, nodes[0], system.APIID)
	id := testkit.Receive(t, ids, "$connect")
	stop(t, nodes[0])
	testkit.EventuallyNil(t, func() error { return post(t, nodes[2], system.APIID, id, "away") }) // the run is not taken over at once
	_ = conn.CloseNow()
	conn = dialSession(t, nodes[1], system.APIID)
	nodes[0] = start(t, settings[0])
	if err := nodes[0].WaitServed(t.Context(), system.APIID, "prod"); err != nil {
		t.Fatal(err)
	}
	wants := []string{"away"}
	for i, n := range nodes {
		wants = append(wants, fmt.Sprint("there ", i))
		testkit.EventuallyNil(t, func() error { return post(t, n, system.APIID, id, wants[i+1]) })
	}
	read(t, conn, wants...)
	_ = conn.CloseNow()
	if err := post(t, nodes[0], system.APIID, id, "away again"); err != nil {
		t.Fatal(err)
	}
	conn = dialSession(t, nodes[0], system.APIID)
	read(t, conn, "away again")
	if len(ids) != 0 {
		t.Error("$connect ran again")
	}
}

// read reads messages in order; those that were read before may come again.
func read(t *testing.T, conn *websocket.Conn, wants ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
	defer cancel()
	for _, want := range wants {
		for got := ""; got != want; {
			_, text, err := conn.Read(ctx)
			if err != nil {
				t.Fatalf("waiting for %q: %v", want, err)
			}
			got = string(text)
		}
	}
}

// dialSession connects with a session, again while the client is told to come again.
func dialSession(t *testing.T, n *node.Node, apiID string) (conn *websocket.Conn) {
	t.Helper()
	url := strings.Replace(n.Endpoint(), "http", "ws", 1) + "/" + apiID + "/prod?reportType=ventas&pasarela-session=secret-of-the-client-1"
	testkit.EventuallyNil(t, func() (err error) {
		ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
		defer cancel()
		conn, _, err = websocket.Dial(ctx, url, nil) // it is the connection's
		return err
	})
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}
