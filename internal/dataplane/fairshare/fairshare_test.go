package fairshare_test

import (
	"math/rand/v2"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/fairshare"
)

type group = fairshare.Group[int]

// fill takes slots for the group until it may have no more.
func fill(p *fairshare.Pool[int], g *group) (taken int) {
	for p.Acquire(g) {
		taken++
	}
	return taken
}

func TestGreedyGroupsLeaveAShareFree(t *testing.T) {
	for _, test := range []struct {
		limit int
		want  []int
	}{
		{0, []int{0}},
		{1, []int{1, 0}},
		{2, []int{1, 1, 0}},
		{8, []int{4, 2, 1, 1, 0}},
		{1024, []int{512, 256, 128}},
	} {
		p := &fairshare.Pool[int]{Limit: test.limit}
		for i, want := range test.want {
			if got := fill(p, new(group)); got != want {
				t.Errorf("of %d slots group %d gets %d, want %d", test.limit, i+1, got, want)
			}
		}
	}
}

// Freed slots go to the groups in turn, and within a group in order of arrival.
func TestThoseWhoWaitTakeTurns(t *testing.T) {
	p := &fairshare.Pool[int]{Limit: 4}
	greedy, a, b := new(group), new(group), new(group)
	fill(p, greedy)
	p.AcquireAnyway(greedy)
	p.AcquireAnyway(greedy)
	for i, g := range []*group{a, a, b, b} {
		p.Enqueue(g, &fairshare.Waiter[int]{Value: i})
	}
	var order []int
	for range 4 {
		p.Release(greedy)
		for {
			w, g, ok := p.Next()
			if !ok {
				break
			}
			p.AcquireAnyway(g)
			order = append(order, w.Value)
		}
	}
	if len(order) < 3 || order[0] != 0 || order[1] != 2 {
		t.Errorf("in the order %v", order)
	}
}

func TestLeavingTheQueue(t *testing.T) {
	p := &fairshare.Pool[int]{Limit: 1}
	g := new(group)
	fill(p, g)
	var all [3]fairshare.Waiter[int]
	for i := range all {
		all[i].Value = i
		p.Enqueue(g, &all[i])
	}
	if p.Acquire(g) || !p.Dequeue(&all[1]) || p.Dequeue(&all[1]) || g.Waiting() != 2 {
		t.Fatal("a waiter does not leave exactly once")
	}
	p.Release(g)
	if p.Acquire(g) {
		t.Error("a newcomer overtakes those who wait")
	}
	w, _, ok := p.Next()
	if !ok || w.Value != 0 {
		t.Errorf("next is %+v", w)
	}
}

// Whatever happens in whatever order: never more than the limit, nobody waits while
// the group may have a slot, and the counts agree.
func TestAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		p := &fairshare.Pool[int]{Limit: 1 + r.IntN(8)}
		groups := make([]group, 1+r.IntN(5))
		var waiting []*fairshare.Waiter[int]
		for range 500 {
			g := &groups[r.IntN(len(groups))]
			switch r.IntN(3) {
			case 0:
				if !p.Acquire(g) {
					w := new(fairshare.Waiter[int])
					p.Enqueue(g, w)
					waiting = append(waiting, w)
				}
			case 1:
				if g.Used() > 0 {
					p.Release(g)
				}
			case 2:
				if len(waiting) > 0 {
					p.Dequeue(waiting[r.IntN(len(waiting))])
				}
			}
			for {
				_, g, ok := p.Next()
				if !ok {
					break
				}
				p.AcquireAnyway(g)
			}
			check(t, p, groups)
		}
	}
}

func check(t *testing.T, p *fairshare.Pool[int], groups []group) {
	t.Helper()
	used, waiting := 0, 0
	for i := range groups {
		g := &groups[i]
		used, waiting = used+g.Used(), waiting+g.Waiting()
		if g.Waiting() > 0 && p.Free(g) {
			t.Fatal("one waits though there is a slot")
		}
	}
	if used != p.Used() || waiting != p.Waiting() || used > p.Limit {
		t.Fatalf("%d of %d slots in use, counted %d; %d wait, counted %d", used, p.Limit, p.Used(), waiting, p.Waiting())
	}
}
