package minutecounts_test

import (
	"context"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pasarela-ws/pasarela/internal/node/minutecounts"
)

// node is what a table reads: stages by name. The test has the lock except while
// time passes.
type node struct {
	mu     sync.Mutex
	stages []*minutecounts.Reading
}

func (n *node) read(visit func(minutecounts.Reading)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.stages {
		visit(*s)
	}
}

func (n *node) add(stage, deployment string) *minutecounts.Reading {
	r := &minutecounts.Reading{APIID: "abcdefghij", Stage: stage, Identity: new(byte), DeploymentID: deployment}
	n.stages = append(n.stages, r)
	return r
}

// run keeps a table for the rest of the test; its bubble's clock begins at a whole minute.
func run(t *testing.T, n *node, maxBytes int) *minutecounts.Table {
	t.Helper()
	h := minutecounts.New(n.read, maxBytes)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Errorf("Run ended with %v", err)
		}
	})
	synctest.Wait()
	n.mu.Lock()
	return h
}

// pass lets whole minutes pass and their samples be taken.
func (n *node) pass(minutes int) {
	n.mu.Unlock()
	defer n.mu.Lock()
	time.Sleep(time.Duration(minutes) * time.Minute)
	synctest.Wait()
}

func of(t *testing.T, h *minutecounts.Table, stage string) minutecounts.Series {
	t.Helper()
	s, ok := h.Of("abcdefghij", stage, "")
	if !ok {
		t.Fatalf("no series of %s", stage)
	}
	return s
}

// A-CONSOLE-4: one value a minute, nothing of what was before the start, and the
// moments of deployments.
func TestEveryMinuteHasItsValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n node
		prod := n.add("prod", "first0")
		prod.Counts[0], prod.Connections = 1000, 2
		began := time.Now().UTC()
		h := run(t, &n, minutecounts.MaxBytes)
		if s := of(t, h, "prod"); len(s.Connections) != 0 || len(s.Deployments) != 0 {
			t.Errorf("at the start: %+v", s)
		}
		n.pass(1)
		prod.Counts[0], prod.Connections = 1005, 7
		n.pass(1)
		n.pass(1)
		prod.Counts[6], prod.DeploymentID = 3, "second"
		n.pass(1)
		s := of(t, h, "prod")
		if !s.Since.Equal(began) || !reflect.DeepEqual(s.Counts[0], []int64{0, 5, 0, 0}) || !reflect.DeepEqual(s.Counts[6], []int64{0, 0, 0, 3}) || !reflect.DeepEqual(s.Connections, []int64{2, 7, 7, 7}) {
			t.Errorf("got %+v", s)
		}
		if prod.Counts[0] = 1009; s.Counted[0] != 1005 || s.Identity != prod.Identity || of(t, h, "prod").Counted[0] != 1005 {
			t.Errorf("counted up to the last reading: %+v", s)
		}
		if want := []minutecounts.Deployment{{At: began.Add(3 * time.Minute), DeploymentID: "second"}}; !reflect.DeepEqual(s.Deployments, want) {
			t.Errorf("deployments %v, want %v", s.Deployments, want)
		}
		if _, ok := h.Of("abcdefghij", "other", ""); ok {
			t.Error("a stage that never was has a series")
		}
	})
}

// A deployment is told at once, in the minute under way, and so are two of one minute; what a
// stage serves at the start was deployed earlier.
func TestADeploymentIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n node
		prod := n.add("prod", "first0")
		early := minutecounts.New(n.read, minutecounts.MaxBytes)
		early.Deployed("abcdefghij", "prod", prod.Identity, "first0")
		if s, ok := early.Of("abcdefghij", "prod", ""); ok {
			t.Errorf("before the start: %+v", s)
		}
		began := time.Now().UTC()
		h := run(t, &n, minutecounts.MaxBytes)
		serve := func(r *minutecounts.Reading, deployment string) {
			r.DeploymentID = deployment
			h.Deployed(r.APIID, r.Stage, r.Identity, deployment)
		}
		serve(prod, "first0") // its settings changed
		n.pass(1)
		serve(prod, "second")
		serve(prod, "third0")
		later := n.add("later", "")
		serve(later, "fourth")
		for range 2 { // in the minute under way, and when it is over
			want := []minutecounts.Deployment{{At: began.Add(time.Minute), DeploymentID: "second"}, {At: began.Add(time.Minute), DeploymentID: "third0"}}
			if s := of(t, h, "prod"); !reflect.DeepEqual(s.Deployments, want) {
				t.Errorf("got %v, want %v", s.Deployments, want)
			}
			if s := of(t, h, "later"); !reflect.DeepEqual(s.Deployments, []minutecounts.Deployment{{At: began.Add(time.Minute), DeploymentID: "fourth"}}) {
				t.Errorf("a new stage: %v", s.Deployments)
			}
			n.pass(1)
		}
		later.Counts[0], later.Identity = 5, new(byte) // removed and made again
		serve(later, "fifth0")
		n.pass(1)
		if s := of(t, h, "later"); len(s.Deployments) != 1 || s.Deployments[0].DeploymentID != "fifth0" || !reflect.DeepEqual(s.Counts[0], []int64{5}) {
			t.Errorf("the stage that was made again: %+v", s)
		}
	})
}

// A stage that is removed leaves nothing behind, also for another of its name.
func TestASeriesEndsWithItsStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n node
		h := run(t, &n, minutecounts.MaxBytes)
		n.add("prod", "first0").Counts[0] = 4
		n.pass(2)
		if s := of(t, h, "prod"); s.Counts[0][0] != 4 || len(s.Deployments) != 1 {
			t.Errorf("a stage that came later: %+v", s)
		}
		n.stages = nil
		n.add("prod", "again0").Counts[0] = 1
		n.pass(1)
		if s := of(t, h, "prod"); !reflect.DeepEqual(s.Counts[0], []int64{1}) || s.Deployments[0].DeploymentID != "again0" {
			t.Errorf("the second stage of that name: %+v", s)
		}
		n.stages = nil
		n.pass(1)
		if _, ok := h.Of("abcdefghij", "prod", ""); ok {
			t.Error("a removed stage has a series")
		}
	})
}

// The window is a day; when all stages together have too many points it is shorter for
// all of them, and connections that have not changed since are still known.
func TestTheTableIsBounded(t *testing.T) {
	for _, test := range []struct {
		name                    string
		stages, minutes, points int
		want                    int
	}{
		{"a day", 1, 1500, 2000, 1440},
		{"too many points", 4, 300, 400, 100},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n node
				for i := range test.stages {
					n.add(strconv.Itoa(i), "first0")
				}
				quiet := n.add("quiet", "first0")
				h := run(t, &n, test.points*100)
				quiet.Connections = 9
				for range test.minutes {
					for _, s := range n.stages[:test.stages] {
						s.Counts[1]++
					}
					n.pass(1)
				}
				s := of(t, h, "0")
				if len(s.Counts[1]) != test.want || s.Counts[1][0] != 1 || s.Counts[1][test.want-1] != 1 {
					t.Errorf("%d minutes are kept, want %d", len(s.Counts[1]), test.want)
				}
				if s := of(t, h, "quiet"); s.Connections[0] != 9 || len(s.Connections) != test.want {
					t.Errorf("of the quiet stage: %d minutes, %d open", len(s.Connections), s.Connections[0])
				}
			})
		})
	}
}

// A route has a series of its own beside its stage's, and both count the calls of
// integrations by how long they took.
func TestARouteHasASeriesOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n node
		prod, route := n.add("prod", "first0"), n.add("prod", "")
		route.Route = "order"
		prod.Latency[0], route.Latency[14] = 50, 50
		h := run(t, &n, minutecounts.MaxBytes)
		n.pass(1)
		prod.Latency[0], prod.Latency[3], route.Latency[14] = 52, 1, 51
		n.pass(1)
		n.pass(1)
		stage := of(t, h, "prod")
		if !reflect.DeepEqual(stage.Latency[0], []int64{0, 2, 0}) || !reflect.DeepEqual(stage.Latency[3], []int64{0, 1, 0}) {
			t.Errorf("of the stage: %v", stage.Latency)
		}
		order, ok := h.Of("abcdefghij", "prod", "order")
		if !ok || !reflect.DeepEqual(order.Latency[14], []int64{0, 1, 0}) || !reflect.DeepEqual(order.Latency[0], []int64{0, 0, 0}) || len(order.Deployments) != 0 {
			t.Errorf("of the route: %+v", order)
		}
		if _, ok := h.Of("abcdefghij", "prod", "other"); ok {
			t.Error("a route that never was has a series")
		}
	})
}
