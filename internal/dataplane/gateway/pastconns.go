package gateway

import "sync"

// endedConns are the resumable connections whose $disconnect this process ran recently.
// A node that was taking one over or moving it, and was lost, may have left a record of
// it, whose successor asks whether a node holds the connection. Without endedConns the
// answer "no" would make it run the $disconnect again.
type endedConns struct {
	mu          sync.Mutex
	newer, late map[string]struct{}
}

// endedKept bounds them: the newest so many are known, and at most twice as many.
const endedKept = 20_000

func (e *endedConns) add(c *connection) {
	if c.resume == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.newer == nil || len(e.newer) >= endedKept {
		e.newer, e.late = map[string]struct{}{}, e.newer
	}
	e.newer[c.id] = struct{}{}
}

func (e *endedConns) has(connectionID string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, newer := e.newer[connectionID]
	_, late := e.late[connectionID]
	return newer || late
}
