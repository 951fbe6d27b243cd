package gateway

import (
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
)

// pastConns are the resumable connections that ended on this node recently, or left it, and
// those of which the journals of lost runs said so. A node that a connection was moving to,
// and that was lost, may have left a record of it whose successor asks whether a node holds
// the connection. Without pastConns nobody might say that this record is out of date, and a
// connection that has had its $disconnect would have a second one. What is in pastConns stays
// in the journal, so that it outlives this node.
type pastConns struct {
	mu          sync.Mutex
	began       time.Time         // when newer began
	newer, late map[string]uint64 // the number of the move by which it left, or journal.Ended
}

// How many are known: the newest pastKept for at least pastFor, and at most twice as many for
// twice as long.
const (
	pastKept = 10_000
	pastFor  = 10 * time.Minute
)

// note adds that a connection left by a move, or ended; an earlier note of a lower number is
// replaced.
func (p *pastConns) note(connectionID string, move uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.newer == nil || len(p.newer) >= pastKept || time.Since(p.began) > pastFor {
		p.newer, p.late, p.began = map[string]uint64{}, p.newer, time.Now()
	}
	p.newer[connectionID] = max(move, p.newer[connectionID], p.late[connectionID])
}

// get is the highest number that is known of a connection; 0: none is.
func (p *pastConns) get(connectionID string) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(p.newer[connectionID], p.late[connectionID])
}

// each calls visit for what is known when it looks; no lock is held meanwhile.
func (p *pastConns) each(visit func(connectionID string, move uint64)) {
	p.mu.Lock()
	all := make(map[string]uint64, len(p.newer)+len(p.late))
	for _, some := range []map[string]uint64{p.late, p.newer} {
		for id, move := range some {
			all[id] = max(move, all[id])
		}
	}
	p.mu.Unlock()
	for id, move := range all {
		visit(id, move)
	}
}

// noteEnded is called when a connection's $disconnect has run or was given up.
func (g *Gateway) noteEnded(c *connection) {
	if c.resume != nil {
		g.past.note(c.id, journal.Ended)
	}
}

// Learn takes in what the journals of a lost run say of connections that ended or left
// there. It must be called before [Gateway.Recover] for the records of these journals.
func (g *Gateway) Learn(of *journal.Owed) {
	if g.journal == nil {
		return
	}
	of.Past(func(id string, move uint64) {
		g.past.note(id, move)
		g.journal.Past(id, move)
	})
}
