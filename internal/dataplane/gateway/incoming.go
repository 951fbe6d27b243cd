package gateway

import (
	"sync"
)

// incomingConns are connections that are moving to this node: they are in its journal,
// but the other node may still hold them.
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

// end removes r, and first calls enter if it is not nil; false when r was removed before.
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

// each calls visit for those that are there when it looks; no lock is held meanwhile.
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
