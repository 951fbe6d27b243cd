package main

import (
	"fmt"
	"slices"
)

// cameBack notes that a client with a session has another socket.
func (l *ledger) cameBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resumed++
}

// judgeOrder counts the pushes that came before one which had been accepted before they
// were sent: to the same connection, on the same socket or for the first time.
func (l *ledger) judgeOrder(v *verdict) {
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
					v.Worst = append(v.Worst, fmt.Sprintf("%s to %s came before %s, which was accepted before it was sent", later, to, earlier))
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
