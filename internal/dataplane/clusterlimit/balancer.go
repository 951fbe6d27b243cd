package clusterlimit

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
)

// Nodes are the nodes of the cluster.
type Nodes interface {
	Self() string
	// Others are the names of the other nodes that are known to live.
	Others() []string
	// Seen says whether this node sees the others: one that is cut off keeps its shares.
	Seen() bool
	// Ask sends this node's report to another node and returns its response, which that
	// node's [Balancer.Receive] makes.
	Ask(ctx context.Context, node string, report []byte) ([]byte, error)
}

// Limits are those of this node.
type Limits interface {
	// Caps visits the stages that have a cap, by a key that is the same on all nodes.
	Caps(visit func(key string, cap int64, of *Cap))
	// Buckets visits the throttles, by a key that is the same on all nodes.
	Buckets(visit func(key string, bucket *throttle.Bucket))
	// Divided sets the number of nodes among which limits without a share yet are
	// divided.
	Divided(nodes int)
}

// Cap is what a node counts for a cap.
type Cap struct {
	Open    *atomic.Int64 // connections
	Asked   atomic.Int64  // handshakes so far, those that were refused too
	Granted atomic.Int64  // the node's share plus one; 0: it has none yet
}

// Share is how many connections the node may have of a cap that is divided among so
// many nodes.
func (c *Cap) Share(cap int64, nodes int64) int64 {
	if nodes <= 1 {
		return cap
	}
	if granted := c.Granted.Load(); granted > 0 {
		return min(granted-1, cap)
	}
	return max(1, cap/nodes)
}

// Report is what one node tells the others.
type Report struct {
	Node  string             `json:"node"`
	Caps  map[string]Use     `json:"caps,omitempty"`
	Rates map[string]float64 `json:"rates,omitempty"` // requests a second asked of throttles
}

const (
	every         = time.Second
	answerTimeout = 800 * time.Millisecond // for the answer of a node
	slowest       = 0.01                   // requests a second; below it there is no demand
)

// Balancer keeps the shares of this node up to date. Make one with [New].
type Balancer struct {
	nodes  Nodes
	limits Limits

	mu      sync.Mutex
	own     Report
	others  map[string]Report
	asked   map[string]int64 // of caps, at the last look
	demands map[string]float64
}

// New makes a balancer. [Balancer.Receive] serves the reports of other nodes.
func New(nodes Nodes, limits Limits) *Balancer {
	return &Balancer{nodes: nodes, limits: limits, others: map[string]Report{}, asked: map[string]int64{}, demands: map[string]float64{}}
}

// Run divides once a second until ctx ends.
func (b *Balancer) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			b.Step(ctx)
		}
	}
}

// Step is one round: it counts, tells the others, and divides.
func (b *Balancer) Step(ctx context.Context) {
	others := b.nodes.Others()
	if !b.nodes.Seen() {
		return
	}
	b.count()
	b.limits.Divided(len(others) + 1)
	if len(others) > 0 {
		b.exchangeReports(ctx, others)
	}
	b.divide(others)
}

// Receive takes the report of another node and returns this one's.
func (b *Balancer) Receive(_ context.Context, data []byte) []byte {
	var report Report
	b.mu.Lock()
	defer b.mu.Unlock()
	if json.Unmarshal(data, &report) == nil && report.Node != "" {
		b.others[report.Node] = report
		b.limits.Divided(len(b.others) + 1) // a node that has just joined counts at once
	}
	text, err := json.Marshal(b.own)
	if err != nil {
		return nil // a report always marshals
	}
	return text
}

// count reads what this node uses.
func (b *Balancer) count() {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := Report{Node: b.nodes.Self(), Caps: map[string]Use{}, Rates: map[string]float64{}}
	known := map[string]bool{}
	b.limits.Caps(func(key string, cap int64, of *Cap) {
		asked := of.Asked.Load()
		demand := b.smooth("cap "+key, float64(asked-b.asked[key]))
		known["cap "+key] = true
		b.asked[key] = asked
		granted := of.Granted.Load() - 1
		if granted < 0 {
			granted = of.Open.Load() // until there is a share, the share is what is open
		}
		next.Caps[key] = Use{Open: of.Open.Load(), Granted: granted, Asked: demand}
	})
	b.limits.Buckets(func(key string, bucket *throttle.Bucket) {
		known["rate "+key] = true
		if demand := b.smooth("rate "+key, float64(bucket.TakeAsked())); demand >= slowest {
			next.Rates[key] = demand
		}
	})
	for name := range b.demands {
		if !known[name] {
			delete(b.demands, name)
		}
	}
	for key := range b.asked {
		if !known["cap "+key] {
			delete(b.asked, key)
		}
	}
	b.own = next
}

func (b *Balancer) smooth(name string, now float64) float64 {
	if before, ok := b.demands[name]; ok {
		now = smoothing*now + (1-smoothing)*before
	}
	b.demands[name] = now
	return now
}

// exchangeReports exchanges reports with the other nodes, if there is anything to divide, and with
// those that have not reported yet. A node that does not respond keeps its last report.
func (b *Balancer) exchangeReports(ctx context.Context, others []string) {
	b.mu.Lock()
	own, err := json.Marshal(b.own)
	idle := len(b.own.Caps) == 0 && len(b.demands) == 0
	var asked []string
	for _, node := range others {
		if _, known := b.others[node]; !idle || !known {
			asked = append(asked, node)
		}
	}
	b.mu.Unlock()
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	var work sync.WaitGroup
	for _, node := range asked {
		work.Go(func() {
			var report Report
			data, err := b.nodes.Ask(ctx, node, own)
			if err != nil || json.Unmarshal(data, &report) != nil || report.Node != node {
				return
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			b.others[node] = report
		})
	}
	work.Wait()
}

// divide computes this node's shares from the reports.
func (b *Balancer) divide(others []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	live := map[string]bool{}
	for _, node := range others {
		live[node] = true
	}
	for node := range b.others {
		if !live[node] {
			delete(b.others, node)
		}
	}
	b.divideCaps(others)
	b.divideRates(others)
}

// divideCaps computes this node's parts of the caps. b.mu is held.
func (b *Balancer) divideCaps(others []string) {
	names, self := sorted(b.own.Node, others)
	b.limits.Caps(func(key string, cap int64, of *Cap) {
		own, counted := b.own.Caps[key]
		if !counted {
			return // it came since
		}
		uses := make([]Use, len(names))
		for i, name := range names {
			use, known := b.others[name].Caps[key]
			switch {
			case name == b.own.Node:
				uses[i] = own
			case known:
				uses[i] = use
			default: // it lives and has not reported: it may have taken an equal part
				uses[i] = Use{Granted: cap / int64(len(names))}
			}
		}
		granted := nextGrant(cap, uses, self)
		of.Granted.Store(granted + 1)
		own.Granted = granted
		b.own.Caps[key] = own
	})
}

// divideRates computes this node's shares of the rates. b.mu is held.
func (b *Balancer) divideRates(others []string) {
	b.limits.Buckets(func(key string, bucket *throttle.Bucket) {
		demands := make([]float64, len(others))
		for i, node := range others {
			demands[i] = b.others[node].Rates[key]
		}
		should := shareOfRate(b.own.Rates[key], demands)
		if bucket.Share() == 1 { // it is new, or was not divided
			bucket.SetShare(should)
			return
		}
		bucket.SetShare(nextShare(bucket.Share(), should))
	})
}
