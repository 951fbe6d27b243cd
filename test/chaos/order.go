package main

import (
	"fmt"
	"slices"
	"time"
)

// cameBack notes that a client with a session has another socket, at that node.
func (l *ledger) cameBack(client string, node int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resumed++
	if of := l.lives[l.byName[client]]; of != nil {
		of.last, of.came = node, time.Now()
	}
}

// saysGoodbye notes that a client is about to send its close frame: its connection ends when
// its node reads that, even if the client gets no answer and comes back.
func (l *ledger) saysGoodbye(client string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if of := l.lives[l.byName[client]]; of != nil && of.goodbye.IsZero() {
		of.goodbye = time.Now()
	}
}

// away notes that a socket of a client with a session has ended.
func (l *ledger) away(client string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if of := l.lives[l.byName[client]]; of != nil {
		of.left = time.Now()
	}
}

// resumeWindow is how long a connection waits for its client in a run with sessions.
const resumeWindow = time.Minute

// replacedBy says what a connection was lost by whose client got another.
type replacedBy int

const (
	byNothing replacedBy = iota // a promise is broken
	byWindow                    // the client could not come back within its window, and the connection ended
	byStall                     // it was opened while NATS may not have taken the journal of its node
	byGoodbye                   // the client had closed it before, and got no answer in time
	byKill                      // it was opened in the last batch before a kill
)

// replacedBy is called with l.mu held.
func (l *ledger) replacedBy(of *life) replacedBy {
	end := of.replaced
	if len(of.disconnects) > 0 && of.disconnects[0].at.Before(end) {
		end = of.disconnects[0].at
	}
	switch {
	case l.nearKill(of, of.opened):
		return byKill
	case !of.goodbye.IsZero() && of.goodbye.Before(of.replaced):
		return byGoodbye
	case l.inStall(of.opened), within(l.cutOff[of.node], of.opened):
		return byStall
	case !of.left.IsZero() && end.Sub(of.left) > resumeWindow-window:
		return byWindow
	}
	return byNothing
}

// evaluateOrder counts the pushes that came before one which had been accepted before they
// were sent: to the same connection, on the same socket or for the first time.
func (l *ledger) evaluateOrder(v *result) {
	byTarget := map[string][]string{}
	for name, p := range l.pushes {
		if len(p.received) > 0 {
			byTarget[p.to] = append(byTarget[p.to], name)
		}
	}
	for to, names := range byTarget {
		for _, later := range names {
			for _, earlier := range names {
				a, b := l.pushes[earlier], l.pushes[later]
				if a.accepted && a.at.Before(b.sent) && overtakes(b.received, a.received) {
					v.PushesUnordered++
					v.Problems = append(v.Problems, fmt.Sprintf("%s to %s came before %s, which was accepted before it was sent", later, to, earlier))
					break
				}
			}
		}
	}
}

// overtakes says whether the later of two pushes was received before the earlier: at
// their first receipts, or on a socket that received both.
func overtakes(later, earlier []receipt) bool {
	return later[0].order < earlier[0].order || slices.ContainsFunc(later, func(b receipt) bool {
		return slices.ContainsFunc(earlier, func(a receipt) bool { return a.socket == b.socket && a.client == b.client && b.order < a.order })
	})
}
