package node

import (
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
)

func TestAccountsAreThrottledUnderStrictOnly(t *testing.T) {
	for strict, most := range map[bool]int{true: throttle.Connections().Burst, false: 1_000_000} {
		n := &Node{options: Options{Settings: Settings{Strict: strict}}}
		bucket, now := throttle.NewBucket(n.limits(throttle.Connections())), time.Now()
		taken := 0
		for taken < most && bucket.Take(now) {
			taken++
		}
		if taken != most || strict == bucket.Take(now) {
			t.Errorf("strict %v: %d connections at one moment, want %d and then %v", strict, taken, most, !strict)
		}
	}
}
