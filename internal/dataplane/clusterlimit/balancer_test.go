package clusterlimit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/clusterlimit"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
)

// cluster is some nodes whose balancers reach each other.
type cluster struct{ nodes []*member }

// member is a node with one capped stage and one throttled route.
type member struct {
	cluster  *cluster
	name     string
	balancer *clusterlimit.Balancer
	cap      clusterlimit.Cap
	limit    int64
	open     atomic.Int64
	divided  int64
	bucket   *throttle.Bucket
	dead     bool
	cut      bool
}

func newCluster(n int, limit int64, rate throttle.Limit) *cluster {
	c := &cluster{}
	for i := range n {
		m := &member{cluster: c, name: fmt.Sprint("n", i), limit: limit, bucket: throttle.NewBucket(rate)}
		m.cap.Open = &m.open
		m.balancer = clusterlimit.New(m, m)
		c.nodes = append(c.nodes, m)
	}
	c.step(nil)
	c.step(nil)
	return c
}

// step runs a round of every node, in random order.
func (c *cluster) step(draw *rand.Rand) {
	order := make([]int, len(c.nodes))
	for i := range order {
		order[i] = i
	}
	if draw != nil {
		draw.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	for _, i := range order {
		if !c.nodes[i].dead {
			c.nodes[i].balancer.Step(context.Background())
		}
	}
}

func (c *cluster) open() (sum int64) {
	for _, m := range c.nodes {
		if !m.dead {
			sum += m.open.Load()
		}
	}
	return sum
}

func (m *member) Self() string { return m.name }
func (m *member) Seen() bool   { return !m.cut }

func (m *member) Others() (names []string) {
	for _, other := range m.cluster.nodes {
		if other != m && !other.dead {
			names = append(names, other.name)
		}
	}
	return names
}

func (m *member) Ask(ctx context.Context, node string, report []byte) ([]byte, error) {
	for _, other := range m.cluster.nodes {
		if other.name == node && !other.dead && !other.cut && !m.cut {
			return other.balancer.Receive(ctx, report), nil
		}
	}
	return nil, errors.New("it does not answer")
}

func (m *member) Caps(visit func(string, int64, *clusterlimit.Cap)) {
	visit("api/prod", m.limit, &m.cap)
}

func (m *member) Buckets(visit func(string, *throttle.Bucket)) { visit("route/api/prod/x", m.bucket) }

func (m *member) Divided(nodes int) { m.divided = int64(nodes) }

// connect is a handshake as the gateway decides it.
func (m *member) connect() bool {
	m.cap.Asked.Add(1)
	if m.open.Add(1) > m.cap.Share(m.limit, m.divided) {
		m.open.Add(-1)
		return false
	}
	return true
}

// Whatever clients do, the connections of all nodes stay within the cap, except for
// the changes of one second, and a cap is used up when there is demand for it.
func TestACapHoldsForTheCluster(t *testing.T) {
	for _, c := range []struct {
		nodes int
		cap   int64
	}{{1, 100}, {2, 1}, {2, 1000}, {3, 10}, {3, 1000}, {5, 1000}} {
		t.Run(fmt.Sprintf("%d nodes, %d", c.nodes, c.cap), func(t *testing.T) {
			draw := rand.New(rand.NewPCG(1, uint64(c.cap)))
			all := newCluster(c.nodes, c.cap, throttle.Limit{Rate: 1, Burst: 1})
			most, worst := int64(0), 1.0
			for second := range 400 {
				busy := all.nodes[draw.IntN(c.nodes)] // where most clients come this time
				if second%20 >= 10 {
					busy = all.nodes[0]
				}
				for range int(c.cap) {
					m := busy
					if draw.IntN(4) == 0 {
						m = all.nodes[draw.IntN(c.nodes)]
					}
					m.connect()
					if draw.IntN(8) == 0 {
						if left := all.nodes[draw.IntN(c.nodes)]; left.open.Load() > 0 {
							left.open.Add(-1)
						}
					}
				}
				most = max(most, all.open())
				all.step(draw)
				if second%20 == 19 { // clients came to one node for ten seconds
					worst = min(worst, float64(all.open())/float64(c.cap))
				}
			}
			t.Logf("at most %d of %d, at least %.0f %% used when asked for", most, c.cap, 100*worst)
			if float64(most) > 1.02*float64(c.cap) {
				t.Errorf("%d connections with a cap of %d", most, c.cap)
			}
			if c.cap >= 10 && worst < 0.75 {
				t.Errorf("only %.0f %% of the cap were used", 100*worst)
			}
		})
	}
}

// A node that dies gives its share to the others; one that is cut off keeps what it has.
func TestSharesFollowTheNodes(t *testing.T) {
	all := newCluster(3, 900, throttle.Limit{Rate: 1, Burst: 1})
	fill := func(m *member) {
		for range 1000 {
			m.connect()
		}
	}
	for range 10 {
		for _, m := range all.nodes {
			fill(m)
		}
		all.step(nil)
	}
	if all.open() != 900 {
		t.Errorf("%d connections of 900", all.open())
	}
	all.nodes[2].cut = true
	for range 5 {
		fill(all.nodes[2])
		all.step(nil)
	}
	if open := all.nodes[2].open.Load(); open > 300 {
		t.Errorf("cut off, it took %d connections", open)
	}
	all.nodes[2].dead = true
	for range 10 {
		fill(all.nodes[0])
		all.step(nil)
	}
	if all.open() != 900 {
		t.Errorf("%d connections of 900 after a node died", all.open())
	}
}

// A rate is that of the cluster, wherever the requests come in.
func TestARateHoldsForTheCluster(t *testing.T) {
	for name, weights := range map[string][]int{"evenly": {1, 1, 1}, "one node alone": {1, 0, 0}, "nine to one": {9, 1, 0}} {
		t.Run(name, func(t *testing.T) {
			draw := rand.New(rand.NewPCG(1, 2))
			all := newCluster(3, 1, throttle.Limit{Rate: 300, Burst: 30})
			sum := 0
			for _, w := range weights {
				sum += w
			}
			now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
			var passed []int
			for range 20 {
				count := 0
				for range 3000 { // ten times the rate
					now = now.Add(time.Second / 3000)
					pick := draw.IntN(sum)
					for i, w := range weights {
						if pick -= w; pick < 0 {
							if all.nodes[i].bucket.Take(now) {
								count++
							}
							break
						}
					}
				}
				passed = append(passed, count)
				all.step(draw)
			}
			t.Log(passed)
			for second, count := range passed[5:] {
				if count < 270 || count > 310 {
					t.Errorf("second %d: %d of 300 passed", second+5, count)
				}
			}
			for second, count := range passed[:5] {
				if count > 430 {
					t.Errorf("second %d: %d passed", second, count)
				}
			}
		})
	}
}
