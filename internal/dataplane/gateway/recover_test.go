package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/memory"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

func owedIn(t *testing.T, j *memory.Journal) []journal.Record {
	t.Helper()
	var owed journal.Owed
	_ = j.Read(t.Context(), func(data []byte) { owed.Add(data, func(l journal.Loss) { t.Error(l) }) })
	return owed.Records()
}

func withJournal(j *memory.Journal) option {
	return func(s *setup) { s.gateway.Journal = j }
}

const tellsAll = `{"id":"$context.connectionId","request":"$context.requestId","code":"$context.disconnectStatusCode","reason":"$context.disconnectReason",` +
	`"dept":"$context.authorizer.dept","ip":"$context.identity.sourceIp","agent":"$context.identity.userAgent","at":"$context.connectedAt",` +
	`"domain":"$context.domainName"}`

// The connections of a run that was killed get their $disconnect from another, once, with
// what was known of them, 1006 and the reason (A-GATEWAY-35).
func TestConnectionsOfALostRunAreRecovered(t *testing.T) {
	routes := api(route{key: "$disconnect", integration: toHTTP("/bye", tellsAll, "$default")})
	lost, next := &memory.Journal{}, &memory.Journal{}
	before := start(t, routes, withJournal(lost))
	for range 3 {
		before.connect("")
	}
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, lost)) == 3 })
	records := owedIn(t, lost) // as a kill leaves them

	sys := start(t, routes, withJournal(next))
	removed := false
	done, err := sys.gateway.Recover(t.Context(), records, func(context.Context) error {
		if got := owedIn(t, next); len(got) != 3 {
			t.Errorf("%d are noted before they are removed from where they were", len(got))
		}
		removed = true
		return nil
	})
	if done != (gateway.Recovered{Disconnecting: 3}) || err != nil || !removed {
		t.Fatalf("%+v, %v", done, err)
	}
	var got, want []string
	for _, r := range records {
		got = append(got, sys.backend.Next(t).Body)
		want = append(want, fmt.Sprintf(`{"id":"%s","request":"%s","code":"1006","reason":"Node lost","dept":"","ip":"127.0.0.1","agent":"%s","at":"%d","domain":"%s"}`,
			r.ConnectionID, execution.DisconnectRequest(r.ConnectionID), r.Identity.UserAgent, r.ConnectedAt, r.DomainName))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	testkit.Eventually(t, "nothing to be owed", func() bool { return len(owedIn(t, next)) == 0 })
	if s := sys.gateway.Stats(); s.DisconnectsRecovered != 3 || s.DisconnectsDone != 3 {
		t.Errorf("%+v", s)
	}
	sys.explain(records[0].ConnectionID, func(e execution.Entry) bool {
		return strings.Contains(execution.Explain([]execution.Entry{e}, false, language.English), "ended without closing it")
	})
}

// What recovered connections were granted reaches their $disconnect.
func TestRecoveredConnectionsKeepTheirAuthorizer(t *testing.T) {
	j := &memory.Journal{}
	l := startLambda(t, "authorizer", "backend")
	d := api(route{key: "$connect", integration: toLambda("backend")}, route{key: "$disconnect", integration: toHTTP("/bye", `$context.authorizer.principalId`, "$default")})
	withAuthorizer(0, "route.request.querystring.token")(&d)
	start(t, d, withLambda(l), withJournal(j)).connect("?token=good")
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
	sys := start(t, d, withLambda(l), withJournal(&memory.Journal{}))
	if _, err := sys.gateway.Recover(t.Context(), owedIn(t, j), func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got := sys.backend.Next(t); got.Body != "u1" {
		t.Errorf("asked %+v", got)
	}
}

// Until the lost journal is removed nothing runs; a recovery that a stop interrupts
// leaves everything to the next run.
func TestARecoveryThatIsCutShortRunsNothing(t *testing.T) {
	routes := api(route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")})
	j := &memory.Journal{}
	sys := start(t, routes, withJournal(j))
	ctx, stop := context.WithCancel(t.Context())
	records := []journal.Record{
		{ConnectionID: "IAjQTdSFoAMCJgg=", APIID: apiID, Stage: stageName},
		{ConnectionID: "IAjQTdSFoAMCJgk=", APIID: apiID, Stage: "gone"},
	}
	done, err := sys.gateway.Recover(ctx, records, func(context.Context) error {
		stop()
		return errors.New("the disk is away")
	})
	if done != (gateway.Recovered{}) || !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", done, err)
	}
	if err := sys.gateway.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if got := owedIn(t, j); len(got) != 1 || got[0].ConnectionID != records[0].ConnectionID {
		t.Errorf("left %+v", got)
	}
	sys.backend.Untouched(t)
}

// A stop leaves the $disconnects that it cannot run in the journal.
func TestAStopLeavesDisconnectsInTheJournal(t *testing.T) {
	j := &memory.Journal{}
	sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")}), withJournal(j))
	var calls atomic.Int64
	sys.backend.RespondWith(func(testkit.Request) testkit.Response {
		calls.Add(1)
		return testkit.Response{Status: 503, Body: "{}"}
	})
	for range 5 {
		_ = sys.connect("").Conn.CloseNow()
	}
	testkit.Eventually(t, "first attempts", func() bool { return calls.Load() >= 5 })
	if err := sys.gateway.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if got := owedIn(t, j); len(got) != 5 || sys.gateway.Stats().DisconnectsLost != 0 {
		t.Errorf("%d are left, %+v", len(got), sys.gateway.Stats())
	}
	if log := sys.nodeLog.String(); !strings.Contains(log, "the next run takes them from the journal") {
		t.Error(log)
	}
}

// A node whose connections have all had their $disconnect leaves no journal.
func TestAStopWithNothingOwedLeavesNoJournal(t *testing.T) {
	j := &memory.Journal{}
	sys := start(t, api(), withJournal(j))
	sys.connect("")
	testkit.Eventually(t, "the journal", func() bool { return len(owedIn(t, j)) == 1 })
	if err := sys.gateway.Drain(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if err := sys.gateway.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if !j.Removed() {
		t.Errorf("left %+v", owedIn(t, j))
	}
}

// laggingJournal is a journal that accepts nothing while it is held.
type laggingJournal struct {
	memory.Journal
	held atomic.Bool
	gate sync.RWMutex
}

func (j *laggingJournal) hold() {
	j.gate.Lock()
	j.held.Store(true)
}

func (j *laggingJournal) free() {
	j.held.Store(false)
	j.gate.Unlock()
}

func (j *laggingJournal) Append(ctx context.Context, batch []byte) error {
	j.gate.RLock()
	defer j.gate.RUnlock()
	return j.Journal.Append(ctx, batch)
}

// While the journal cannot note which $disconnects have run, none is run: the node that
// takes this one over would run it again (A-GATEWAY-36).
func TestNoDisconnectRunsWhileTheJournalLags(t *testing.T) {
	j := &laggingJournal{}
	sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")}), func(s *setup) {
		s.gateway.Journal = j
		s.gateway.HoldsLease = func() bool { return true }
	})
	var early atomic.Int64
	sys.backend.RespondWith(func(testkit.Request) testkit.Response {
		if j.held.Load() {
			early.Add(1)
		}
		return testkit.Response{Status: 200, Body: "{}"}
	})
	records := []journal.Record{{ConnectionID: "IAjQTdSFoAMCJgg=", APIID: apiID, Stage: stageName}}
	var since time.Time
	if _, err := sys.gateway.Recover(t.Context(), records, func(context.Context) error {
		j.hold()
		sys.connect("") // what is to be noted, and is not
		since = time.Now()
		testkit.Eventually(t, "the journal to lag", func() bool { return time.Since(since) > 300*time.Millisecond })
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "a second attempt, were there any", func() bool { return time.Since(since) > time.Second })
	j.free()
	if got := sys.backend.Next(t); got.Path != "/bye" || early.Load() != 0 {
		t.Errorf("asked %+v; %d while the journal lagged", got, early.Load())
	}
}

// The $disconnects of a lost run are spread, so that few have run and are not noted when
// this run is killed, too (A-GATEWAY-36).
func TestRecoveredDisconnectsAreSpread(t *testing.T) {
	const count = 1000 // a quarter of a second
	sys := start(t, api(route{key: "$disconnect", integration: toHTTP("/bye", "", "$default")}), withJournal(&memory.Journal{}))
	var records []journal.Record
	for n := range count {
		records = append(records, journal.Record{ConnectionID: fmt.Sprintf("IAjQTdSFoAMC%04d=", n), APIID: apiID, Stage: stageName})
	}
	var first, last atomic.Int64
	sys.backend.RespondWith(func(testkit.Request) testkit.Response {
		now := time.Now().UnixNano()
		first.CompareAndSwap(0, now)
		last.Store(now)
		return testkit.Response{Status: 200, Body: "{}"}
	})
	if _, err := sys.gateway.Recover(t.Context(), records, func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "all of them", func() bool { return sys.gateway.Stats().DisconnectsDone == count })
	if took := time.Duration(last.Load() - first.Load()); took < 100*time.Millisecond {
		t.Errorf("all came within %s", took)
	}
}
