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

// Unlimited is the limit of a plan without a quota: the greatest number that
// every client reads without loss.
const Unlimited = math.MaxInt32

// Quota allows a number of requests in each calendar period, in UTC. A nil Quota
// allows all. It is safe for concurrent use.
type Quota struct {
	settings pasarela.QuotaSettings
	// count is the period (days since 1970 of its first day) and, in the lower
	// half, the requests in it. They are negative when an operator granted more
	// than the limit. Quotas of the same key and period share it.
	count *atomic.Uint64
}

// NewQuota is an unused quota; nil settings count, and refuse nothing.
func NewQuota(settings *pasarela.QuotaSettings) *Quota {
	if settings == nil {
		settings = &pasarela.QuotaSettings{Limit: Unlimited, Period: Day}
	}
	return &Quota{*settings, new(atomic.Uint64)}
}

// Take counts a request; false when the period's quota is used up.
func (q *Quota) Take(now time.Time) bool {
	if q == nil {
		return true
	}
	limit := int32(min(max(0, q.settings.Limit), Unlimited))
	for period := q.period(now); ; {
		before := q.count.Load()
		used := inPeriod(before, period)
		if used >= limit {
			return false
		}
		if q.count.CompareAndSwap(before, counted(period, used+1)) {
			return true
		}
	}
}

// giveBack uncounts a request that was refused elsewhere, unless its period is
// over.
func (q *Quota) giveBack(now time.Time) {
	if q != nil {
		q.Add(q.Period(now), -1)
	}
}

// Continues says that the quota goes on with the count of another.
func (q *Quota) Continues(other *Quota) bool { return other != nil && q.count == other.count }

// Used is the number of requests in the current period according to the store.
func (q *Quota) Used(usage pasarela.KeyUsage, now time.Time) int { return Used(usage, q.settings, now) }

// Settings are what the quota was made for.
func (q *Quota) Settings() pasarela.QuotaSettings { return q.settings }

// StartsAgain is when the period after the one that contains now begins.
func (q *Quota) StartsAgain(now time.Time) time.Time {
	began := q.Period(now).Began()
	switch q.settings.Period {
	case Week:
		return began.AddDate(0, 0, 7)
	case Month:
		return began.AddDate(0, 1, 0)
	}
	return began.AddDate(0, 0, 1)
}

// Count is the period that was counted last, and the requests in it.
func (q *Quota) Count() (period Period, used int) {
	count := q.count.Load()
	return Period(count >> 32), int(int32(uint32(count)))
}

// Add adds to the count of a period the requests that the store has from other
// nodes, earlier runs and an operator's grants. It does nothing for a period
// that is over.
func (q *Quota) Add(period Period, more int) {
	for {
		before := q.count.Load()
		if Period(before>>32) > period {
			return
		}
		used := int(inPeriod(before, uint32(period))) + more
		used = min(max(used, -Unlimited), Unlimited)
		if q.count.CompareAndSwap(before, counted(uint32(period), int32(used))) {
			return
		}
	}
}

func counted(period uint32, used int32) uint64 { return uint64(period)<<32 | uint64(uint32(used)) }

func inPeriod(count uint64, period uint32) int32 {
	if uint32(count>>32) != period {
		return 0
	}
	return int32(uint32(count))
}

// Period is a period of a quota: its first day, counted from 1970 in UTC.
type Period uint32

// Began is the first moment of the period.
func (p Period) Began() time.Time { return time.Unix(int64(p)*86400, 0).UTC() }

// Period is the period that contains now.
func (q *Quota) Period(now time.Time) Period { return Period(q.period(now)) }

func (q *Quota) period(t time.Time) uint32 { return periodOf(q.settings, t) }

// periodOf is the first day of the period that holds t. The offset moves that day:
// a WEEK starts on Sunday plus offset (0 to 6), a MONTH on its first day plus
// offset (0 to 27), a DAY has none (A-THROTTLE-3).
func periodOf(settings pasarela.QuotaSettings, t time.Time) uint32 {
	t = t.UTC()
	year, month, day := t.Date()
	offset := max(0, settings.Offset)
	switch settings.Period {
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
