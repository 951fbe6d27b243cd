package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// attachedRoute is the route of the message that a client with a session sends on each of its
// sockets: the backend is told on which connection it came. A handshake does not say it.
const attachedRoute = "attached"

// mostHistory bounds what is kept of one client, in lines; the oldest go.
const mostHistory = 60

// history is what clients with sessions saw and did, by their names, so that a broken promise
// can be told with what its client knew.
type history map[string][]string

// add notes a line; the same line again is counted only.
func (h history) add(client, format string, arguments ...any) {
	text := fmt.Sprintf(format, arguments...)
	lines := h[client]
	if n := len(lines); n > 0 && strings.HasSuffix(lines[n-1], " "+text) {
		h[client] = append(lines[:n-1], fmt.Sprintf("%s, %s %s", strings.TrimSuffix(lines[n-1], " "+text), clock(time.Now()), text))
		return
	}
	if len(lines) >= mostHistory {
		lines = lines[1:]
	}
	h[client] = append(lines, clock(time.Now())+" "+text)
}

// note adds a line to what is known of a client.
func (l *ledger) note(client, format string, arguments ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.history.add(client, format, arguments...)
}

// attached notes that a socket of a client, of which it is the so many-th, is on that connection.
// Where the client had another connection, that one was replaced, though the backend may have
// seen no $connect.
func (l *ledger) attached(client, id string, socket int) {
	l.history.add(client, "socket %d is on %s", socket, id)
	if newest, ok := l.newest[client]; ok && socket < newest {
		return // a node that was frozen passes it on late
	}
	l.newest[client] = socket
	before, is := l.byName[client], l.life(id)
	if before != id && before != "" {
		was := l.life(before)
		if !was.opened.IsZero() { // else its client was refused behind $connect, and never had it
			l.replace(before)
		}
		is.last, is.came = was.last, was.came
		l.byName[client] = id
	}
	if is.opened.IsZero() { // its $connect ran, and its client learned nothing of it
		is.opened, is.node, is.client, is.session = time.Now(), is.last, client, true
	}
	if !slices.Contains(l.open, id) && is.ended.IsZero() {
		l.open = append(l.open, id)
	}
}

// replace notes that the client of a connection has another one by now. l.mu is held.
func (l *ledger) replace(id string) {
	if of := l.life(id); of.replaced.IsZero() {
		of.replaced = time.Now()
	}
	l.open = slices.DeleteFunc(l.open, func(other string) bool { return other == id })
}

// life is what is known of a connection. l.mu is held.
func (l *ledger) life(id string) *life {
	of := l.lives[id]
	if of == nil {
		of = &life{}
		l.lives[id] = of
	}
	return of
}

func (l *ledger) toldReplaced(id string, of *life) string {
	return l.withHistory(fmt.Sprintf("%s opened %s by node%d: its client, away since %s from node%d, got another connection at %s", id, clock(of.opened), of.node, clock(of.left), of.last, clock(of.replaced)), of)
}

// withHistory is a finding with what its client knew.
func (l *ledger) withHistory(finding string, of *life) string {
	for _, line := range l.history[of.client] {
		finding += "\n      " + line
	}
	return finding
}
