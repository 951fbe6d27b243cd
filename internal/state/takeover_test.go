package state_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// cluster is a NATS server with nodes that see each other.
func cluster(t *testing.T, names ...string) []*state.Store {
	t.Helper()
	url := natsServer(t, "sync_interval: always")
	var nodes []*state.Store
	for _, name := range names {
		nodes = append(nodes, join(t, url, name, nil))
	}
	for _, n := range nodes {
		testkit.Eventually(t, "the nodes to see each other", func() bool { return len(n.Nodes()) == len(names)-1 })
	}
	return nodes
}

// A journal in a cluster is what was appended, or written again, until it is removed.
func TestJournalInACluster(t *testing.T) {
	store := cluster(t, "a.b c")[0]
	own := store.Journal(store.Run())
	steps := []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, ""},
		{func() error { return own.Append(t.Context(), []byte("one ")) }, "one "},
		{func() error { return own.Append(t.Context(), []byte("two ")) }, "one two "},
		{func() error {
			return own.Rewrite(t.Context(), slices.Values([][]byte{[]byte("new "), []byte("more ")}))
		}, "new more "},
		{func() error { return own.Append(t.Context(), []byte("three ")) }, "new more three "},
		{func() error { return own.Rewrite(t.Context(), slices.Values([][]byte(nil))) }, ""},
		{func() error { return own.Append(t.Context(), []byte("four ")) }, "four "},
	}
	for i, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(i, err)
		}
		if got := contents(t, store.Journal(store.Run())); got != step.want {
			t.Fatalf("step %d: %q, want %q", i, got, step.want)
		}
	}
	if err := own.Remove(t.Context()); err != nil {
		t.Error(err)
	}
	if got := contents(t, own); got != "" {
		t.Errorf("%q", got)
	}
}

// The journal of another run is read only where the newest message is that of this run, which is
// put behind it at a takeover: a server that does not know yet that another leads the stream may
// name an older one, and a part of the journal would be left out.
func TestAJournalIsReadUpToItsTakeover(t *testing.T) {
	nodes := cluster(t, "lost", "winner")
	if err := nodes[0].Journal(nodes[0].Run()).Append(t.Context(), []byte("held")); err != nil {
		t.Fatal(err)
	}
	err := nodes[1].Journal(nodes[0].Run()).Read(t.Context(), func([]byte) { t.Error("a part is read") })
	if !errors.Is(err, pasarela.ErrUnavailable) {
		t.Error(err)
	}
}

// A run that was taken over while it could not be seen can add nothing to its journal,
// finds out, and goes on as another run.
func TestARunThatIsTakenOverFindsOut(t *testing.T) {
	nodes := cluster(t, "lost", "winner", "late")
	lost, winner, late := nodes[0], nodes[1], nodes[2]
	before := lost.Run()
	own := lost.Journal(before)
	if err := own.Append(t.Context(), []byte("held")); err != nil {
		t.Fatal(err)
	}
	if ended, err := winner.EndedRuns(t.Context()); err != nil || len(ended) != 0 {
		t.Fatalf("%v, %v: it lives", ended, err)
	}
	undecided := func(want bool) {
		t.Helper()
		if got, err := winner.TakeoverPending(t.Context(), "lost"); err != nil || got != want {
			t.Errorf("undecided: %t, %v", got, err)
		}
		if got, err := winner.TakeoverPending(t.Context(), "late"); err != nil || got {
			t.Errorf("another node: %t, %v", got, err)
		}
	}
	undecided(false)
	winner.Silence(before)
	if ended, err := winner.EndedRuns(t.Context()); err != nil || !slices.Equal(ended, []pasarela.Run{before}) {
		t.Fatalf("%v, %v", ended, err)
	}
	undecided(true)
	journals, err := winner.TakeOver(t.Context(), before)
	if err != nil || !slices.Equal(journals, []pasarela.Run{before}) {
		t.Fatalf("%v, %v", journals, err)
	}
	late.Silence(before)
	if journals, err := late.TakeOver(t.Context(), before); err != nil || journals != nil {
		t.Errorf("a second one took it over: %v, %v", journals, err)
	}
	if err := own.Append(t.Context(), []byte("more")); !errors.Is(err, pasarela.ErrConflict) {
		t.Errorf("it wrote on: %v", err)
	}
	if got := contents(t, winner.Journal(before)); got != "held" {
		t.Errorf("%q", got)
	}
	lost.Renew(t.Context())
	if lost.HoldsLease() {
		t.Error("it is sure of itself")
	}
	<-lost.TakenOver()
	if err := lost.BeginRun(t.Context()); err != nil {
		t.Fatal(err)
	}
	if lost.Run() == before || !lost.HoldsLease() {
		t.Errorf("%+v after %+v", lost.Run(), before)
	}
	if err := lost.Journal(lost.Run()).Append(t.Context(), []byte("again")); err != nil {
		t.Error(err)
	}
	if err := winner.NoteTaken(t.Context(), before, []string{"c1", "c2"}); err != nil {
		t.Error(err)
	}
	if _, done, err := lost.NamedWhenTaken(t.Context(), before); done || err != nil {
		t.Errorf("while it is being taken over: %t, %v", done, err)
	}
	if err := winner.Journal(before).Remove(t.Context()); err != nil {
		t.Error(err)
	}
	if named, done, err := lost.NamedWhenTaken(t.Context(), before); !maps.Equal(named, map[string]bool{"c1": true, "c2": true}) || !done || err != nil {
		t.Errorf("%v, %t, %v", named, done, err)
	}
	if err := own.Append(t.Context(), []byte("more")); !errors.Is(err, pasarela.ErrConflict) {
		t.Errorf("it wrote into what was removed: %v", err)
	}
}

// A run that renews its lease in time is not taken over, even if another node has
// decided to.
func TestARenewalPreventsATakeover(t *testing.T) {
	nodes := cluster(t, "lives", "hasty")
	lives, hasty := nodes[0], nodes[1]
	run := lives.Run()
	hasty.Silence(run)
	lives.Renew(t.Context())
	for range 2 { // before its watch has the renewal, or after
		if journals, err := hasty.TakeOver(t.Context(), run); err != nil || journals != nil {
			t.Errorf("%v, %v", journals, err)
		}
	}
	if !lives.HoldsLease() {
		t.Error("not sure any more")
	}
}

// What a run had taken over and not removed when it died comes with its own journal, its
// own last; however often that happens, and whichever of them is found first.
func TestATakeoverGoesOnAfterTheWinnersEnd(t *testing.T) {
	nodes := cluster(t, "a", "b", "c", "d")
	runs := make([]pasarela.Run, len(nodes))
	for i, n := range nodes {
		runs[i] = n.Run()
		if i < 2 {
			if err := n.Journal(runs[i]).Append(t.Context(), fmt.Append(nil, i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	a, b, c := runs[0], runs[1], runs[2]
	for i, step := range []struct {
		by   *state.Store
		of   pasarela.Run
		want []pasarela.Run
	}{
		{nodes[1], a, []pasarela.Run{a}},       // b takes a over
		{nodes[2], a, []pasarela.Run{a, b}},    // and dies: c finds a first, and must take b over
		{nodes[3], a, []pasarela.Run{a, b, c}}, // c dies before it noted anything: its journal, which never was, is closed to it
	} {
		for _, dead := range runs[:i+1] {
			step.by.Silence(dead)
		}
		journals, err := step.by.TakeOver(t.Context(), step.of)
		if err != nil || !slices.Equal(journals, step.want) {
			t.Fatalf("step %d: %v, %v; want %v", i, journals, err, step.want)
		}
	}
	for i, n := range nodes[:3] {
		if err := n.Journal(runs[i]).Append(t.Context(), []byte("late")); !errors.Is(err, pasarela.ErrConflict) {
			t.Errorf("%s wrote on: %v", runs[i].Node, err)
		}
	}
}

// Of many that want to take a run over, one does.
func TestATakeoverHasOneWinner(t *testing.T) {
	nodes := cluster(t, "lost", "b", "c", "d", "e")
	run := nodes[0].Run()
	if err := nodes[0].Journal(run).Append(t.Context(), []byte("held")); err != nil {
		t.Fatal(err)
	}
	var winners, done atomic.Int32
	for _, n := range nodes[1:] {
		n.Silence(run)
		go func() {
			defer done.Add(1)
			if journals, err := n.TakeOver(t.Context(), run); err != nil {
				t.Error(err)
			} else if journals != nil {
				winners.Add(1)
			}
		}()
	}
	testkit.Eventually(t, "all to try", func() bool { return done.Load() == 4 })
	if winners.Load() != 1 {
		t.Errorf("%d winners", winners.Load())
	}
}

// A node that runs again is first at its own run's journal: its directory may know more.
// When it does not take it over within a lease, another does.
func TestANodeThatRunsAgainTakesItsOwnRunOver(t *testing.T) {
	url, home := natsServer(t, "sync_interval: always"), t.TempDir()
	before, other := joinAt(t, url, "again", home), join(t, url, "other", nil)
	run := before.Run()
	if err := before.Journal(run).Append(t.Context(), []byte("held")); err != nil {
		t.Fatal(err)
	}
	seen := func(want int) {
		t.Helper()
		testkit.Eventually(t, "the other to see it", func() bool { return len(other.Nodes()) == want })
	}
	seen(1)
	before.Close()
	seen(0)
	again := joinAt(t, url, "again", home)
	defer again.Close()
	seen(1)
	other.Steady()
	if ended, err := other.EndedRuns(t.Context()); err != nil || len(ended) != 0 {
		t.Errorf("%v, %v: its node has just begun to run again", ended, err)
	}
	if ended, err := again.EndedRuns(t.Context()); err != nil || !slices.Equal(ended, []pasarela.Run{run}) {
		t.Errorf("%v, %v: the node does not know its own run", ended, err)
	}
	other.KnowsForALease("again")
	if ended, err := other.EndedRuns(t.Context()); err != nil || !slices.Equal(ended, []pasarela.Run{run}) {
		t.Errorf("%v, %v after its time", ended, err)
	}
}

// A renewal that meets the lease of the node's next run, which began meanwhile, does not take it
// for another node's: the node would have no lease from then on.
func TestARenewalMeetsTheNextRun(t *testing.T) {
	node := cluster(t, "lost", "winner")[0]
	conflicts := node.RenewalOf()
	if err := node.BeginRun(t.Context()); err != nil {
		t.Fatal(err)
	}
	conflicts(t.Context())
	if _, err := node.Up(); err != nil || !node.HoldsLease() {
		t.Error("the node has lost its name", err)
	}
}
