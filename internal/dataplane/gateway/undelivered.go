package gateway

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// reportEvery is the shortest time between two log lines about a stage, and reportIDs how
// many connections a line names.
const (
	reportEvery = 5 * time.Second
	reportIDs   = 100
)

// undelivered counts what could not be delivered and logs it: a line of a stage names a
// hundred connections, and what is left is logged every few seconds.
type undelivered struct {
	log  *slog.Logger
	what string // the line's message
	all  atomic.Int64

	mu     sync.Mutex
	found  map[*stageConns]*undeliveredOfStage
	report *time.Timer // nil while there is nothing to log
}

// undeliveredOfStage counts what was not logged yet of one stage.
type undeliveredOfStage struct {
	n           int
	connections []string
}

// add counts n of a connection.
func (l *undelivered) add(c *connection, n int) {
	l.all.Add(int64(n))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.found == nil {
		l.found = map[*stageConns]*undeliveredOfStage{}
	}
	found := l.found[c.stage]
	if found == nil {
		found = &undeliveredOfStage{}
		l.found[c.stage] = found
	}
	found.n += n
	if found.connections = append(found.connections, c.id); len(found.connections) == reportIDs {
		l.write(c.stage, found)
		delete(l.found, c.stage)
	}
	if l.report == nil {
		l.report = time.AfterFunc(reportEvery, l.flush)
	}
}

// flush logs what was not logged yet.
func (l *undelivered) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for at, found := range l.found {
		l.write(at, found)
	}
	l.found = nil
	if l.report != nil {
		l.report.Stop()
		l.report = nil
	}
}

func (l *undelivered) write(at *stageConns, found *undeliveredOfStage) {
	l.log.Warn(l.what, "api", at.stage.APIID, "stage", at.stage.Name, "count", found.n, "connections", found.connections)
}
