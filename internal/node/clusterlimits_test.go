package node_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// A stage's cap is that of the cluster: connections open on one node count for the
// other, and free room is given to the other. Shares are divided once a second, so this
// takes some seconds.
func TestACapOfTwoNodes(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }))
	defer backend.Close()
	url := natsServer(t)
	here := start(t, node.Settings{NATSURL: url, NodeName: "here"})
	there := start(t, node.Settings{NATSURL: url, NodeName: "there"})
	system := deployGuide(t, here, backend.URL)
	_, err := here.APIs().Tagging.TagResource(t.Context(), apis.TagResourceInput{
		TagInput: apis.TagInput{ResourceARN: here.RegionAccount().APIGatewayARN("/apis/" + system.APIID + "/stages/prod")},
		Tags:     map[string]string{"pasarela:maxConnections": "4"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := there.WaitServed(t.Context(), system.APIID, "prod"); err != nil {
		t.Fatal(err)
	}
	var open []*websocket.Conn
	take := func(n *node.Node) bool {
		client, _ := testkit.Dial(t, strings.Replace(n.Endpoint(), "http", "ws", 1)+"/"+system.APIID+"/prod")
		if client == nil {
			return false
		}
		client.Conn.CloseRead(t.Context()) // it responds when it is closed
		open = append(open, client.Conn)
		return true
	}
	testkit.Eventually(t, "one node to have all four", func() bool { return take(here) && len(open) == 4 || len(open) == 4 })
	for range 3 {
		if take(here) || take(there) {
			t.Fatal("a fifth connection with a cap of four")
		}
	}
	_ = open[0].Close(websocket.StatusNormalClosure, "")
	testkit.Eventually(t, "the other node to have the free place", func() bool { return take(there) })
}
