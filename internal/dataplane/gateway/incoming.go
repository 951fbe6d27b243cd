package gateway

import (
	"sync"
)

// incomingConns are the connections that are on their way to this node: they are in its journal,
// and it is not sure that they are its own.
type incomingConns struct {
	mu    sync.Mutex
	byID  map[string]*resumable
	byKey map[sessionKey]*resumable
}

func (a *incomingConns) add(r *resumable) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byID == nil {
		a.byID, a.byKey = map[string]*resumable{}, map[sessionKey]*resumable{}
	}
	a.byID[r.c.id], a.byKey[r.key] = r, r
}

// end ends the arrival of r, after enter where that is given; false when it had been
// ended before.
func (a *incomingConns) end(r *resumable, enter func()) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byID[r.c.id] != r {
		return false
	}
	if enter != nil {
		enter()
	}
	delete(a.byID, r.c.id)
	if a.byKey[r.key] == r {
		delete(a.byKey, r.key)
	}
	return true
}

func (a *incomingConns) get(connectionID string) *resumable {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byID[connectionID]
}

func (a *incomingConns) hasSession(key sessionKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byKey[key] != nil
}

// each visits a copy.
func (a *incomingConns) each(visit func(*resumable)) {
	a.mu.Lock()
	all := make([]*resumable, 0, len(a.byID))
	for _, r := range a.byID {
		all = append(all, r)
	}
	a.mu.Unlock()
	for _, r := range all {
		visit(r)
	}
}
