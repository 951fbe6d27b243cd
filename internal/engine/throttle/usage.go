package throttle

import (
	"time"

	"github.com/pasarela-ws/pasarela"
)

// keptDays is for how long the uses of a key are kept: what GetUsage can be asked
// for, and the days of a month's period.
const keptDays = 92

// Record adds requests, or takes some back, on the day of now, and forgets days
// that no call can ask for.
func Record(usage *pasarela.KeyUsage, now time.Time, requests int) {
	if usage.Days == nil {
		usage.Days = map[string]int{}
	}
	today := now.UTC().Format(time.DateOnly)
	usage.Days[today] = max(0, usage.Days[today]+requests)
	oldest := now.UTC().AddDate(0, 0, -keptDays).Format(time.DateOnly)
	for day := range usage.Days {
		if day < oldest {
			delete(usage.Days, day)
		}
	}
}

// Grant sets how many requests are left in the period of now. It may be more than
// the limit.
func Grant(usage *pasarela.KeyUsage, settings pasarela.QuotaSettings, now time.Time, remaining int) {
	usage.Granted, usage.GrantedIn = 0, Period(periodOf(settings, now)).Began().Format(time.DateOnly)
	usage.Granted = remaining - Remaining(*usage, settings, now)
}

// Used is the number of requests counted in the current period, up to the day of
// now: those that were made less what was granted.
func Used(usage pasarela.KeyUsage, settings pasarela.QuotaSettings, now time.Time) int {
	began, today := Period(periodOf(settings, now)).Began().Format(time.DateOnly), now.UTC().Format(time.DateOnly)
	used := 0
	for day, requests := range usage.Days {
		if day >= began && day <= today {
			used += requests
		}
	}
	if usage.GrantedIn == began {
		used -= usage.Granted
	}
	return used
}

// Remaining is how many requests the key has left at the end of the day of now.
func Remaining(usage pasarela.KeyUsage, settings pasarela.QuotaSettings, now time.Time) int {
	return min(settings.Limit-Used(usage, settings, now), Unlimited)
}
