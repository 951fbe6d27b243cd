package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"sync"
	"time"
)

// window is the time before a kill in which opened or ended connections may not be in
// the journal yet: these may have no $disconnect, or two.
const window = 250 * time.Millisecond

// election is how long after a fault of a NATS server the nodes' journals may not be
// written: until its cluster has a leader again and the nodes have retried.
const election = 15 * time.Second

// ledger is what the backend and the clients observed.
type ledger struct {
	mu       sync.Mutex
	lives    map[string]*life  // by connection id
	byName   map[string]string // the connection of each client, by the client's name
	newest   map[string]int    // of each client with a session: its newest socket of which the connection is known
	history  history
	open     []string // connections whose clients have their 101 and have seen no end
	pushes   map[string]*push
	receipts int               // of pushes, by all clients
	resumed  int               // times that clients with sessions came back
	kills    [size][]time.Time // of each node: kills and cuts, after which it sends no close frames
	stalls   []stall
	cutOff   [size][]stall // of each node: when it was frozen, or reached no NATS server
}

// stall is a time in which journals may not be written to NATS.
type stall struct{ from, to time.Time }

// life is one connection.
type life struct {
	node        int       // node whose handshake succeeded
	last        int       // node of its client's newest socket
	came        time.Time // with a session: when its client came back to that; zero: never
	client      string    // its name
	session     bool      // its client reconnects to it
	opened      time.Time // the client had its 101; zero: it never had
	ended       time.Time // as the client saw it
	goodbye     time.Time // with a session: when its client first sent a close frame; zero: never
	left        time.Time // with a session: when its client's last socket ended
	closed      int       // the code of the close frame that the client got; below 0: none
	replaced    time.Time // when its client, which had a session, got another connection; zero: never
	disconnects []disconnect
}

type disconnect struct {
	at      time.Time
	code    int
	request string
}

func newLedger() *ledger {
	return &ledger{lives: map[string]*life{}, byName: map[string]string{}, newest: map[string]int{}, history: history{}, pushes: map[string]*push{}}
}

// ServeHTTP is the backend.
func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ID, Client, Request string
		Code, Socket        int
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.life(body.ID)
	switch path.Base(r.URL.Path) {
	case "disconnect":
		of.disconnects = append(of.disconnects, disconnect{time.Now(), body.Code, body.Request})
		if of.session {
			l.history.add(of.client, "$disconnect of %s with %d", body.ID, body.Code)
		}
	case attachedRoute:
		l.attached(body.Client, body.ID, body.Socket)
	default:
		if before := l.byName[body.Client]; before != "" && !l.life(before).opened.IsZero() {
			l.replace(before)
		}
		l.byName[body.Client], of.client = body.ID, body.Client
		l.history.add(body.Client, "$connect of %s", body.ID)
	}
	_, _ = w.Write([]byte("{}")) // a gateway that is gone needs no answer
}

// opened notes that the client of that name has its 101 from a node, and whether it has a
// session.
func (l *ledger) opened(client string, node int, session bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if of := l.lives[l.byName[client]]; of != nil {
		of.opened, of.node, of.last, of.session = time.Now(), node, node, session
		l.open = append(l.open, l.byName[client])
	}
}

// ended notes what the client saw of its end: the code of a close frame, or below 0.
func (l *ledger) ended(client string, code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := l.byName[client]
	if of := l.lives[id]; of != nil {
		of.ended, of.closed = time.Now(), code
		l.open = slices.DeleteFunc(l.open, func(other string) bool { return other == id })
	}
}

// killed notes the time of a kill of a node; call it before and after.
func (l *ledger) killed(node int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kills[node] = append(l.kills[node], time.Now())
}

// stalled notes that a NATS server was faulty from then to now.
func (l *ledger) stalled(from time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stalls = append(l.stalls, stall{from, time.Now().Add(election)})
}

// wasCutOff notes that a node was frozen, or reached no NATS server, from then to now, and
// heals in that time.
func (l *ledger) wasCutOff(node int, from time.Time, heals time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cutOff[node] = append(l.cutOff[node], stall{from, time.Now().Add(heals)})
}

// inStall says whether NATS may not have taken what was noted then.
func (l *ledger) inStall(at time.Time) bool {
	return within(l.stalls, at)
}

func within(stalls []stall, at time.Time) bool {
	return slices.ContainsFunc(stalls, func(s stall) bool { return !at.Before(s.from) && !at.After(s.to) })
}

// result is the result of a run.
type result struct {
	Connections, Disconnects, Lost, Doubled int
	// InWindow are those without a $disconnect, and with a second one, that
	// docs/reliability.md allows: opened, or ended, within window before a kill.
	MissedInWindow, RepeatedInWindow int
	// RepeatedInStall were over while NATS may not have taken the journal that says so.
	RepeatedInStall int
	OtherRequest    int           // repeated under another request id
	Early           int           // with -roll: before the clients left
	Slowest         time.Duration // from the end of a connection to its $disconnect
	// Pushes were accepted. Of these, PushesLost did not reach a client that got a close
	// frame, PushesCut one that got none: it left, or its node was killed.
	Pushes, PushesLost, PushesCut, PushesDoubled int
	// PushesLeft not either, since their client left by a node that was cut off: another had
	// taken its connection over and accepted them.
	PushesLeft       int
	PushesUnanswered int // received, though the sender was not answered 200
	PushesAgain      int // of clients with sessions, received more than once
	PushesUnordered  int // received before one that had been accepted before they were sent
	Sockets          int // of clients with sessions, beside their first
	Known            int // clients with sessions that said on which connections they are
	Replaced         int // connections with a session whose clients got others
	// ReplacedLate are not in Replaced, since their clients could not come back within the
	// window, and ReplacedInStall not since they were opened when NATS may not have taken
	// the journal.
	ReplacedLate, ReplacedInStall int
	ReplacedClosed                int      // nor those that their clients had closed, on a node that did not answer
	Problems                      []string // broken promises
	Explained                     []string // what looks like one and is none
}

func (v result) String() string {
	return fmt.Sprintf("connections %d, $disconnects %d, lost %d, doubled %d (in the last batch before a kill: missed %d, repeated %d; repeated after a fault of NATS %d; other request ids %d; before the clients of a rolling restart left %d), slowest %s; pushes accepted %d, lost %d, doubled %d, cut off with client or node %d, of clients that left a node which was cut off %d, received without a 200 %d, out of order %d; clients came back %d times (connections of %d clients known), pushes received again %d, connections replaced %d (besides: of clients that were refused for longer than the window %d, that had closed theirs %d, opened during a fault of NATS %d)",
		v.Connections, v.Disconnects, v.Lost, v.Doubled, v.MissedInWindow, v.RepeatedInWindow, v.RepeatedInStall, v.OtherRequest, v.Early, v.Slowest.Round(time.Millisecond),
		v.Pushes, v.PushesLost, v.PushesDoubled, v.PushesCut, v.PushesLeft, v.PushesUnanswered, v.PushesUnordered, v.Sockets, v.Known, v.PushesAgain, v.Replaced, v.ReplacedLate, v.ReplacedClosed, v.ReplacedInStall)
}

func (v result) ok() bool {
	return v.Lost == 0 && v.Doubled == 0 && v.OtherRequest == 0 && v.Early == 0 && v.PushesLost == 0 && v.PushesDoubled == 0 && v.PushesUnordered == 0 && v.Replaced == 0
}

// evaluate counts. Connections whose client never got its 101 are counted only for
// repeated $disconnects.
func (l *ledger) evaluate() result {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := result{Sockets: l.resumed, Known: len(l.newest)}
	for id, of := range l.lives {
		v.Disconnects += len(of.disconnects)
		if !of.opened.IsZero() {
			v.Connections++
		}
		switch n := len(of.disconnects); {
		case n == 0 && !of.opened.IsZero() && l.nearKill(of, of.opened):
			v.MissedInWindow++
		case n == 0 && !of.opened.IsZero():
			v.Lost++
			v.Problems = append(v.Problems, l.withHistory(fmt.Sprintf("%s opened %s by node%d ended %s replaced %s: no $disconnect", id, clock(of.opened), of.node, clock(of.ended), clock(of.replaced)), of))
		case n == 1 && !of.ended.IsZero():
			v.Slowest = max(v.Slowest, of.disconnects[0].at.Sub(of.ended))
		case n > 1:
			l.repeated(&v, id, of)
		}
	}
	l.evaluatePushes(&v)
	for id, of := range l.lives {
		if of.replaced.IsZero() {
			continue
		}
		switch l.replacedBy(of) {
		case byWindow:
			v.ReplacedLate++
			v.Explained = append(v.Explained, l.toldReplaced(id, of))
		case byGoodbye:
			v.ReplacedClosed++
			v.Explained = append(v.Explained, l.toldReplaced(id, of))
		case byStall:
			v.ReplacedInStall++
			v.Explained = append(v.Explained, l.toldReplaced(id, of))
		case byNothing:
			v.Replaced++
			v.Problems = append(v.Problems, l.toldReplaced(id, of))
		}
	}
	return v
}

// unread is the number of accepted pushes that open clients have not received yet.
func (l *ledger) unread() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, p := range l.pushes {
		if of := l.lives[p.to]; p.accepted && len(p.received) == 0 && of.ended.IsZero() && of.replaced.IsZero() {
			n++
		}
	}
	return n
}

func (l *ledger) repeated(v *result, id string, of *life) {
	first := of.disconnects[0]
	for _, d := range of.disconnects[1:] {
		if d.request != first.request {
			v.OtherRequest++
		}
	}
	if l.nearKill(of, first.at) {
		v.RepeatedInWindow++
		return
	}
	if l.inStall(first.at) {
		v.RepeatedInStall++
		return
	}
	v.Doubled++
	text := id
	for _, d := range of.disconnects {
		text += fmt.Sprintf(" %s (%d)", clock(d.at), d.code)
	}
	v.Problems = append(v.Problems, l.withHistory(text, of))
}

// nearKill says whether the connection's node, or any node if that is not known, was
// killed within window before or after at.
func (l *ledger) nearKill(of *life, at time.Time) bool {
	for node, kills := range l.kills {
		if !of.opened.IsZero() && node != of.node {
			continue
		}
		for _, kill := range kills {
			if d := kill.Sub(at); d > -window && d < window {
				return true
			}
		}
	}
	return false
}

func clock(t time.Time) string { return t.Format("15:04:05.000") }

// waiting is the number of connections that ended for their clients and have no
// $disconnect.
func (l *ledger) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, of := range l.lives {
		if !of.opened.IsZero() && len(of.disconnects) == 0 {
			n++
		}
	}
	return n
}
