package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/state/document"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestManySocketsOfOneSessionAtOnce: of handshakes of one session at the same moment one
// socket stays and has all that waited, in order; each of the others is closed with 4001.
func TestManySocketsOfOneSessionAtOnce(t *testing.T) {
	const sockets = 20
	sys := start(t, threeRoutes(), resumable(60))
	c := sys.connect(session)
	sys.backend.Next(t)
	id := sys.only()
	sys.cut(c)
	sys.post(id, "1", "2", "3")
	clients := make([]*testkit.Client, sockets)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() { clients[i] = sys.connect(session) })
	}
	all.Wait()
	testkit.Eventually(t, "all sockets", func() bool { return sys.gateway.Stats().Resumed == sockets })
	sys.post(id, "4")
	type end struct {
		code websocket.StatusCode
		got  []string
	}
	ends := make(chan end, sockets)
	for _, c := range clients {
		go func() {
			e := end{}
			for !slices.Contains(e.got, "4") {
				_, text, err := c.Conn.Read(t.Context())
				if err != nil {
					e.code = websocket.CloseStatus(err)
					break
				}
				e.got = append(e.got, string(text))
			}
			ends <- e
		}()
	}
	stayed := 0
	for range sockets {
		switch e := testkit.Receive(t, ends, "the end of a socket"); {
		case e.code == 0 && fmt.Sprint(e.got) == "[1 2 3 4]":
			stayed++
		case e.code != 4001 || !slices.IsSorted(e.got):
			t.Errorf("a socket got %v and was closed with %d", e.got, e.code)
		}
	}
	if got := sys.only(); got != id || stayed != 1 {
		t.Errorf("connection %s, want %s; %d sockets stayed", got, id, stayed)
	}
	sys.backend.Untouched(t)
}

// TestASessionIsOfItsStage: a secret that is known on one stage is unknown on another, and
// on that of another API.
func TestASessionIsOfItsStage(t *testing.T) {
	const otherAPI = "zyxwv98765"
	sys := start(t, threeRoutes(), resumable(60))
	deployed, err := document.NewStore[pasarela.Definition](sys.bucket).Get(t.Context(), pasarela.DeploymentKey(apiID, "deploy1"))
	if err != nil {
		t.Fatal(err)
	}
	sys.edit(func(doc *pasarela.APIDocument) {
		another := doc.Stages[0]
		another.StageName = "test"
		doc.Stages = append(doc.Stages, another)
	})
	other := sys.doc
	other.Definition.API.APIID = otherAPI
	put(sys, pasarela.DeploymentKey(otherAPI, "deploy1"), *deployed.Value)
	put(sys, pasarela.APIDocumentKey(otherAPI), other)
	for _, at := range [][2]string{{apiID, "test"}, {otherAPI, stageName}} {
		testkit.Eventually(t, "the stage to be served", func() bool {
			found, ok := sys.watcher.Directory.Stage(at[0], at[1])
			return ok && found.Deployed() != nil
		})
	}
	c := sys.connect(session)
	id := sys.only()
	sys.cut(c)
	sys.post(id, "for the first stage")
	ids := map[string]bool{sys.backend.Next(t).Body: true}
	for _, path := range []string{apiID + "/test", otherAPI + "/" + stageName} {
		testkit.Connect(t, strings.Replace(sys.url(session), apiID+"/"+stageName, path, 1))
		ids[sys.backend.Next(t).Body] = true
	}
	if open := sys.gateway.Stats().Open; open != 3 || len(ids) != 3 {
		t.Errorf("%d connections are open, %d were opened", open, len(ids))
	}
	reads(t, sys.again(), "for the first stage")
}

// TestAMailboxIsBoundedInBytes: what waits for one client is bounded by its bytes, too.
func TestAMailboxIsBoundedInBytes(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60, "mailboxBytes", "1024"))
	c := sys.connect(session)
	id := sys.only()
	sys.cut(c)
	large := strings.Repeat("x", 1000)
	sys.post(id, large)
	if err := post(t.Context(), sys.gateway, apiID, id, make([]byte, 25)); pasarela.CodeOf(err) != pasarela.CodeLimitExceeded || !strings.Contains(err.Error(), "1 message of 1000 bytes") {
		t.Errorf("25 bytes more than 1000 of 1024: %v", err)
	}
	sys.post(id, strings.Repeat("y", 24))
	reads(t, sys.again(), large, strings.Repeat("y", 24))
}

// TestAClientThatReturnsNoPongs: a client that reads and confirms nothing gets no more than
// its mailbox takes; the next socket has all of it again, and room when that confirms.
func TestAClientThatReturnsNoPongs(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60, "mailboxMessages", "3"))
	c := sys.connect(session) // testkit's clients return pings only while they read
	id := sys.only()
	sys.post(id, "1", "2", "3")
	if err := post(t.Context(), sys.gateway, apiID, id, []byte("4")); pasarela.CodeOf(err) != pasarela.CodeLimitExceeded {
		t.Errorf("a fourth: %v", err)
	}
	if _, err := sys.gateway.Push(t.Context(), apiID, id, gateway.Push{Body: []byte("4"), Wait: gateway.Acknowledged}); pasarela.CodeOf(err) != pasarela.CodeLimitExceeded {
		t.Errorf("a fourth whose sender waits: %v", err)
	}
	if stats := sys.gateway.Stats(); stats.Outcomes[gateway.TooSlow] != 2 || stats.Outcomes[gateway.Acknowledged] != 0 {
		t.Errorf("%+v", stats.Outcomes)
	}
	sys.cut(c)
	c = sys.again()
	reads(t, c, "1", "2", "3")
	sendPongs(c)
	testkit.Eventually(t, "room", func() bool { return sys.gateway.Stats().MailboxBytes == 0 })
	sys.post(id, "4")
}

// TestAFullMailboxOutlivesAStop: 1,000 durable messages wait, half of them since before the
// node stopped, which takes no more then. The next run has all, in order.
func TestAFullMailboxOutlivesAStop(t *testing.T) {
	durable := resumable(60, "delivery", "durable")
	j := &memory.Journal{}
	sys := start(t, threeRoutes(), durable, withJournal(j))
	c := sys.connect(session)
	id := sys.only()
	sys.cut(c)
	var want []string
	fill := func() {
		t.Helper()
		var all sync.WaitGroup
		for range 500 { // accepted one after the other; they wait for the disk together
			body := fmt.Sprint(len(want) + 1)
			want = append(want, body)
			before := sys.gateway.Stats().MailboxBytes
			all.Go(func() {
				if err := post(t.Context(), sys.gateway, apiID, id, []byte(body)); err != nil {
					t.Errorf("%s: %v", body, err)
				}
			})
			for sys.gateway.Stats().MailboxBytes == before && t.Context().Err() == nil && !t.Failed() {
				runtime.Gosched()
			}
		}
		all.Wait()
	}
	fill()
	ctx, cancel := context.WithTimeout(context.Background(), testkit.WaitLimit)
	defer cancel()
	if err := errors.Join(sys.gateway.Drain(ctx, 0), sys.gateway.Close(ctx)); err != nil {
		t.Fatal(err)
	}
	if err := post(t.Context(), sys.gateway, apiID, id, []byte("too late")); pasarela.CodeOf(err) != pasarela.CodeServiceUnavailable {
		t.Errorf("after the stop: %v", err)
	}
	records := owedIn(t, j)
	sys = start(t, threeRoutes(), durable, withJournal(&memory.Journal{}))
	sys.recover(records)
	fill()
	if err := post(t.Context(), sys.gateway, apiID, id, []byte("one more")); pasarela.CodeOf(err) != pasarela.CodeLimitExceeded {
		t.Errorf("message 1001: %v", err)
	}
	reads(t, sys.again(), want...)
}

// heldResume starts a resume that waits for the authorizer's answer; the channel tells
// whether the client was connected, by which client.
func heldResume(t *testing.T, sys *system, l *lambdas) (release func(), done chan *testkit.Client) {
	t.Helper()
	release, done = l.hold(), make(chan *testkit.Client, 1)
	before := l.count()
	go func() {
		c, _ := sys.dial(session + "&token=good")
		done <- c
	}()
	testkit.Eventually(t, "the authorizer to be asked", func() bool { return l.count() > before })
	return release, done
}

// TestWhatEndsDuringAResume: where the connection ends while the authorizer is asked, its
// $disconnect runs once (on a stage that is gone there is none), the client does not stay,
// and its next socket is another connection.
func TestWhatEndsDuringAResume(t *testing.T) {
	for name, c := range map[string]struct {
		window int
		end    func(sys *system, id string)
		gone   bool // there is no next connection
	}{
		"the window ends": {window: 1, end: func(*system, string) {}},
		"DELETE": {window: 60, end: func(sys *system, id string) {
			if err := sys.gateway.Disconnect(sys.t.Context(), apiID, id, 0, ""); err != nil {
				sys.t.Error(err)
			}
		}},
		"DeleteStage": {window: 60, gone: true, end: func(sys *system, _ string) {
			sys.edit(func(doc *pasarela.APIDocument) { doc.Stages = nil })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := startLambda(t, "authorizer")
			d := threeRoutes()
			withAuthorizer(0, "route.request.querystring.token")(&d)
			sys := start(t, d, withLambda(l), resumable(c.window))
			first := sys.connect(session + "&token=good")
			sys.backend.Next(t)
			id := sys.only()
			sys.cut(first)
			sys.post(id, "is lost")
			release, done := heldResume(t, sys, l)
			c.end(sys, id)
			testkit.Eventually(t, "the connection to end", func() bool { return sys.gateway.Stats().Open == 0 })
			release()
			if resumed := testkit.Receive(t, done, "the end of the handshake"); resumed != nil {
				if code, _ := resumed.Closed(); code != websocket.StatusGoingAway {
					t.Errorf("closed with %d", code)
				}
			}
			if stats := sys.gateway.Stats(); stats.Outcomes[gateway.Lost] != 1 || stats.MailboxBytes != 0 || stats.Away != 0 {
				t.Errorf("%+v", stats)
			}
			if c.gone {
				if again, response := sys.dial(session + "&token=good"); again != nil || response.StatusCode != http.StatusForbidden {
					t.Errorf("on a stage that is gone: %v", response)
				}
			} else {
				if asked := sys.backend.Next(t); asked.Path != "/bye" || !strings.Contains(asked.Body, id) {
					t.Errorf("asked %+v", asked)
				}
				sys.connect(session + "&token=good")
				if asked := sys.backend.Next(t); asked.Path != "/hello" || sys.only() == id {
					t.Errorf("asked %+v", asked)
				}
			}
			sys.backend.Untouched(t)
		})
	}
}

// TestAClockThatGoesBack: the clock is set back and forward by an hour while the client is
// away. Its connection stays, and messages whose time is not limited stay with it.
func TestAClockThatGoesBack(t *testing.T) {
	var step atomic.Int64
	sys := start(t, threeRoutes(), resumable(60), func(s *setup) {
		s.gateway.Now = func() time.Time { return time.Now().Add(time.Duration(step.Load())).Round(0) }
	})
	c := sys.connect(session)
	sys.backend.Next(t)
	id := sys.only()
	for _, by := range []time.Duration{-time.Hour, time.Hour} {
		sys.cut(c)
		sys.post(id, "before")
		step.Store(int64(by))
		sys.post(id, "after")
		if _, err := sys.gateway.Describe(t.Context(), apiID, id); err != nil {
			t.Errorf("%v: %v", by, err)
		}
		c = sys.again()
		reads(t, c, "before", "after")
		step.Store(0)
		sendPongs(c)
		testkit.Eventually(t, "all to be confirmed", func() bool { return sys.gateway.Stats().MailboxBytes == 0 })
	}
	if got := sys.only(); got != id {
		t.Errorf("connection %s, want %s", got, id)
	}
	sys.backend.Untouched(t)
}
