package clusterlimit

import (
	"math"
	"slices"
	"sort"
)

// Use is what one node uses of a cap.
type Use struct {
	Open    int64   `json:"open"`    // connections
	Granted int64   `json:"granted"` // its share
	Asked   float64 `json:"asked"`   // handshakes a second, those that were refused too
}

// divideCap is how many connections each node should be allowed: those that it has, and a
// part of the free ones by demand. Together they are cap, or the open connections where
// those are more. nodes are in the order of their names.
func divideCap(cap int64, nodes []Use) []int64 {
	shares := make([]int64, len(nodes))
	free, weight := cap, 0.0
	for i, n := range nodes {
		shares[i] = n.Open
		free -= n.Open
		weight += 1 + n.Asked
	}
	if free <= 0 {
		return shares
	}
	type rest struct {
		node int
		part float64
	}
	rests := make([]rest, len(nodes))
	left := free
	for i, n := range nodes {
		part := float64(free) * (1 + n.Asked) / weight
		whole := int64(math.Floor(part))
		shares[i] += whole
		left -= whole
		rests[i] = rest{i, part - float64(whole)}
	}
	sort.SliceStable(rests, func(i, j int) bool { return rests[i].part > rests[j].part })
	for i := range left { // fewer than there are nodes
		shares[rests[int(i)%len(rests)].node]++
	}
	return shares
}

// nextGrant is the share of node self for the next second. It is lowered at once, but
// raised only by a part of what no node holds, by need, because the others raise theirs
// at the same time.
func nextGrant(cap int64, nodes []Use, self int) int64 {
	should := divideCap(cap, nodes)
	mine := nodes[self]
	if should[self] <= mine.Granted {
		return should[self]
	}
	held, need := int64(0), int64(0)
	for i, n := range nodes {
		held += min(max(n.Granted, n.Open), max(should[i], n.Granted))
		need += max(0, should[i]-n.Granted)
	}
	pool := cap - held
	if pool <= 0 || need <= 0 {
		return mine.Granted
	}
	missing := should[self] - mine.Granted
	if pool >= need {
		return should[self]
	}
	return mine.Granted + int64(float64(pool)*float64(missing)/float64(need))
}

// sorted are all nodes by name, and where this one is among them: all nodes compute the
// same division only in the same order.
func sorted(self string, others []string) (names []string, at int) {
	names = append(slices.Clone(others), self)
	slices.Sort(names)
	return names, slices.Index(names, self)
}
