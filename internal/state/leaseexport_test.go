package state

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Silence has s see no renewal of a run's lease for a whole lease, as if the run, which
// lives, were cut off. s has renewed its own all the time.
func (s *Store) Silence(run pasarela.Run) {
	l := s.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	l.steady = l.steady.Add(-leaseLife)
	own := l.known[l.key()]
	own.at = time.Now()
	l.known[l.key()] = own
	seen := l.known[leaseKey(run.Node)]
	seen.at = seen.at.Add(-leaseLife)
	l.known[leaseKey(run.Node)] = seen
}

// Renew renews the lease now.
func (s *Store) Renew(ctx context.Context) { s.leases.renew(ctx) }
