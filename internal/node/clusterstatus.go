package node

import (
	"context"
	"os"
	"time"

	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/state"
)

// Nodes ask each other what they know of clients and logs. The subject has an older name,
// which nodes of other versions use.
const (
	nodeQueriesSubject = "picture"
	nodeQueriesAskers  = 32 // replies under way at the same time
)

// cluster is [extension.Nodes]: this node and the others that live.
type cluster struct {
	store     *state.Store
	self      string
	clustered bool
}

// Self is [extension.Nodes].
func (c cluster) Self() string { return c.self }

// Others is [extension.Nodes].
func (c cluster) Others() []string { return c.store.Nodes() }

// Clustered is [extension.Nodes].
func (c cluster) Clustered() bool { return c.clustered }

// Ask is [extension.Nodes].
func (c cluster) Ask(ctx context.Context, node string, question []byte) ([]byte, error) {
	return c.store.Bus().Request(ctx, node, nodeQueriesSubject, question)
}

// nodeStatus is [extension.Status].
type nodeStatus struct {
	node    *Node
	started time.Time
	host    string
}

func newNodeStatus(n *Node) nodeStatus {
	host, _ := os.Hostname() // shown to people only
	return nodeStatus{n, time.Now().UTC(), host}
}

// Status is [extension.Status].
func (s nodeStatus) Status() extension.NodeStatus {
	n := s.node
	status := extension.NodeStatus{
		Address: n.endpoint, Version: n.options.Version, RunID: n.store.RunID(), Host: s.host, Process: os.Getpid(), StartedAt: s.started,
		Revision: n.watcher.Revision(), Connections: n.gateway.Stats().Open, Draining: n.ready.draining.Load(),
	}
	n.watcher.Directory.Stages(func(at *stage.Stage) {
		served := extension.ServedStage{APIID: at.APIID, Stage: at.Name}
		if d := at.Deployed(); d != nil {
			served.DeploymentID = d.DeploymentID
		}
		if problem := at.Problem(); !problem.IsZero() {
			served.Problem = problem.Error()
		}
		status.Stages = append(status.Stages, served)
	})
	return status
}

// Leases is [extension.Status].
func (s nodeStatus) Leases() []extension.Lease {
	var all []extension.Lease
	for _, l := range s.node.store.Leases() {
		all = append(all, extension.Lease(l))
	}
	return all
}

// openNodeQueries starts to answer the queries of other nodes about this one. It starts
// before the node serves and goes on after its connections have ended, so that a node
// that is stopping is still shown.
func (n *Node) openNodeQueries(_, _ context.Context) error {
	stop, err := n.store.Bus().Handle(nodeQueriesSubject, nodeQueriesAskers, func(ctx context.Context, question []byte) []byte {
		if response := n.nodeQueries.get(); response != nil {
			return (*response)(ctx, question)
		}
		return extension.NotYet()
	})
	if err == nil {
		n.onStop("the answers to other nodes", func(context.Context) error { stop(); return nil })
	}
	return err
}
