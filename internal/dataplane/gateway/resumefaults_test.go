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
	y := start(t, threeRoutes(), resumable(60))
	c := y.connect(session)
	y.backend.Next(t)
	id := y.only()
	y.cut(c)
	y.post(id, "1", "2", "3")
	clients := make([]*testkit.Client, sockets)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() { clients[i] = y.connect(session) })
	}
	all.Wait()
	testkit.Eventually(t, "all sockets", func() bool { return y.gateway.Stats().Resumed == sockets })
	y.post(id, "4")
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
	if got := y.only(); got != id || stayed != 1 {
		t.Errorf("connection %s, want %s; %d sockets stayed", got, id, stayed)
	}
	y.backend.Untouched(t)
}

// TestASessionIsOfItsStage: a secret that is known on one stage is unknown on another, and
// on that of another API.
func TestASessionIsOfItsStage(t *testing.T) {
	const otherAPI = "zyxwv98765"
	y := start(t, threeRoutes(), resumable(60))
	deployed, err := document.NewStore[pasarela.Definition](y.bucket).Get(t.Context(), pasarela.DeploymentKey(apiID, "deploy1"))
	if err != nil {
		t.Fatal(err)
	}
	y.edit(func(doc *pasarela.APIDocument) {
		another := doc.Stages[0]
		another.StageName = "test"
		doc.Stages = append(doc.Stages, another)
	})
	other := y.doc
	other.Definition.API.APIID = otherAPI
	put(y, pasarela.DeploymentKey(otherAPI, "deploy1"), *deployed.Value)
	put(y, pasarela.APIDocumentKey(otherAPI), other)
	for _, at := range [][2]string{{apiID, "test"}, {otherAPI, stageName}} {
		testkit.Eventually(t, "the stage to be served", func() bool {
			found, ok := y.watcher.Directory.Stage(at[0], at[1])
			return ok && found.Deployed() != nil
		})
	}
	c := y.connect(session)
	id := y.only()
	y.cut(c)
	y.post(id, "for the first stage")
	ids := map[string]bool{y.backend.Next(t).Body: true}
	for _, path := range []string{apiID + "/test", otherAPI + "/" + stageName} {
		testkit.Connect(t, strings.Replace(y.url(session), apiID+"/"+stageName, path, 1))
		ids[y.backend.Next(t).Body] = true
	}
	if open := y.gateway.Stats().Open; open != 3 || len(ids) != 3 {
		t.Errorf("%d connections are open, %d were opened", open, len(ids))
	}
	reads(t, y.again(), "for the first stage")
}

// TestAMailboxIsBoundedInBytes: what waits for one client is bounded by its bytes, too.
func TestAMailboxIsBoundedInBytes(t *testing.T) {
	y := start(t, threeRoutes(), resumable(60, "mailboxBytes", "1024"))
	c := y.connect(session)
	id := y.only()
	y.cut(c)
	large := strings.Repeat("x", 1000)
	y.post(id, large)
	if err := post(t.Context(), y.gateway, apiID, id, make([]byte, 25)); pasarela.CodeOf(err) != pasarela.CodeLimitExceeded || !strings.Contains(err.Error(), "1 messages of 1000 bytes") {
		t.Errorf("25 bytes more than 1000 of 1024: %v", err)
	}
	y.post(id, strings.Repeat("y", 24))
	reads(t, y.again(), large, strings.Repeat("y", 24))
}

// TestAClientThatReturnsNoPongs: a client that reads and confirms nothing gets no more than
// its mailbox takes; the next socket has all of it again, and room when that confirms.
func TestAClientThatReturnsNoPongs(t *testing.T) {
	y := start(t, threeRoutes(), resumable(60, "mailboxMessages", "3"))
	c := y.connect(session) // testkit's clients return pings only while they read
	id := y.only()
	y.post(id, "1", "2", "3")
	if err := post(t.Context(), y.gateway, apiID, id, []byte("4")); pasarela.CodeOf(err) != pasarela.CodeLimitExceeded {
		t.Errorf("a fourth: %v", err)
	}
	if _, err := y.gateway.Push(t.Context(), apiID, id, gateway.Push{Body: []byte("4"), Wait: gateway.Acknowledged}); pasarela.CodeOf(err) != pasarela.CodeLimitExceeded {
		t.Errorf("a fourth whose sender waits: %v", err)
	}
	if stats := y.gateway.Stats(); stats.Outcomes[gateway.TooSlow] != 2 || stats.Outcomes[gateway.Acknowledged] != 0 {
		t.Errorf("%+v", stats.Outcomes)
	}
	y.cut(c)
	c = y.again()
	reads(t, c, "1", "2", "3")
	sendPongs(c)
	testkit.Eventually(t, "room", func() bool { return y.gateway.Stats().MailboxBytes == 0 })
	y.post(id, "4")
}

// TestAFullMailboxOutlivesAStop: 1,000 durable messages wait, half of them since before the
// node stopped, which takes no more then. The next run has all, in order.
func TestAFullMailboxOutlivesAStop(t *testing.T) {
	durable := resumable(60, "delivery", "durable")
	j := &memory.Journal{}
	y := start(t, threeRoutes(), durable, withJournal(j))
	c := y.connect(session)
	id := y.only()
	y.cut(c)
	var want []string
	fill := func() {
		t.Helper()
		var all sync.WaitGroup
		for range 500 { // accepted one after the other; they wait for the disk together
			body := fmt.Sprint(len(want) + 1)
			want = append(want, body)
			before := y.gateway.Stats().MailboxBytes
			all.Go(func() {
				if err := post(t.Context(), y.gateway, apiID, id, []byte(body)); err != nil {
					t.Errorf("%s: %v", body, err)
				}
			})
			for y.gateway.Stats().MailboxBytes == before && t.Context().Err() == nil && !t.Failed() {
				runtime.Gosched()
			}
		}
		all.Wait()
	}
	fill()
	ctx, cancel := context.WithTimeout(context.Background(), testkit.WaitLimit)
	defer cancel()
	if err := errors.Join(y.gateway.Drain(ctx, 0), y.gateway.Close(ctx)); err != nil {
		t.Fatal(err)
	}
	if err := post(t.Context(), y.gateway, apiID, id, []byte("too late")); pasarela.CodeOf(err) != pasarela.CodeServiceUnavailable {
		t.Errorf("after the stop: %v", err)
	}
	records := owedIn(t, j)
	y = start(t, threeRoutes(), durable, withJournal(&memory.Journal{}))
	y.recover(records)
	fill()
	if err := post(t.Context(), y.gateway, apiID, id, []byte("one more")); pasarela.CodeOf(err) != pasarela.CodeLimitExceeded {
		t.Errorf("message 1001: %v", err)
	}
	reads(t, y.again(), want...)
}

// heldResume starts a resume that waits for the authorizer's answer; the channel tells
// whether the client was connected, by which client.
func heldResume(t *testing.T, y *system, l *lambdas) (release func(), done chan *testkit.Client) {
	t.Helper()
	release, done = l.hold(), make(chan *testkit.Client, 1)
	before := l.count()
	go func() {
		c, _ := y.dial(session + "&token=good")
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
		end    func(y *system, id string)
		gone   bool // there is no next connection
	}{
		"the window ends": {window: 1, end: func(*system, string) {}},
		"DELETE": {window: 60, end: func(y *system, id string) {
			if err := y.gateway.Disconnect(y.t.Context(), apiID, id, 0, ""); err != nil {
				y.t.Error(err)
			}
		}},
		"DeleteStage": {window: 60, gone: true, end: func(y *system, _ string) {
			y.edit(func(doc *pasarela.APIDocument) { doc.Stages = nil })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := startLambda(t, "authorizer")
			d := threeRoutes()
			withAuthorizer(0, "route.request.querystring.token")(&d)
			y := start(t, d, withLambda(l), resumable(c.window))
			first := y.connect(session + "&token=good")
			y.backend.Next(t)
			id := y.only()
			y.cut(first)
			y.post(id, "is lost")
			release, done := heldResume(t, y, l)
			c.end(y, id)
			testkit.Eventually(t, "the connection to end", func() bool { return y.gateway.Stats().Open == 0 })
			release()
			if resumed := testkit.Receive(t, done, "the end of the handshake"); resumed != nil {
				if code, _ := resumed.Closed(); code != websocket.StatusGoingAway {
					t.Errorf("closed with %d", code)
				}
			}
			if stats := y.gateway.Stats(); stats.Outcomes[gateway.Lost] != 1 || stats.MailboxBytes != 0 || stats.Away != 0 {
				t.Errorf("%+v", stats)
			}
			if c.gone {
				if again, response := y.dial(session + "&token=good"); again != nil || response.StatusCode != http.StatusForbidden {
					t.Errorf("on a stage that is gone: %v", response)
				}
			} else {
				if asked := y.backend.Next(t); asked.Path != "/bye" || !strings.Contains(asked.Body, id) {
					t.Errorf("asked %+v", asked)
				}
				y.connect(session + "&token=good")
				if asked := y.backend.Next(t); asked.Path != "/hello" || y.only() == id {
					t.Errorf("asked %+v", asked)
				}
			}
			y.backend.Untouched(t)
		})
	}
}

// TestAClockThatGoesBack: the clock is set back and forward by an hour while the client is
// away. Its connection stays, and messages whose time is not limited stay with it.
func TestAClockThatGoesBack(t *testing.T) {
	var step atomic.Int64
	y := start(t, threeRoutes(), resumable(60), func(s *setup) {
		s.gateway.Now = func() time.Time { return time.Now().Add(time.Duration(step.Load())).Round(0) }
	})
	c := y.connect(session)
	y.backend.Next(t)
	id := y.only()
	for _, by := range []time.Duration{-time.Hour, time.Hour} {
		y.cut(c)
		y.post(id, "before")
		step.Store(int64(by))
		y.post(id, "after")
		if _, err := y.gateway.Describe(t.Context(), apiID, id); err != nil {
			t.Errorf("%v: %v", by, err)
		}
		c = y.again()
		reads(t, c, "before", "after")
		step.Store(0)
		sendPongs(c)
		testkit.Eventually(t, "all to be confirmed", func() bool { return y.gateway.Stats().MailboxBytes == 0 })
	}
	if got := y.only(); got != id {
		t.Errorf("connection %s, want %s", got, id)
	}
	y.backend.Untouched(t)
}
