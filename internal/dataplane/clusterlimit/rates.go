package clusterlimit

// leastShare is the part of a rate that is divided equally, whatever the demand was: a
// node that gets its first requests has something to begin with.
const leastShare = 0.1

// smoothing is how much of a demand is that of the last second; the rest is what was
// known before.
const smoothing = 0.5

// nextShare is the part of a rate for the next second. It is lowered at once and raised
// by half of what is missing: the others may not have heard yet that they are to give up
// theirs.
func nextShare(now, should float64) float64 {
	if should > now {
		return now + (should-now)/2
	}
	return should
}

// shareOfRate is the part of a rate that the node has whose demand is mine. Demands are
// requests a second, those that were refused too.
func shareOfRate(mine float64, others []float64) float64 {
	sum := mine
	for _, d := range others {
		sum += d
	}
	nodes := float64(len(others) + 1)
	if sum <= 0 {
		return 1 / nodes
	}
	return leastShare/nodes + (1-leastShare)*mine/sum
}
