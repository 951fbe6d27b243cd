package node

import (
	"context"

	"github.com/pasarela-ws/pasarela/internal/dataplane/clusterlimit"
	"github.com/pasarela-ws/pasarela/internal/state"
)

const (
	clusterLimitsSubject = "shares" // an older name: nodes tell each other what they use of limits of the cluster
	clusterLimitsAskers  = 8
)

// clusterLimitNodes is [clusterlimit.Nodes].
type clusterLimitNodes struct {
	store *state.Store
	self  string
}

// Self is [clusterlimit.Nodes].
func (n clusterLimitNodes) Self() string { return n.self }

// Others is [clusterlimit.Nodes].
func (n clusterLimitNodes) Others() []string { return n.store.Nodes() }

// Seen is [clusterlimit.Nodes].
func (n clusterLimitNodes) Seen() bool { return n.store.SeesOthers() }

// Ask is [clusterlimit.Nodes].
func (n clusterLimitNodes) Ask(ctx context.Context, node string, report []byte) ([]byte, error) {
	return n.store.Bus().Request(ctx, node, clusterLimitsSubject, report)
}

// openClusterLimits divides the limits of the cluster among its nodes, and has a share of each
// before clients come.
func (n *Node) openClusterLimits(ctx, running context.Context) error {
	if n.options.NATSURL == "" {
		return nil
	}
	balancer := clusterlimit.New(clusterLimitNodes{n.store, n.options.NodeName}, n.gateway.ClusterLimits())
	stop, err := n.store.Bus().Handle(clusterLimitsSubject, clusterLimitsAskers, balancer.Receive)
	if err != nil {
		return err
	}
	n.onStop("the division of limits", func(context.Context) error { stop(); return nil })
	balancer.Step(ctx)
	balancer.Step(ctx) // with the uses that the other nodes reported in the first step
	n.run(running, "division of limits among the nodes", balancer.Run)
	return nil
}
