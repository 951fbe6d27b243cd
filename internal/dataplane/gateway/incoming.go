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

func (c *incomingConns) add(r *resumable) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID == nil {
		c.byID, c.byKey = map[string]*resumable{}, map[sessionKey]*resumable{}
	}
	c.byID[r.c.id], c.byKey[r.key] = r, r
}

// remove removes r, and first calls before if it is not nil; false when r was removed already.
func (c *incomingConns) remove(r *resumable, before func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID[r.c.id] != r {
		return false
	}
	if before != nil {
		before()
	}
	delete(c.byID, r.c.id)
	if c.byKey[r.key] == r {
		delete(c.byKey, r.key)
	}
	return true
}

// ifThere calls do if r is there, and r stays until do has returned; it says whether it did.
func (c *incomingConns) ifThere(r *resumable, do func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID[r.c.id] != r {
		return false
	}
	do()
	return true
}

func (c *incomingConns) get(connectionID string) *resumable {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byID[connectionID]
}

func (c *incomingConns) hasSession(key sessionKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byKey[key] != nil
}

// each calls visit for those that are there when it looks; no lock is held meanwhile.
func (c *incomingConns) each(visit func(*resumable)) {
	c.mu.Lock()
	all := make([]*resumable, 0, len(c.byID))
	for _, r := range c.byID {
		all = append(all, r)
	}
	c.mu.Unlock()
	for _, r := range all {
		visit(r)
	}
}
