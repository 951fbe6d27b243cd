package gateway_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// Conformance 23 to 25.
func TestPushes(t *testing.T) {
	sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")}))
	c := sys.connect("")
	id := sys.only()
	for body, want := range map[string]string{`{"progress":50,"step":"x"}`: `{"progress":50,"step":"x"}`, "": "", "a\xffb": "a\ufffdb", strings.Repeat("é", 60_000): strings.Repeat("é", 60_000)} {
		if err := post(t.Context(), sys.gateway, apiID, id, []byte(body)); err != nil {
			t.Fatal(err)
		}
		if got := c.Read(); got != want {
			t.Errorf("%.30q arrived as %.30q", body, got)
		}
	}
	d, err := sys.gateway.Describe(t.Context(), apiID, id)
	if err != nil || d.SourceIP != "127.0.0.1" || d.UserAgent != "testkit" || d.LastActiveAt.Before(d.ConnectedAt.Add(-time.Second)) {
		t.Errorf("%+v %v", d, err)
	}
	if err := sys.gateway.Disconnect(t.Context(), apiID, id, 0, ""); err != nil {
		t.Fatal(err)
	}
	if code, reason := c.Closed(); code != websocket.StatusNormalClosure || reason != "Connection Closed Normally" {
		t.Errorf("closed with %d %q", code, reason)
	}
	sys.backend.Next(t)
	if err := post(t.Context(), sys.gateway, apiID, id, []byte("x")); pasarela.CodeOf(err) != pasarela.CodeGone {
		t.Errorf("after the end: %v", err)
	}
	if _, err := sys.gateway.Describe(t.Context(), apiID, id); pasarela.CodeOf(err) != pasarela.CodeGone {
		t.Errorf("after the end: %v", err)
	}
}

func TestPushesThatCannotBe(t *testing.T) {
	sys := start(t, api())
	sys.connect("")
	id := sys.only()
	for _, test := range []struct {
		name, api, id string
		body          int
		code          pasarela.ErrorCode
	}{
		{"unknown id", apiID, execution.NewIDs(0).Connection(time.Now()), 1, pasarela.CodeGone},
		{"another node", apiID, execution.NewIDs(7).Connection(time.Now()), 1, pasarela.CodeGone},
		{"another API", "zzzzzzzzzz", id, 1, pasarela.CodeGone},
		{"no id", apiID, "nonsense", 1, pasarela.CodeBadRequest},
		{"id without its end", apiID, strings.TrimSuffix(id, "="), 1, pasarela.CodeBadRequest},
		{"too long", apiID, id, gateway.MaxPost + 1, pasarela.CodePayloadTooLarge},
	} {
		if err := post(t.Context(), sys.gateway, test.api, test.id, make([]byte, test.body)); pasarela.CodeOf(err) != test.code {
			t.Errorf("%s: %v, want %s", test.name, err, test.code)
		}
	}
	if err := sys.gateway.Disconnect(t.Context(), apiID, id, 1006, ""); pasarela.CodeOf(err) != pasarela.CodeBadRequest {
		t.Errorf("closing with 1006: %v", err)
	}
}

func TestDeleteWithCodeAndReason(t *testing.T) {
	sys := start(t, api())
	c := sys.connect("")
	if err := sys.gateway.Disconnect(t.Context(), apiID, sys.only(), 4001, "kicked"); err != nil {
		t.Fatal(err)
	}
	if code, reason := c.Closed(); code != 4001 || reason != "kicked" {
		t.Errorf("closed with %d %q", code, reason)
	}
}

// posting responds to $connect after it has posted to the connection that is being made.
func posting(t *testing.T, sys *system, status int, errs chan<- error, bodies ...string) {
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
		_, rest, _ := strings.Cut(a.Body, `"connectionId": "`)
		id, _, _ := strings.Cut(rest, `"`)
		for _, body := range bodies {
			errs <- post(t.Context(), sys.gateway, apiID, id, []byte(body))
		}
		return testkit.Response{Status: status, Body: "{}"}
	})
}

// No race at connect: what is posted while $connect runs comes first.
func TestPostsDuringConnectAreHeld(t *testing.T) {
	sys := start(t, api(
		route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")},
		route{key: "$default", twoWay: true, integration: toMock(`{"statusCode": 200}`, "late")},
	))
	errs := make(chan error, 100)
	posting(t, sys, 201, errs, "one", "two", "three")
	c := sys.connect("")
	c.Send("x")
	for _, want := range []string{"one", "two", "three", "late"} {
		if err := error(nil); want != "late" {
			if err = <-errs; err != nil {
				t.Fatal(err)
			}
		}
		if got := c.Read(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestHeldPostsAreBounded(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")}))
	errs := make(chan error, 100)
	bodies := make([]string, 40)
	for i := range bodies {
		bodies[i] = "x"
	}
	posting(t, sys, 200, errs, bodies...)
	sys.connect("")
	taken, full := 0, 0
	for range bodies {
		switch err := <-errs; {
		case err == nil:
			taken++
		case pasarela.CodeOf(err) == pasarela.CodeLimitExceeded:
			full++
		default:
			t.Error(err)
		}
	}
	if taken != 32 || full != 8 {
		t.Errorf("%d held, %d refused", taken, full)
	}
}

func TestHeldPostsOfARefusedConnect(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")}))
	errs := make(chan error, 10)
	posting(t, sys, 403, errs, "one")
	sys.refuse("", 403)
	if err := <-errs; err != nil {
		t.Error(err)
	}
	if n := sys.gateway.Stats().Open; n != 0 {
		t.Errorf("%d open", n)
	}
}

// Conformance 10.
func TestStrictPostsDuringConnectAreGone(t *testing.T) {
	sys := start(t, api(route{key: "$connect", integration: toHTTP("/", guideTemplate, "$default")}), func(s *setup) { s.gateway.Strict = true })
	errs := make(chan error, 10)
	posting(t, sys, 201, errs, "one")
	c := sys.connect("")
	if err := <-errs; pasarela.CodeOf(err) != pasarela.CodeGone {
		t.Errorf("got %v", err)
	}
	if err := post(t.Context(), sys.gateway, apiID, sys.only(), []byte("after")); err != nil {
		t.Fatal(err)
	}
	if got := c.Read(); got != "after" {
		t.Errorf("got %q", got)
	}
}

func TestPushesToAnotherNode(t *testing.T) {
	network, bucket := memory.NewNetwork(), memory.NewBucket()
	one := start(t, api(), func(s *setup) { s.network, s.node, s.gateway.Node, s.bucket = network, "1", 1, bucket })
	two := start(t, api(), func(s *setup) { s.network, s.node, s.gateway.Node = network, "2", 2 })
	c := one.connect("")
	id := one.only()
	if node, ok := execution.NodeOfConnection(id); !ok || node != 1 {
		t.Fatalf("%s names node %d", id, node)
	}
	if err := post(t.Context(), two.gateway, apiID, id, []byte("from two\n{}")); err != nil {
		t.Fatal(err)
	}
	if got := c.Read(); got != "from two\n{}" {
		t.Errorf("got %q", got)
	}
	if d, err := two.gateway.Describe(t.Context(), apiID, id); err != nil || d.UserAgent != "testkit" {
		t.Errorf("%+v %v", d, err)
	}
	if len(one.gateway.Find(id)) == 0 || len(two.gateway.Find(id)) != 0 {
		t.Errorf("remembered: %d by the node that has it, %d by the other", len(one.gateway.Find(id)), len(two.gateway.Find(id)))
	}
	if err := two.gateway.Disconnect(t.Context(), apiID, id, 4002, "elsewhere"); err != nil {
		t.Fatal(err)
	}
	if code, reason := c.Closed(); code != 4002 || reason != "elsewhere" {
		t.Errorf("closed with %d %q", code, reason)
	}
	if err := post(t.Context(), two.gateway, apiID, id, []byte("x")); pasarela.CodeOf(err) != pasarela.CodeGone {
		t.Errorf("after the end: %v", err)
	}
	if err := post(t.Context(), two.gateway, apiID, execution.NewIDs(9).Connection(time.Now()), []byte("x")); pasarela.CodeOf(err) != pasarela.CodeGone {
		t.Errorf("a node that is not there: %v", err)
	}
}

func TestASlowReaderIsTold(t *testing.T) {
	sys := start(t, api())
	sys.connect("") // never reads
	id := sys.only()
	body := []byte(strings.Repeat("x", 100_000))
	var err error
	for range 500 {
		if err = post(t.Context(), sys.gateway, apiID, id, body); err != nil {
			break
		}
	}
	if pasarela.CodeOf(err) != pasarela.CodeLimitExceeded {
		t.Errorf("50 MB for a client that does not read: %v", err)
	}
}

// A client that leaves while $connect runs: the backend may have noted its id, so
// $disconnect follows.
func TestAClientThatLeavesDuringConnect(t *testing.T) {
	sys := start(t, api(
		route{key: "$connect", integration: toHTTP("/hello", guideTemplate, "$default")},
		route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")},
	))
	conn, err := net.Dial("tcp", sys.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	sys.backend.RespondWith(func(a testkit.Request) testkit.Response {
		if a.Path == "/hello" {
			_ = conn.(*net.TCPConn).SetLinger(0) // a reset, so that the 101 cannot be written for ever
			_ = conn.Close()
			close(gone)
		}
		return testkit.Response{Body: "{}"}
	})
	_, _ = io.WriteString(conn, "GET /"+apiID+"/prod HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	<-gone
	if got := sys.backend.Next(t); got.Path != "/hello" {
		t.Errorf("asked %+v", got)
	}
	if got := sys.backend.Next(t); got.Path != "/bye" {
		t.Errorf("asked %+v", got)
	}
	testkit.Eventually(t, "the place to be free", func() bool { return sys.gateway.Stats().Open == 0 })
	sys.backend.Untouched(t)
}

func TestPushesCountAgainstTheAccount(t *testing.T) {
	sys := start(t, api(), func(s *setup) { s.gateway.Account = throttle.Limit{Rate: 0.0001, Burst: 2} })
	sys.connect("")
	id := sys.only()
	for i, want := range []pasarela.ErrorCode{"", "", pasarela.CodeLimitExceeded} {
		if err := post(t.Context(), sys.gateway, apiID, id, []byte("x")); pasarela.CodeOf(err) != want {
			t.Errorf("post %d: %v", i, err)
		}
	}
}

// A backend that uses another API's endpoint gets AWS's 410; the operator learns where
// the connection is, on either API, from this node or another.
func TestACallThroughAnotherAPIIsExplained(t *testing.T) {
	network, bucket := memory.NewNetwork(), memory.NewBucket()
	var log bytes.Buffer
	one := start(t, api(), func(s *setup) {
		s.network, s.node, s.gateway.Node, s.bucket = network, "1", 1, bucket
		s.gateway.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	two := start(t, api(), func(s *setup) { s.network, s.node, s.gateway.Node = network, "2", 2 })
	one.connect("")
	id := one.only()
	for i, sys := range []*system{one, two} {
		err := post(t.Context(), sys.gateway, "other12345", id, []byte("x"))
		if pasarela.CodeOf(err) != pasarela.CodeGone || !strings.Contains(err.Error(), "Gone") {
			t.Fatalf("got %v", err)
		}
		request := fmt.Sprint("request-", i)
		sys.gateway.NoteRefused(gateway.RefusedCall{RequestID: request, Method: "POST", APIID: "other12345", ConnectionID: id, Status: 410, Err: err})
		entries := sys.gateway.Find(request)
		if len(entries) != 2 || !strings.Contains(entries[0].Cause().Error(), "not on API other12345") || strings.Contains(entries[0].Cause().Error(), apiID) || entries[0].APIID != "other12345" {
			t.Errorf("%+v", entries)
		} else if own := entries[1]; own.APIID != apiID || own.Stage != stageName || own.RouteKey != "POST /@connections/{connectionId}" {
			t.Errorf("to whom the connection is, it is %+v", own)
		}
		causes := ""
		for _, e := range append(one.gateway.Find(id), two.gateway.Find(id)...) {
			if e.Failed() {
				causes += e.APIID + ": " + e.Cause().Error() + "\n"
			}
		}
		if !strings.Contains(causes, apiID+": A call to @connections for this connection came to the endpoint of API other12345") || !strings.Contains(causes, "other12345: The connection is open, but not on API") {
			t.Errorf("node %d: %s", i+1, causes)
		}
	}
	if !strings.Contains(log.String(), "calledApi=other12345 openOnApi="+apiID) {
		t.Errorf("logged %s", log.String())
	}
}

// What `explain` says of a refused call is what to do; the caller gets AWS's words.
func TestARefusedCallSaysTheWayOut(t *testing.T) {
	sys := start(t, api())
	_, invalid := sys.gateway.Describe(t.Context(), apiID, "abcGONE=")
	for name, c := range map[string]struct {
		err  error
		says []string
	}{
		"unknown key":  {&sigv4.Error{Fault: sigv4.FaultUnknownKey, AccessKeyID: "AKIAWRONG"}, []string{"no active access key AKIAWRONG", "pasarela credentials", "Users, Access keys"}},
		"wrong secret": {&sigv4.Error{Fault: sigv4.FaultMismatch, AccessKeyID: "AKIARIGHT"}, []string{"secret of access key AKIARIGHT", "pasarela credentials"}},
		"no signature": {&sigv4.Error{Fault: sigv4.FaultMissing}, []string{"Missing Authentication Token"}},
		"no id":        {invalid, []string{"abcGONE= is no connectionId", "$context.connectionId", "16 characters"}},
		"too long":     {pasarela.Errorf(pasarela.CodePayloadTooLarge, "The request body is too large"), []string{"131072 bytes", "No setting changes that"}},
	} {
		sys.gateway.NoteRefused(gateway.RefusedCall{RequestID: name, Method: "POST", APIID: apiID, Status: 403, Err: c.err, Authenticated: true})
		got := sys.gateway.Find(name)[0].Cause().Error()
		for _, text := range c.says {
			if !strings.Contains(got, text) {
				t.Errorf("%s: %q does not say %q", name, got, text)
			}
		}
	}
	if told, _ := errors.AsType[*pasarela.Error](invalid); told.Message != "Invalid connectionId: abcGONE=" {
		t.Errorf("the caller is told %q", told.Message)
	}
}

// A refused call is told in the reader's language, whichever node refused it; what has no words
// of ours is quoted.
func TestARefusedCallIsToldInTheReadersLanguage(t *testing.T) {
	network, bucket := memory.NewNetwork(), memory.NewBucket()
	one := start(t, api(), func(s *setup) { s.network, s.node, s.gateway.Node, s.bucket = network, "1", 1, bucket })
	two := start(t, api(), func(s *setup) { s.network, s.node, s.gateway.Node = network, "2", 2 })
	one.connect("")
	there := two.gateway.Disconnect(t.Context(), apiID, one.only(), 1004, "")
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"a parameter":       {gateway.Refuse(pasarela.CodeBadRequest, language.CallParameter, `"tags"`, "tag"), `No existe el parámetro "tags"; esta llamada admite tag`},
		"another node's":    {there, "Los parámetros code y reason no se pueden enviar: los códigos van de 1000 a 1003"},
		"the service's own": {pasarela.Errorf(pasarela.CodeServiceUnavailable, "The node is away. Try again."), "Se rechazó la llamada: «The node is away. Try again.»"},
	} {
		two.gateway.NoteRefused(gateway.RefusedCall{RequestID: name, Method: "POST", APIID: apiID, Status: 400, Err: c.err, Authenticated: true})
		if got := two.gateway.Find(name)[0].Cause().In(language.Spanish); !strings.HasPrefix(got, c.says) {
			t.Errorf("%s: %q, want %q", name, got, c.says)
		}
	}
}

// Calls without a valid signature cannot displace the events of clients' connections
// from the history (A-GATEWAY-34).
func TestCallsWithoutASignatureDoNotFillTheHistory(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	sys := start(t, api(), func(s *setup) { s.gateway.HistorySize, s.gateway.Now = 1<<20, func() time.Time { return now } })
	refused := func(id string, authenticated bool) {
		sys.gateway.NoteRefused(gateway.RefusedCall{
			RequestID: "r-" + id, Method: strings.Repeat("M", 5000), ConnectionID: id, Status: 403, Err: errors.New("Forbidden"), Authenticated: authenticated,
		})
	}
	remembered := func(id string) bool {
		return len(sys.gateway.Find("r-"+id)) > 0
	}
	refused("signed", true)
	long := strings.Repeat("x", 5000)
	for i := range 20_000 {
		refused(fmt.Sprint(i, "-", long), false)
	}
	if !remembered("signed") {
		t.Error("calls without a signature pushed a signed one out")
	}
	kept := sys.gateway.Recent(20_000, func(*execution.Entry) bool { return true })
	if len(kept) > 50 {
		t.Errorf("%d calls are remembered", len(kept))
	}
	for _, e := range kept {
		if len(e.ConnectionID) > 64 || e.RequestID != "r-signed" && len(e.RouteKey) > 64 {
			t.Errorf("%d bytes of id, %d of route", len(e.ConnectionID), len(e.RouteKey))
		}
	}
	now = now.Add(time.Second)
	if refused("later", false); !remembered("later") {
		t.Error("a second later none is remembered")
	}
	for i := range 100 {
		id := fmt.Sprint("signed-", i)
		if refused(id, true); !remembered(id) {
			t.Fatalf("%s is not remembered", id)
		}
	}
}
