package gateway_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// nodes are the gateways of one cluster. Each has an API, a backend and a journal of its own.
type nodes struct {
	*testing.T
	all      []*system
	journals []*memory.Journal
	// drop says which requests between nodes are dropped: the request itself (before) or
	// its answer (after). Nil: none.
	drop atomic.Pointer[func(node string, data []byte) (before, after bool)]
	// hold waits before a request between nodes is sent, and gives its context. Nil: it does not.
	hold      atomic.Pointer[func(ctx context.Context, data []byte) context.Context]
	undecided atomic.Bool // a run has ended and is not taken over yet
}

// mayBeTakenOver is a node whose lease is valid as long as holds says so, and which begins
// an empty journal after its run was taken over.
func mayBeTakenOver(holds func() bool) option {
	return func(s *setup) {
		s.gateway.HoldsLease = holds
		s.gateway.BeginRun = func(context.Context) (pasarela.Journal, error) { return &memory.Journal{}, nil }
	}
}

// cluster starts n nodes with the numbers 1 to n.
func cluster(t *testing.T, n int, options ...option) *nodes {
	network, c := memory.NewNetwork(), &nodes{T: t}
	for i := 1; i <= n; i++ {
		j := &memory.Journal{}
		sys := start(t, threeRoutes(), append(options, withJournal(j), withTags, func(s *setup) {
			s.network, s.node, s.gateway.Node = network, fmt.Sprint(i), uint16(i)
			s.gateway.OtherNodes = func() (others []string) {
				for other := 1; other <= n; other++ {
					if other != i {
						others = append(others, fmt.Sprint(other))
					}
				}
				return others
			}
			s.gateway.TakeoverPending = func(context.Context, string) (bool, error) { return c.undecided.Load(), nil }
			s.wrap = func(b pasarela.Bus) pasarela.Bus { return &lossy{b, c} }
		})...)
		c.all, c.journals = append(c.all, sys), append(c.journals, j)
	}
	return c
}

// awayFrom0 is a connection that the first node holds: its client has lost the socket, and
// the message was posted for it since.
func (n *nodes) awayFrom0(message string) (id string) {
	n.Helper()
	node := n.all[0]
	c := node.connect(session)
	node.backend.Next(n.T)
	id = node.only()
	node.cut(c)
	node.post(id, message)
	return id
}

// moveTo1Unheard has the second node move the session's connection to itself and never hear of
// the result: neither the old node's answer nor the other nodes' arrive, and its client gets 503.
func (n *nodes) moveTo1Unheard() {
	n.Helper()
	drop := func(_ string, data []byte) (before, after bool) {
		return isVerb(data, "MOVED") || isVerb(data, "HOLDS"), false
	}
	n.drop.Store(&drop)
	n.all[1].refuse(session, 503)
}

// lossy drops requests between nodes and holds them up.
type lossy struct {
	pasarela.Bus
	of *nodes
}

func (b *lossy) Request(ctx context.Context, node, subject string, data []byte) ([]byte, error) {
	if hold := b.of.hold.Load(); hold != nil {
		ctx = (*hold)(ctx, data)
	}
	drop := b.of.drop.Load()
	if drop == nil {
		return b.Bus.Request(ctx, node, subject, data)
	}
	before, after := (*drop)(node, data)
	if before {
		return nil, context.DeadlineExceeded
	}
	answer, err := b.Bus.Request(ctx, node, subject, data)
	if after {
		return nil, context.DeadlineExceeded
	}
	return answer, err
}

// has waits until that node and no other has the connection, in memory and in its
// journal.
func (n *nodes) has(node int, id string) {
	n.Helper()
	testkit.Eventually(n, fmt.Sprint("node ", node+1, " alone to have the connection"), func() bool {
		for i, sys := range n.all {
			live := slices.Collect(sys.gateway.Connections("", ""))
			has := slices.ContainsFunc(live, func(l gateway.OpenConnection) bool { return l.ConnectionID == id })
			if has != (i == node) || sys.gateway.Stats().Open != int64(len(live)) || len(owedIn(n.T, n.journals[i])) != len(live) {
				return false
			}
		}
		return true
	})
}

// A client that comes back to another node has its connection there, with its waiting
// messages, its tags and the keys of its pushes; posts reach it from every node by its id,
// wherever it goes (A-GATEWAY-59).
func TestAConnectionGoesAlongToAnotherNode(t *testing.T) {
	n := cluster(t, 3, resumable(60))
	c := n.all[0].connect(session)
	if asked := n.all[0].backend.Next(t); asked.Path != "/hello" {
		t.Errorf("asked %+v", asked)
	}
	id := n.all[0].only()
	if err := n.all[1].gateway.Tag(t.Context(), apiID, id, []string{"dept:sales"}); err != nil {
		t.Fatal(err)
	}
	for round, node := range []int{1, 2, 0, 2} {
		before := slices.IndexFunc(n.all, func(sys *system) bool { return sys.gateway.Stats().Open == 1 })
		n.all[before].cut(c)
		for i, sys := range n.all {
			sys.post(id, fmt.Sprint(round, " away ", i))
		}
		key := gateway.Push{Body: []byte("once"), Key: fmt.Sprint("key", round)}
		if _, err := n.all[1].gateway.Push(t.Context(), apiID, id, key); err != nil {
			t.Fatal(err)
		}
		c = n.all[node].connect(session)
		reads(t, c, fmt.Sprint(round, " away 0"), fmt.Sprint(round, " away 1"), fmt.Sprint(round, " away 2"), "once")
		n.has(node, id)
		for i, sys := range n.all {
			sys.post(id, fmt.Sprint(round, " there ", i))
			if d, err := sys.gateway.Describe(t.Context(), apiID, id); err != nil || d.ConnectedAt.IsZero() {
				t.Errorf("node %d: %+v, %v", i+1, d, err)
			}
		}
		if pushed, err := n.all[0].gateway.Push(t.Context(), apiID, id, key); err != nil || !pushed.Replayed {
			t.Errorf("a push of the same key: %+v, %v", pushed, err)
		}
		if all, err := n.all[1].gateway.FanOut(t.Context(), apiID, stageName, "dept:sales", gateway.Push{Body: []byte("all")}); err != nil || all.Sent+all.Queued != 1 {
			t.Errorf("%+v, %v", all, err)
		}
		reads(t, c, fmt.Sprint(round, " there 0"), fmt.Sprint(round, " there 1"), fmt.Sprint(round, " there 2"), "all")
		sendPongs(c)
		testkit.Eventually(t, "all to be confirmed", func() bool { return n.all[node].gateway.Stats().MailboxBytes == 0 })
		n.all[node].explain(id, func(e execution.Entry) bool {
			return strings.Contains(execution.Explain([]execution.Entry{e}, false, language.English), "brought its connection from the other")
		})
	}
	for _, sys := range n.all {
		sys.backend.Untouched(t)
	}
	if err := n.all[1].gateway.Disconnect(t.Context(), apiID, id, 0, ""); err != nil {
		t.Error(err)
	}
	if asked := n.all[2].backend.Next(t); asked.Path != "/bye" || !strings.Contains(asked.Body, id) {
		t.Errorf("asked %+v", asked)
	}
	for i, sys := range n.all {
		if err := post(t.Context(), sys.gateway, apiID, id, []byte("x")); pasarela.CodeOf(err) != pasarela.CodeGone {
			t.Errorf("node %d: a post to a connection that is over: %v", i+1, err)
		}
	}
	testkit.Eventually(t, "nothing to be owed", func() bool {
		return len(owedIn(t, n.journals[0]))+len(owedIn(t, n.journals[1]))+len(owedIn(t, n.journals[2])) == 0
	})
}

// A second socket on another node replaces the first, and only for the same principal.
// A message for many that meets a connection on its way to another node reaches it, also
// where the new node was asked before the connection came, and the old one after it had
// left (A-GATEWAY-59).
func TestAMessageForManyMeetsAMove(t *testing.T) {
	n := cluster(t, 3, resumable(60))
	c := n.all[0].connect(session)
	id := n.all[0].only()
	if err := n.all[0].gateway.Tag(t.Context(), apiID, id, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	n.all[1].connect("") // the second node has another connection of the stage
	// The third node sends. Its request to the first, which has the connection, waits until
	// the second has answered, and the connection moved there.
	moved := make(chan struct{})
	hold := func(node string, data []byte) (before, after bool) {
		if strings.Contains(string(data), `"FANOUT"`) && node == "1" {
			<-moved
		}
		return false, false
	}
	n.drop.Store(&hold)
	sent := make(chan gateway.FanOut, 1)
	go func() {
		all, err := n.all[2].gateway.FanOut(t.Context(), apiID, stageName, "a", gateway.Push{Body: []byte("to all")})
		if err != nil {
			t.Error(err)
		}
		sent <- all
	}()
	testkit.Eventually(t, "the second node to be asked", func() bool {
		return len(n.all[1].gateway.Recent(1, func(e *execution.Entry) bool { return strings.HasPrefix(e.RouteKey, "POST /@connections") })) == 1
	})
	n.all[0].cut(c)
	c = n.all[1].connect(session)
	testkit.Eventually(t, "the connection to move", func() bool { return n.all[0].gateway.Stats().Open == 0 && n.all[1].gateway.Stats().Open == 2 })
	close(moved)
	if all := <-sent; all.Sent+all.Queued != 1 || all.Gone+all.Refused+len(all.Missing) > 0 {
		t.Errorf("%+v", all)
	}
	reads(t, c, "to all")

	// When both nodes push the message to it, it is delivered once.
	all, err := n.all[2].gateway.FanOut(t.Context(), apiID, stageName, "a", gateway.Push{Body: []byte("once")})
	if err != nil || all.Sent+all.Queued != 1 || all.Gone+all.Refused+len(all.Missing) > 0 {
		t.Errorf("%+v, %v", all, err)
	}
	n.all[2].post(id, "behind it")
	reads(t, c, "once", "behind it")
}

func TestASocketOnAnotherNodeReplacesTheFirst(t *testing.T) {
	l := startLambda(t, "authorizer")
	network := memory.NewNetwork()
	var all []*system
	for i := 1; i <= 2; i++ {
		d := threeRoutes()
		withAuthorizer(0, "route.request.querystring.token")(&d)
		all = append(all, start(t, d, withLambda(l), resumable(60), withJournal(&memory.Journal{}), func(s *setup) {
			s.network, s.node, s.gateway.Node = network, fmt.Sprint(i), uint16(i)
			s.gateway.OtherNodes = func() []string { return []string{fmt.Sprint(3 - i)} }
		}))
	}
	first := all[0].connect(session + "&token=good")
	id := all[0].only()
	all[1].refuse(session+"&token=another", 403)
	all[0].post(id, "still here")
	reads(t, first, "still here")
	second := all[1].connect(session + "&token=good")
	if code, reason := first.Closed(); code != 4001 {
		t.Errorf("closed with %d %s", code, reason)
	}
	reads(t, second, "still here") // which the first had not confirmed
	all[0].post(id, "there")
	reads(t, second, "there")
}

// A message whose answer comes when its client has gone to another node is answered there.
func TestAnAnswerFollowsItsClient(t *testing.T) {
	n := cluster(t, 2, resumable(60))
	c := n.all[0].connect(session)
	n.all[0].backend.Next(t)
	release := make(chan struct{})
	n.all[0].backend.Respond(testkit.Response{Body: "late", Wait: release})
	c.Send(`{"slow":true}`)
	n.all[0].backend.Next(t)
	c = n.all[1].connect(session)
	close(release)
	if got := c.Read(); got != "late" {
		t.Errorf("got %q", got)
	}
}

// isVerb says whether a request between nodes has that verb.
func isVerb(data []byte, verb string) bool {
	return strings.Contains(string(data), `"verb":"`+verb+`"`)
}

// At whatever step a move is interrupted, exactly one node has the connection,
// with all its messages.
func TestAMoveThatBreaksOff(t *testing.T) {
	for name, drop := range map[string]func(data []byte) (before, after bool){
		"the connection is not given":       func(data []byte) (bool, bool) { return isVerb(data, "MOVE"), false },
		"it is given and does not arrive":   func(data []byte) (bool, bool) { return false, isVerb(data, "MOVE") },
		"the end does not reach the old":    func(data []byte) (bool, bool) { return isVerb(data, "MOVED"), false },
		"the answer does not reach the new": func(data []byte) (bool, bool) { return false, isVerb(data, "MOVED") },
	} {
		t.Run(name, func(t *testing.T) {
			n := cluster(t, 3, resumable(60, "delivery", "durable"))
			c := n.all[0].connect(session)
			n.all[0].backend.Next(t)
			id := n.all[0].only()
			n.all[0].cut(c)
			n.all[2].post(id, "one", "two")
			once := func(_ string, data []byte) (before, after bool) { return drop(data) }
			n.drop.Store(&once)
			n.all[1].refuse(session, 503)
			n.drop.Store(nil)
			n.all[2].post(id, "three") // it waits until the connection's node is known
			c = n.all[1].connectSoon(session)
			reads(t, c, "one", "two", "three")
			n.has(1, id)
			for _, sys := range n.all {
				sys.backend.Untouched(t)
			}
		})
	}
}

// connectSoon connects, and again as long as the response is 503.
func (sys *system) connectSoon(rest string) (c *testkit.Client) {
	sys.t.Helper()
	testkit.Eventually(sys.t, "a connection", func() bool {
		found, answer := sys.dial(rest)
		if found == nil && answer.StatusCode != 503 {
			sys.t.Fatalf("refused with %d", answer.StatusCode)
		}
		c = found
		return c != nil
	})
	return c
}

// When it is unknown whether another node has the connection, the client is told to
// retry, and gets no second connection.
func TestASessionThatMayBeElsewhereWaits(t *testing.T) {
	n := cluster(t, 2, resumable(60))
	n.undecided.Store(true)
	n.all[1].refuse(session, 503)
	n.all[1].connect("") // a client without a session waits for no other node
	n.undecided.Store(false)
	c := n.all[0].connect(session)
	id := n.all[0].only()
	n.all[0].cut(c)
	silent := func(_ string, data []byte) (before, after bool) { return isVerb(data, "SESSION"), false }
	n.drop.Store(&silent)
	if _, header := n.all[1].refuse(session, 503); header.Get("Retry-After") != "1" {
		t.Errorf("header %v", header)
	}
	n.drop.Store(nil)
	n.all[1].connectSoon(session)
	testkit.Eventually(t, "the move", func() bool { return n.all[0].gateway.Stats().Open == 0 })
	if stats := n.all[1].gateway.Stats(); stats.Moved != 1 || stats.Open != 2 {
		t.Errorf("%+v", stats)
	}
	n.all[0].post(id, "x")
}

// Two sockets of a new session that connect to two nodes at once get one
// connection.
func TestANewSessionIsOneConnectionOnAllNodes(t *testing.T) {
	n := cluster(t, 3, resumable(60))
	var coming sync.WaitGroup
	for round := range 5 {
		rest := fmt.Sprint("?pasarela-session=secret-of-a-client-round", round)
		for _, sys := range n.all {
			coming.Go(func() { sys.connectSoon(rest) })
		}
		coming.Wait()
		testkit.Eventually(t, "one connection", func() bool {
			var open int64
			for _, sys := range n.all {
				open += sys.gateway.Stats().Open
			}
			return open == int64(round+1)
		})
	}
	greeted := 0
	for _, sys := range n.all {
		for len(sys.backend.Requests) > 0 {
			if asked := sys.backend.Next(t); asked.Path != "/hello" {
				t.Errorf("asked %+v", asked)
			}
			greeted++
		}
	}
	if greeted != 5 {
		t.Errorf("%d $connects for 5 sessions", greeted)
	}
}

// The node that a connection came to dies: its successor finds out whether the connection
// had come by asking the node that had it before, or that node's successor.
func TestASuccessorFindsOutWhetherAConnectionHadCome(t *testing.T) {
	for name, come := range map[string]bool{"it had": true, "it had not": false} {
		t.Run(name, func(t *testing.T) {
			n := cluster(t, 3, resumable(60, "delivery", "durable"))
			id := n.awayFrom0("one")
			if !come {
				// The successor's own question is lost too, which would give it
				// the result at once.
				n.moveTo1Unheard()
			} else {
				n.all[1].connect(session)
			}
			left := owedIn(t, n.journals[1]) // as a kill leaves it
			if len(left) != 1 {
				t.Fatalf("%+v", left)
			}
			if err := n.all[1].gateway.Close(t.Context()); err != nil {
				t.Error(err)
			}
			n.drop.Store(nil)
			n.all[2].recover(left)
			has := 0
			if come {
				has = 2
			}
			testkit.Eventually(t, "it to be found out", func() bool {
				return len(slices.Collect(n.all[has].gateway.Connections("", ""))) == 1 && n.all[2-has].gateway.Stats().Open == 0
			})
			n.all[0].post(id, "two")
			c := n.all[2].connectSoon(session)
			reads(t, c, "one", "two")
			n.all[0].backend.Untouched(t)
			n.all[2].backend.Untouched(t)
		})
	}
}

// The old node is taken over during a move: then its successor has the
// connection, and the client finds it there.
func TestATakeoverDecidesAMove(t *testing.T) {
	next := &memory.Journal{}
	n := cluster(t, 3, resumable(60, "delivery", "durable"), func(s *setup) {
		s.gateway.HoldsLease = func() bool { return true }
		s.gateway.BeginRun = func(context.Context) (pasarela.Journal, error) { return next, nil }
	})
	n.awayFrom0("one")
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, n.journals[0])) == 1 })
	n.journals[0].Take()
	n.all[1].refuse(session, 503)
	n.all[2].recover(owedIn(t, n.journals[0]))
	c := n.all[1].connectSoon(session)
	reads(t, c, "one")
	if stats := n.all[1].gateway.Stats(); stats.Open != 1 || stats.Moved != 1 {
		t.Errorf("%+v", stats)
	}
	for _, sys := range n.all {
		sys.backend.Untouched(t)
	}
}

// A node that was taken over itself takes no connection: what it notes is in no journal that
// anybody reads.
func TestANodeThatWasTakenOverTakesNothing(t *testing.T) {
	var sure atomic.Bool
	sure.Store(true)
	n := cluster(t, 3, resumable(60), mayBeTakenOver(sure.Load))
	id := n.awayFrom0("one")
	n.journals[1].Take()
	n.all[1].refuse(session, 503)
	n.all[0].post(id, "two")
	c := n.all[2].connectSoon(session)
	reads(t, c, "one", "two")

	n = cluster(t, 3, resumable(60), mayBeTakenOver(sure.Load)) // none of these was taken over just now
	sure.Store(false)
	n.all[0].refuse("?pasarela-session=another-secret-of-a-client", 503)
	if asked := n.all[0].backend.Next(t); asked.Path != "/hello" {
		t.Errorf("asked %+v", asked)
	}
	sure.Store(true)
	if asked := n.all[0].backend.Next(t); asked.Path != "/bye" { // it had heard of the connection
		t.Errorf("asked %+v", asked)
	}
}

// A client that moves from node to node while messages are posted to it gets all of
// them, in order.
func TestAClientOnItsWayMissesNothing(t *testing.T) {
	const messages = 600
	n := cluster(t, 3, resumable(60, "delivery", "durable"))
	n.all[0].connect(session)
	id := n.all[0].only()
	ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
	defer cancel()
	var posting sync.WaitGroup
	posting.Go(func() {
		for i := 1; i <= messages; i++ {
			for {
				err := post(ctx, n.all[i%3].gateway, apiID, id, fmt.Append(nil, i))
				if err == nil {
					break
				}
				if code := pasarela.CodeOf(err); code != pasarela.CodeServiceUnavailable && code != pasarela.CodeLimitExceeded || ctx.Err() != nil {
					t.Errorf("message %d: %v", i, err)
					return
				}
			}
		}
	})
	seen, sockets := 0, 0
	for seen < messages && ctx.Err() == nil {
		c, _ := n.all[sockets%3].dial(session)
		sockets++
		if c == nil {
			continue
		}
		for last := 0; seen < messages && last < sockets*messages/40; {
			_, text, err := c.Conn.Read(ctx)
			if err != nil {
				break
			}
			var got int
			_, _ = fmt.Sscan(string(text), &got)
			if got > seen+1 || last != 0 && got != last+1 {
				t.Errorf("message %d came after %d, and on this socket after %d", got, seen, last)
			}
			last, seen = got, max(seen, got)
		}
		_ = c.Conn.CloseNow()
	}
	posting.Wait()
	var moves int64
	for _, sys := range n.all {
		moves += sys.gateway.Stats().Moved
	}
	if seen != messages || moves < 5 {
		t.Errorf("%d messages and %d moves", seen, moves)
	}
	t.Logf("%d sockets, %d moves", sockets, moves)
}

// A connection whose move to a lost run was not committed ends where it is, before the
// lost run's successor has asked who has it: it has had its $disconnect.
func TestAConnectionThatEndedIsNotTakenForOneThatCame(t *testing.T) {
	n := cluster(t, 3, resumable(60))
	c := n.all[0].connect(session)
	n.all[0].backend.Next(t)
	n.all[0].cut(c)
	n.moveTo1Unheard()
	left := owedIn(t, n.journals[1]) // as a kill leaves it
	if len(left) != 1 {
		t.Fatalf("%+v", left)
	}
	n.drop.Store(nil) // the first node hears that the move came to nothing, and nobody else does
	testkit.Eventually(t, "the move to end", func() bool { return n.all[1].gateway.Stats().Open == 0 })
	if err := n.all[1].gateway.Close(t.Context()); err != nil {
		t.Error(err)
	}
	c = n.all[0].connectSoon(session)
	_ = c.Conn.Close(websocket.StatusNormalClosure, "")
	if asked := n.all[0].backend.Next(t); asked.Path != "/bye" {
		t.Errorf("asked %+v", asked)
	}
	n.all[2].recover(left)
	testkit.Eventually(t, "it to be found out", func() bool {
		return n.all[2].gateway.Stats().Open == 0 && len(owedIn(t, n.journals[2])) == 0
	})
	n.all[2].backend.Untouched(t)
	n.all[0].backend.Untouched(t)
}
