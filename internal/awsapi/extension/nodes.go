package extension

import (
	"cmp"
	"context"
	"sort"
	"time"
)

// Lease is a node's claim on its name, as the store has it.
type Lease struct {
	Node    string
	Host    string
	Process int
	RunID   string    // one run of the program
	Renewed time.Time // by the node's own clock
	Live    bool      // it was renewed in time
}

// NodeStatus is what a node reports about itself.
type NodeStatus struct {
	Address     string    `json:"address"` // its endpoint
	Version     string    `json:"version"`
	RunID       string    `json:"boot,omitempty"` // one run of the program
	Host        string    `json:"host"`
	Process     int       `json:"process"`
	StartedAt   time.Time `json:"startedAt"`
	Revision    uint64    `json:"revision"` // of the newest change of an API that it serves
	Connections int64     `json:"connections"`
	Draining    bool      `json:"draining"` // it is stopping
	// Stages are those that it has, at most 1,000; StageCount counts all.
	Stages     []ServedStage `json:"stages"`
	StageCount int           `json:"stageCount"`
}

// ServedStage is a stage as a node serves it.
type ServedStage struct {
	APIID        string `json:"apiId"`
	Stage        string `json:"stage"`
	DeploymentID string `json:"deploymentId,omitempty"` // empty: none
	Problem      string `json:"problem,omitempty"`      // why it is not the newest
}

// Status is what this node knows of itself and of the leases of all.
type Status interface {
	Status() NodeStatus
	// Leases are empty where there is no cluster.
	Leases() []Lease
}

// maxStages bounds the stages in the status of a node.
const maxStages = 1000

// Node is a node of the cluster. The members that only the node itself can report are
// missing when it does not respond.
type Node struct {
	Node  string      `json:"node"`
	State string      `json:"state"` // live; silent: it does not answer; gone: its lease has ended
	Lease *NodeLease  `json:"lease,omitempty"`
	Now   *NodeStatus `json:"now,omitempty"`
}

// NodeLease is the lease of a node, for lists.
type NodeLease struct {
	RenewedAt time.Time `json:"renewedAt"`
	RunID     string    `json:"boot"`
	Host      string    `json:"host"`
	Process   int       `json:"process"`
}

// States of a node.
const (
	NodeLive   = "live"
	NodeSilent = "silent"
	NodeGone   = "gone"
)

// NodesView are the nodes of the cluster, by name.
type NodesView struct {
	Nodes   []Node    `json:"nodes"`
	Missing []Missing `json:"missing,omitempty"`
}

var askStatus = question[struct{}, NodeStatus]{"status", func(_ context.Context, s *Services, _ struct{}) (NodeStatus, error) {
	status := s.Status.Status()
	status.StageCount = len(status.Stages)
	sort.Slice(status.Stages, func(i, j int) bool {
		a, b := &status.Stages[i], &status.Stages[j]
		return cmp.Or(cmp.Compare(a.APIID, b.APIID), cmp.Compare(a.Stage, b.Stage)) < 0
	})
	status.Stages = append([]ServedStage{}, status.Stages[:min(len(status.Stages), maxStages)]...)
	return status, nil
}}

// nodes tells of all nodes that hold a lease, live or not.
func (s Services) nodes(ctx context.Context, in languageInput) (NodesView, error) {
	parts, missing, err := askStatus.ask(ctx, &s, "", in.language(), struct{}{})
	if err != nil {
		return NodesView{}, err
	}
	out := NodesView{Nodes: []Node{}, Missing: missing}
	known := map[string]*Node{}
	at := func(name string) *Node {
		if known[name] == nil {
			known[name] = &Node{Node: name, State: NodeGone}
		}
		return known[name]
	}
	for _, lease := range s.Status.Leases() {
		n := at(lease.Node)
		n.Lease = &NodeLease{lease.Renewed, lease.RunID, lease.Host, lease.Process}
	}
	for _, m := range missing {
		at(m.Node).State = NodeSilent
	}
	for _, p := range parts {
		n := at(p.node)
		n.State, n.Now = NodeLive, &p.value
	}
	for _, n := range known {
		out.Nodes = append(out.Nodes, *n)
	}
	sort.Slice(out.Nodes, func(i, j int) bool { return out.Nodes[i].Node < out.Nodes[j].Node })
	return out, nil
}
