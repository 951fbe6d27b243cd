package state

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Silence has s see no renewal of a run's lease for a whole lease, as if the run, which
// lives, were cut off. s has renewed its own all the time.
func (s *Store) Silence(run pasarela.Run) {
	s.Steady()
	l := s.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.known[leaseKey(run.Node)]
	seen.at = seen.at.Add(-leaseLife)
	l.known[leaseKey(run.Node)] = seen
}

// Steady has s have seen its own renewals for a whole lease.
func (s *Store) Steady() {
	l := s.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	l.steady = l.steady.Add(-leaseLife)
	own := l.known[l.key()]
	own.at = time.Now()
	l.known[l.key()] = own
}

// KnowsForALease has s have seen a node's run for a whole lease.
func (s *Store) KnowsForALease(node string) {
	l := s.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.known[leaseKey(node)]
	seen.since = seen.since.Add(-leaseLife)
	l.known[leaseKey(node)] = seen
}

// Renew renews the lease now.
func (s *Store) Renew(ctx context.Context) { s.leases.renew(ctx) }

// RenewalOf has a renewal of the lease that began now meet another revision, when it is called.
func (s *Store) RenewalOf() (conflicts func(context.Context)) {
	l := s.leases
	l.mu.Lock()
	mine := l.mine
	l.mu.Unlock()
	return func(ctx context.Context) { l.conflicted(ctx, mine) }
}
