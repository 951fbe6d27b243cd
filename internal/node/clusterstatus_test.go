package node_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/node"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// Any node of a cluster tells of all of them: who is connected where, what happened,
// which nodes there are and what they serve.
func TestOnePictureOfTwoNodes(t *testing.T) {
	backend, ids := connectBackend(t)
	url := natsServer(t)
	here := start(t, node.Settings{NATSURL: url, NodeName: "here"})
	there := start(t, node.Settings{NATSURL: url, NodeName: "there"})
	system := deployGuide(t, here, backend.URL, there)
	dial(t, here, system.APIID).CloseRead(t.Context()) // it responds when it is closed
	dial(t, there, system.APIID).CloseRead(t.Context())
	<-ids
	<-ids
	key := here.Credentials()
	client := &extension.Client{
		Endpoint: here.Endpoint(), Region: key.Region,
		Credentials: aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey},
	}
	var open extension.Connections
	var err error
	testkit.Eventually(t, "two connections", func() bool { // a client gets its 101 a moment earlier
		open, err = client.Connections(t.Context())
		return err != nil || len(open.Connections) == 2
	})
	slices.SortFunc(open.Connections, func(a, b extension.Connection) int { return cmp.Compare(a.Node, b.Node) }) // ids of one millisecond have no order
	if err != nil || open.Total != 2 || open.Connections[0].Node != "here" || open.Connections[1].Node != "there" || len(open.Missing) != 0 {
		t.Fatalf("%+v, %v", open, err)
	}
	// What the other node says follows a moment after its client's 101.
	testkit.Eventually(t, "an explanation by the other node", func() bool {
		text, _, err := client.Explain(t.Context(), open.Connections[1].ConnectionID)
		return err == nil && strings.Contains(text, "node there") && strings.HasPrefix(text, "The connection is open. Every execution went well")
	})
	testkit.Eventually(t, "both nodes, with one revision served", func() bool {
		found, err := client.Nodes(t.Context())
		return err == nil && len(found.Nodes) == 2 && shows(found.Nodes[0], here) && shows(found.Nodes[1], there) &&
			found.Nodes[0].Now.Revision == found.Nodes[1].Now.Revision
	})
	stop(t, there)
	testkit.Eventually(t, "the end of the other's lease", func() bool {
		open, err := client.Connections(t.Context())
		return err == nil && open.Total == 1 && len(open.Nodes) == 1 && len(open.Missing) == 0
	})
}

// shows tells whether a row has all that is known of a node with one connection.
func shows(row extension.Node, n *node.Node) bool {
	return row.Now != nil && row.State == extension.NodeLive && row.Now.Address == n.Endpoint() && row.Now.Connections == 1 &&
		row.Lease != nil && row.Lease.RunID == row.Now.RunID && len(row.Now.Stages) == 1 && row.Now.Stages[0].DeploymentID != ""
}
