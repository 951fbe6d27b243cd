package gateway_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

const (
	secret  = "s3cret-of-the-client-1"
	session = "?pasarela-session=" + secret
)

// resumable makes connections of the stage outlive their sockets for that many
// seconds.
func resumable(seconds int, tags ...string) option {
	return func(s *setup) {
		s.stage.Tags = map[string]string{"pasarela:resumeSeconds": fmt.Sprint(seconds)}
		for i := 0; i < len(tags); i += 2 {
			s.stage.Tags["pasarela:"+tags[i]] = tags[i+1]
		}
	}
}

// threeRoutes is an API whose $connect, $disconnect and $default call its backend.
func threeRoutes() pasarela.Definition {
	return api(route{key: "$connect", integration: toHTTP("/hello", `{"id":"$context.connectionId"}`, "$default")},
		route{key: "$disconnect", integration: toHTTP("/bye", `{"id":"$context.connectionId"}`, "$default")},
		route{key: "$default", twoWay: true, integration: toHTTP("/say", "", "$default")})
}

// cut ends the socket without a close frame, and waits until the gateway has
// noticed it.
func (sys *system) cut(c *testkit.Client) {
	sys.t.Helper()
	before := sys.gateway.Stats().Away
	_ = c.Conn.CloseNow()
	testkit.Eventually(sys.t, "the client to be away", func() bool { return sys.gateway.Stats().Away > before })
}

// again opens another socket of a session.
func (sys *system) again(options ...testkit.DialOption) *testkit.Client {
	sys.t.Helper()
	before := sys.gateway.Stats().Resumed
	c := sys.connect(session, options...)
	testkit.Eventually(sys.t, "the connection to go on", func() bool { return sys.gateway.Stats().Resumed > before })
	return c
}

func (sys *system) post(id string, bodies ...string) {
	sys.t.Helper()
	for _, body := range bodies {
		if err := post(sys.t.Context(), sys.gateway, apiID, id, []byte(body)); err != nil {
			sys.t.Fatalf("%s: %v", body, err)
		}
	}
}

func (sys *system) acknowledged(n int64) {
	sys.t.Helper()
	testkit.Eventually(sys.t, "pongs", func() bool { return sys.gateway.Stats().Outcomes[gateway.Acknowledged] >= n })
}

// sendPongs reads on, which is when this client returns pings.
func sendPongs(c *testkit.Client) {
	go func() {
		for {
			if _, _, err := c.Conn.Read(context.Background()); err != nil {
				return
			}
		}
	}()
}

func reads(t *testing.T, c *testkit.Client, bodies ...string) {
	t.Helper()
	for _, want := range bodies {
		if got := c.Read(); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

func TestAClientComesBack(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60))
	c := sys.connect(session)
	if asked := sys.backend.Next(t); asked.Path != "/hello" {
		t.Fatalf("asked %+v", asked)
	}
	id := sys.only()
	for round := range 3 {
		sys.cut(c)
		sys.post(id, fmt.Sprint(round, " one"), fmt.Sprint(round, " two"), fmt.Sprint(round, " three"))
		if d, err := sys.gateway.Describe(t.Context(), apiID, id); err != nil || d.UserAgent != "testkit" || d.LastActiveAt.IsZero() {
			t.Errorf("while the client is away: %+v, %v", d, err)
		}
		live := slices.Collect(sys.gateway.Connections("", ""))
		if len(live) != 1 || live[0].ConnectionID != id || !live[0].Resumable || !live[0].Away || live[0].Waiting != 3 {
			t.Errorf("listed as %+v", live)
		}
		c = sys.again(testkit.Header("User-Agent", "another"))
		reads(t, c, fmt.Sprint(round, " one"), fmt.Sprint(round, " two"), fmt.Sprint(round, " three"))
		c.Send(`{}`)
		if got := c.Read(); got != "{}" {
			t.Errorf("the backend's answer came as %q", got)
		}
		if asked := sys.backend.Next(t); asked.Path != "/say" {
			t.Errorf("asked %+v", asked)
		}
		sendPongs(c)
		testkit.Eventually(sys.t, "all to be confirmed", func() bool { return sys.gateway.Stats().MailboxBytes == 0 })
		sys.cut(c)
		c = sys.again()
	}
	sys.backend.Untouched(t)
	if stats := sys.gateway.Stats(); stats.Open != 1 || stats.Resumed != 6 || stats.Away != 0 {
		t.Errorf("%d open, %d resumed, %d away", stats.Open, stats.Resumed, stats.Away)
	}
	_ = c.Conn.Close(websocket.StatusNormalClosure, "") // which a client that comes back does not
	if asked := sys.backend.Next(t); asked.Path != "/bye" || !strings.Contains(asked.Body, id) {
		t.Errorf("asked %+v", asked)
	}
	testkit.Eventually(sys.t, "the connection to be gone", func() bool { return sys.gateway.Stats().Open == 0 })
	sys.connect(session)
	if got := sys.only(); got == id {
		t.Error("a session that has ended goes on")
	}
}

// A client that reads nothing confirms nothing.
func TestWhatWasNotConfirmedIsSentAgain(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60))
	c := sys.connect(session)
	id := sys.only()
	sys.post(id, "one", "two")
	reads(t, c, "one", "two")
	sendPongs(c)
	sys.acknowledged(2)
	sys.cut(c)
	c = sys.again()
	sys.post(id, "three", "four") // c reads neither
	sys.cut(c)
	sys.post(id, "five")
	c = sys.again()
	reads(t, c, "three", "four", "five")
	sys.post(id, "six")
	reads(t, c, "six")
	stats := sys.gateway.Stats()
	if stats.Outcomes[gateway.Redelivered] != 2 {
		t.Errorf("%d were sent again", stats.Outcomes[gateway.Redelivered])
	}
	sendPongs(c)
	testkit.Eventually(sys.t, "all to be confirmed", func() bool { return sys.gateway.Stats().MailboxBytes == 0 })
	said := ""
	testkit.Eventually(sys.t, "the story of the connection", func() bool {
		entries := sys.gateway.Find(id)
		said = execution.Explain(entries, false, language.English)
		return strings.Count(said, "The client came back") == 2
	})
	for _, want := range []string{"The socket ended (1006", "2 messages wait for it", "2 messages that it had not confirmed were sent again, and 1 that waited", "The message waits for its client"} {
		if !strings.Contains(said, want) {
			t.Errorf("explain lacks %q:\n%s", want, said)
		}
	}
}

func TestASecondSocketReplacesTheFirst(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60))
	first := sys.connect(session)
	id := sys.only()
	second := sys.again()
	if code, reason := first.Closed(); code != 4001 || reason != "Resumed on another socket" {
		t.Errorf("closed with %d %q", code, reason)
	}
	sys.post(id, "hello")
	reads(t, second, "hello")
	if got := sys.only(); got != id {
		t.Errorf("connection %s, want %s", got, id)
	}
	sys.backend.Next(t)
	sys.backend.Untouched(t)
}

func TestTheWindowEnds(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(1))
	c := sys.connect(session)
	sys.backend.Next(t)
	id := sys.only()
	sys.cut(c)
	sys.post(id, "never read")
	if asked := sys.backend.Next(t); asked.Path != "/bye" {
		t.Errorf("asked %+v", asked)
	}
	e := sys.explain(id, func(e execution.Entry) bool { return e.EventType == "DISCONNECT" })
	text := execution.Explain([]execution.Entry{e}, false, language.English)
	for _, want := range []string{"[1006: Connection closed abnormally]", "1 message that was accepted"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	if err := post(t.Context(), sys.gateway, apiID, id, []byte("x")); pasarela.CodeOf(err) != pasarela.CodeGone {
		t.Errorf("afterwards: %v", err)
	}
	stats := sys.gateway.Stats()
	if stats.Outcomes[gateway.Lost] != 1 || stats.MailboxBytes != 0 || stats.Away != 0 || stats.Open != 0 {
		t.Errorf("%+v", stats)
	}
}

func TestWhatEndsAResumableConnection(t *testing.T) {
	for name, end := range map[string]func(sys *system, c *testkit.Client, id string){
		"a close frame": func(_ *system, c *testkit.Client, _ string) { _ = c.Conn.Close(websocket.StatusNormalClosure, "") },
		"DELETE": func(sys *system, _ *testkit.Client, id string) {
			if err := sys.gateway.Disconnect(context.Background(), apiID, id, 0, ""); err != nil {
				sys.t.Error(err)
			}
		},
		"DELETE while away": func(sys *system, c *testkit.Client, id string) {
			sys.cut(c)
			if err := sys.gateway.Disconnect(context.Background(), apiID, id, 0, ""); err != nil {
				sys.t.Error(err)
			}
		},
		"a stop": func(sys *system, _ *testkit.Client, _ string) {
			ctx, cancel := context.WithTimeout(context.Background(), testkit.WaitLimit)
			defer cancel()
			if err := sys.gateway.Drain(ctx, 0); err != nil {
				sys.t.Error(err)
			}
		},
		"a stop while away": func(sys *system, c *testkit.Client, _ string) {
			sys.cut(c)
			ctx, cancel := context.WithTimeout(context.Background(), testkit.WaitLimit)
			defer cancel()
			if err := sys.gateway.Drain(ctx, 0); err != nil {
				sys.t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			sys := start(t, threeRoutes(), resumable(60))
			c := sys.connect(session)
			sys.backend.Next(t)
			id := sys.only()
			sendPongs(c)
			end(sys, c, id)
			if asked := sys.backend.Next(t); asked.Path != "/bye" {
				t.Errorf("asked %+v", asked)
			}
			testkit.Eventually(sys.t, "the end", func() bool { return sys.gateway.Stats().Open == 0 })
			sys.backend.Untouched(t)
		})
	}
}

// A browser closes the sockets of a page that is loaded again with 1001.
func TestAPageMayBeLoadedAgain(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60))
	c := sys.connect(session)
	id := sys.only()
	_ = c.Conn.Close(websocket.StatusGoingAway, "")
	testkit.Eventually(sys.t, "the client to be away", func() bool { return sys.gateway.Stats().Away == 1 })
	sys.post(id, "news")
	reads(t, sys.again(), "news")
}

func TestSecretsThatAreNone(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60))
	for _, query := range []string{
		"?pasarela-session=", "?pasarela-session=short", session + "%20", session + "&pasarela-session=" + secret,
		"?pasarela-session=" + strings.Repeat("x", 129), "?x=1&pasarela%2Dsession=short",
	} {
		if body, _ := sys.refuse(query, http.StatusBadRequest); !strings.Contains(body, "pasarela-session must be given once: 22 to 128 characters") {
			t.Errorf("%s: %s", query, body)
		}
	}
	sys.backend.Untouched(t)
}

// The secret is a bearer token of the connection: only client and gateway may see it.
func TestTheSecretStaysInTheGateway(t *testing.T) {
	l := startLambda(t, "authorizer")
	d := api(route{key: "$connect", integration: toProxy("/hello")})
	d.Integrations[0].RequestParameters = map[string]string{"integration.request.querystring.all": "route.request.querystring.pasarela-session"}
	withAuthorizer(0, "route.request.querystring.token")(&d)
	sys := start(t, d, withLambda(l), resumable(60), func(s *setup) {
		yes := true
		s.stage.DefaultRouteSettings = pasarela.RouteSettings{DataTraceEnabled: &yes, LoggingLevel: pasarela.LoggingInfo}
		s.stage.AccessLogSettings = &pasarela.AccessLogSettings{DestinationARN: "arn:aws:logs:us-east-1:123456789012:log-group:x", Format: `{"id":"$context.connectionId","requestId":"$context.requestId"}`}
	})
	c := sys.connect(session + "&token=good&other=1")
	id := sys.only()
	asked := sys.backend.Next(t)
	sys.cut(c)
	sys.connect(session + "&token=good&other=1")
	entries := sys.gateway.Find(id)
	for what, text := range map[string]string{
		"the backend": fmt.Sprintf("%+v", asked), "the authorizer": l.last(), "explain": execution.Explain(entries, false, language.English) + fmt.Sprintf("%+v", entries),
		"the execution log": sys.log.String(), "the access log": sys.access.String(), "the node's log": sys.nodeLog.String(),
	} {
		if strings.Contains(text, secret) || strings.Contains(text, gateway.SessionParameter) {
			t.Errorf("%s sees the session: %s", what, text)
		}
	}
	if !strings.Contains(l.last(), `"other"`) {
		t.Errorf("the authorizer misses the rest of the query: %s", l.last())
	}
}

func TestASessionBelongsToItsPrincipal(t *testing.T) {
	l := startLambda(t, "authorizer")
	d := api(route{key: "$connect"})
	withAuthorizer(0, "route.request.querystring.token")(&d)
	sys := start(t, d, withLambda(l), resumable(60))
	c := sys.connect(session + "&token=good")
	id := sys.only()
	before := l.count()
	sys.refuse(session+"&token=deny", http.StatusForbidden)
	body, header := sys.refuse(session+"&token=another", http.StatusForbidden)
	if !strings.Contains(body, `"Forbidden"`) {
		t.Error(body)
	}
	e := sys.explain(header.Get("x-amz-apigw-id"), func(execution.Entry) bool { return true })
	if got := e.Failure.ID(); got != language.SessionPrincipal.Of("", "").ID() {
		t.Errorf("refused because of %s", got)
	}
	if l.count() != before+2 {
		t.Errorf("the authorizer was asked %d times", l.count()-before)
	}
	sys.post(id, "still here")
	reads(t, c, "still here")
	sys.connect(session + "&token=good")
	if got := sys.only(); got != id {
		t.Errorf("connection %s, want %s", got, id)
	}
}

// A client that gives up on its handshake connects again while its $connect still
// runs.
func TestASessionIsOneConnectionAlsoAtConnect(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60))
	sys.backend.Respond(testkit.Response{Status: 200, Body: "{}", Delay: time.Minute})
	ctx, giveUp := context.WithCancel(t.Context())
	go func() { _, _, _ = websocket.Dial(ctx, sys.url(session), nil) }() // it is refused
	sys.backend.Next(t)
	giveUp()
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() { sys.connect(session) })
	}
	testkit.Eventually(sys.t, "the handshakes to wait", func() bool { return sys.gateway.Stats().Open == 1 })
	sys.backend.Release()
	all.Wait()
	testkit.Eventually(sys.t, "one connection", func() bool {
		return len(slices.Collect(sys.gateway.Connections("", ""))) == 1 && sys.gateway.Stats().Open == 1
	})
	sys.backend.Untouched(t)
}

func TestARefusedSessionMayTryAgain(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60))
	sys.backend.Respond(testkit.Response{Status: 409})
	sys.refuse(session, 409)
	sys.refuse(session, 409)
	sys.backend.Respond(testkit.Response{Status: 200, Body: "{}"})
	sys.connect(session)
	testkit.Eventually(sys.t, "one connection", func() bool { return sys.gateway.Stats().Open == 1 })
}

func TestMailboxesAreBounded(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60, "mailboxMessages", "2"), func(s *setup) { s.gateway.MailboxBytes = 1000 })
	c := sys.connect(session)
	id := sys.only()
	sys.cut(c)
	sys.post(id, "one", "two")
	err := post(t.Context(), sys.gateway, apiID, id, []byte("three"))
	if pasarela.CodeOf(err) != pasarela.CodeLimitExceeded || !strings.Contains(err.Error(), "2 messages of 6 bytes wait for it already (tags pasarela:mailboxMessages and") {
		t.Errorf("a third: %v", err)
	}
	other := sys.connect(session + "2")
	testkit.Eventually(sys.t, "two connections", func() bool { return sys.gateway.Stats().Open == 2 })
	sys.cut(other)
	for live := range sys.gateway.Connections("", "") {
		if live.ConnectionID == id {
			continue
		}
		if err := post(t.Context(), sys.gateway, apiID, live.ConnectionID, make([]byte, 995)); pasarela.CodeOf(err) != pasarela.CodeLimitExceeded {
			t.Errorf("more than the node has room for: %v", err)
		}
	}
	reads(t, sys.again(), "one", "two")
	if n := sys.gateway.Stats().Outcomes[gateway.TooSlow]; n != 2 {
		t.Errorf("%d were too much", n)
	}
}

// TestEmptyMessagesFillMailboxes: what a message takes besides its body counts for the
// node's bound, and is free again when the connection ends.
func TestEmptyMessagesFillMailboxes(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60), func(s *setup) { s.gateway.MailboxBytes = 1000 })
	c := sys.connect(session)
	id := sys.only()
	sys.cut(c)
	var err error
	kept := 0
	for ; kept < 100 && err == nil; kept++ {
		err = post(t.Context(), sys.gateway, apiID, id, nil)
	}
	if pasarela.CodeOf(err) != pasarela.CodeLimitExceeded || kept != 8 {
		t.Errorf("%d of 1000 bytes were taken, then %v", kept-1, err)
	}
	if err := sys.gateway.Disconnect(t.Context(), apiID, id, 0, ""); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the room to be free", func() bool { return sys.gateway.Stats().MailboxBytes == 0 })
}

func TestMessagesExpire(t *testing.T) {
	sys := start(t, threeRoutes(), resumable(60))
	c := sys.connect(session)
	id := sys.only()
	sys.cut(c)
	push := func(body string, lifetime time.Duration) {
		t.Helper()
		if _, err := sys.gateway.Push(t.Context(), apiID, id, gateway.Push{Body: []byte(body), Lifetime: lifetime}); err != nil {
			t.Fatal(err)
		}
	}
	push("soon", time.Nanosecond)
	push("late", time.Hour)
	push("soon", time.Nanosecond)
	if n := sys.gateway.Stats().Outcomes[gateway.Expired]; n != 1 {
		t.Errorf("%d expired while the client is away; the first waited in the way of the others", n)
	}
	reads(t, sys.again(), "late")
	testkit.Eventually(sys.t, "the others to be counted", func() bool { return sys.gateway.Stats().Outcomes[gateway.Expired] == 2 })
}

func TestPushesTellTheirOutcome(t *testing.T) {
	for name, query := range map[string]string{"with a session": session, "without": ""} {
		t.Run(name, func(t *testing.T) {
			sys := start(t, threeRoutes(), resumable(60))
			c := sys.connect(query)
			id := sys.only()
			push := func(wait gateway.Outcome) gateway.Outcome {
				t.Helper()
				pushed, err := sys.gateway.Push(t.Context(), apiID, id, gateway.Push{Body: []byte("x"), Wait: wait})
				if err != nil {
					t.Fatal(err)
				}
				return pushed.Outcome
			}
			if got := push(gateway.Accepted); got != gateway.Accepted {
				t.Errorf("nothing asked: %v", got)
			}
			if got := push(gateway.Sent); got != gateway.Sent {
				t.Errorf("sent: %v", got)
			}
			reading := make(chan struct{})
			go func() {
				defer close(reading)
				for range 3 {
					_, _, _ = c.Conn.Read(t.Context())
				}
				_, _, _ = c.Conn.Read(t.Context())
			}()
			if got := push(gateway.Acknowledged); got != gateway.Acknowledged {
				t.Errorf("acknowledged: %v", got)
			}
			if query == "" {
				_ = c.Conn.CloseNow()
				testkit.Eventually(sys.t, "the end", func() bool { return sys.gateway.Stats().Open == 0 })
				if _, err := sys.gateway.Push(t.Context(), apiID, id, gateway.Push{Body: []byte("x"), Wait: gateway.Acknowledged}); pasarela.CodeOf(err) != pasarela.CodeGone {
					t.Errorf("afterwards: %v", err)
				}
				return
			}
			sys.cut(c)
			for _, wait := range []gateway.Outcome{gateway.Sent, gateway.Acknowledged} {
				if got := push(wait); got != gateway.Queued {
					t.Errorf("%v, away: %v", wait, got)
				}
			}
			<-reading
		})
	}
}

// A sender that waits when the connection ends learns that the message may not
// have arrived.
func TestWaitingPushesLearnOfTheEnd(t *testing.T) {
	for query, want := range map[string]gateway.Outcome{session: gateway.Queued, "": gateway.Gone} {
		sys := start(t, threeRoutes(), resumable(60))
		c := sys.connect(query)
		id := sys.only()
		ended := make(chan gateway.Outcome, 1)
		go func() {
			pushed, err := sys.gateway.Push(context.Background(), apiID, id, gateway.Push{Body: []byte("x"), Wait: gateway.Acknowledged})
			if pasarela.CodeOf(err) == pasarela.CodeGone {
				pushed.Outcome = gateway.Gone
			}
			ended <- pushed.Outcome
		}()
		testkit.Eventually(sys.t, "the push to be sent", func() bool { return sys.gateway.Stats().Sockets.MessagesOut > 0 })
		_ = c.Conn.CloseNow()
		if got := <-ended; got != want {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
}

// A client that names a session learns from the 101 whether it is kept (A-GATEWAY-50).
func TestThe101TellsWhetherASessionIsKept(t *testing.T) {
	strict := func(s *setup) { s.gateway.Strict = true }
	for name, c := range map[string]struct {
		options []option
		query   string
		want    string
	}{
		"kept":        {[]option{resumable(60)}, session, "kept"},
		"no session":  {[]option{resumable(60)}, "", ""},
		"not allowed": {nil, session, ""},
		"strict":      {[]option{resumable(60), strict}, session, ""},
	} {
		t.Run(name, func(t *testing.T) {
			sys := start(t, threeRoutes(), c.options...)
			first := sys.connect(c.query)
			if got := strings.Join(first.Response.Header.Values("pasarela-session"), ","); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if c.want == "" {
				return
			}
			sys.cut(first)
			if got := sys.again().Response.Header.Get("pasarela-session"); got != c.want {
				t.Errorf("the second time %q, want %q", got, c.want)
			}
		})
	}
}

// With the feature off, or under --strict, the session's parameter is an
// ordinary one.
func TestWithoutTheTagASessionIsAParameter(t *testing.T) {
	for name, options := range map[string][]option{
		"off": nil, "strict": {resumable(60), func(s *setup) { s.gateway.Strict = true }},
	} {
		t.Run(name, func(t *testing.T) {
			d := api(route{key: "$connect", integration: toHTTP("/hello", `{"p":"$input.params('pasarela-session')"}`, "$default")},
				route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")})
			sys := start(t, d, options...)
			c := sys.connect("?pasarela-session=x")
			if asked := sys.backend.Next(t); asked.Body != `{"p":"x"}` {
				t.Errorf("asked %+v", asked)
			}
			_ = c.Conn.CloseNow()
			if asked := sys.backend.Next(t); asked.Path != "/bye" {
				t.Errorf("asked %+v", asked)
			}
		})
	}
}
