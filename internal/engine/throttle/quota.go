package throttle

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Periods of a quota.
const (
	Day   = "DAY"
	Week  = "WEEK"
	Month = "MONTH"
)

// Quota allows a number of requests in each calendar period, in UTC. A nil Quota
// allows all. It is safe for concurrent use.
type Quota struct {
	settings pasarela.QuotaSettings
	// state is the period (days since 1970 of its first day) and the requests
	// in it, 32 bits each.
	state atomic.Uint64
}

// NewQuota is an unused quota; nil for nil settings.
func NewQuota(settings *pasarela.QuotaSettings) *Quota {
	if settings == nil {
		return nil
	}
	return &Quota{settings: *settings}
}

// Take counts a request, or says that the period has no more.
func (q *Quota) Take(now time.Time) bool {
	if q == nil {
		return true
	}
	period := q.period(now)
	for {
		state := q.state.Load()
		used := inPeriod(state, period)
		if uint64(used) >= uint64(max(0, q.settings.Limit)) || used == math.MaxUint32 {
			return false
		}
		if q.state.CompareAndSwap(state, uint64(period)<<32|uint64(used+1)) {
			return true
		}
	}
}

// giveBack uncounts a request of the current period that was refused elsewhere.
func (q *Quota) giveBack() {
	if q != nil {
		q.state.Add(^uint64(0))
	}
}

func inPeriod(state uint64, period uint32) uint32 {
	if uint32(state>>32) != period {
		return 0
	}
	return uint32(state)
}

// Usage is how many requests the period that holds now has had, and when it
// began.
func (q *Quota) Usage(now time.Time) (used int, began time.Time) {
	period := q.period(now)
	return int(inPeriod(q.state.Load(), period)), time.Unix(int64(period)*86400, 0).UTC()
}

// Resume sets the requests that the period of now has had: what was kept over a
// restart, or what an operator grants (UpdateUsage).
func (q *Quota) Resume(now time.Time, used int) {
	used = min(max(0, used), math.MaxUint32)
	q.state.Store(uint64(q.period(now))<<32 | uint64(used))
}

// period is the first day of the period that holds t. The offset moves that day:
// a WEEK starts on Sunday plus offset (0 to 6), a MONTH on its first day plus
// offset (0 to 27), a DAY has none (A-THROTTLE-3).
func (q *Quota) period(t time.Time) uint32 {
	t = t.UTC()
	year, month, day := t.Date()
	offset := max(0, q.settings.Offset)
	switch q.settings.Period {
	case Week:
		day -= (int(t.Weekday()) - min(offset, 6) + 7) % 7
	case Month:
		first := 1 + min(offset, 27)
		if day < first {
			month--
		}
		day = first
	}
	return uint32(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
