package clusterlimit

// leastShare is the part of a rate that is divided equally, whatever the demand was, so
// that a node can serve its first requests.
const leastShare = 0.1

// smoothing is the weight of the last second in a demand (exponential smoothing).
const smoothing = 0.5

// nextShare is the part of a rate for the next second. It is lowered at once, but raised
// by half of what is missing: the others may not have lowered theirs yet.
func nextShare(now, should float64) float64 {
	if should > now {
		return now + (should-now)/2
	}
	return should
}

// shareOfRate is the part of a rate for a node with demand mine. Demands are requests a
// second, refused ones included.
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
