package state

import (
	"sort"
	"time"
)

// Lease is a node's claim on its name.
type Lease struct {
	Node    string
	Host    string // shown to people only
	Process int
	RunID   string    // one run of the program
	Renewed time.Time // by the node's own clock
	Live    bool      // it was renewed in time, as far as this node has seen
}

// Leases are those of all nodes of the cluster by name, this one's too; none for an
// embedded store. Nodes that gave theirs back are not among them; nodes that died are,
// with Live false, until a takeover removes their lease.
func (s *Store) Leases() []Lease {
	if s.leases == nil {
		return nil
	}
	return s.leases.view()
}

// RunID names this run of the program in its lease; empty for an embedded store.
func (s *Store) RunID() string {
	if s.leases == nil {
		return ""
	}
	return s.leases.run().ID
}

func (l *leases) view() []Lease {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Lease, 0, len(l.known))
	for _, o := range l.known {
		all = append(all, Lease{o.Node, o.Host, o.Process, o.RunID, o.Renewed, o.runs()})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Node < all[j].Node })
	return all
}

// SeesOthers says whether this node is known to see the store, and with it the leases of
// the others: its watch has delivered its own lease within two renewals (6 s). Always true
// for an embedded store.
func (s *Store) SeesOthers() bool { return s.leases == nil || s.leases.current() }

// current says whether the watch has delivered this node's own lease recently.
func (l *leases) current() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	own, ok := l.known[l.key()]
	return ok && time.Since(own.at) <= 2*renewEvery
}
