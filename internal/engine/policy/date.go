package policy

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// parseDate reads the dates of conditions: the W3C profile of ISO 8601 (a year
// is enough), or seconds since 1970.
func parseDate(text string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) > 4 {
		return time.Unix(seconds, 0), true
	}
	text = strings.ToUpper(text)
	for _, layout := range [...]string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00",
		"2006-01-02T15:04", "2006-01-02", "2006-01", "2006",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// legacyDate is AWS's check of a date when a document is written; it is laxer
// than what can be compared later (recorded by moto's authors, aws-controlplane §6.5).
func legacyDate(text string) bool {
	text = strings.ToLower(text)
	if !strings.ContainsAny(text, "t-") {
		seconds, err := strconv.ParseInt(text, 10, 64)
		return err == nil && seconds >= 0
	}
	day, clock, _ := strings.Cut(text, "t")
	return legacyDay(day) && (clock == "" || legacyClock(clock))
}

func legacyDay(day string) bool {
	negative := strings.HasPrefix(day, "-")
	fields := strings.Split(strings.TrimPrefix(day, "-"), "-")
	limits := [...][2]int{{0, 292278993}, {1, 12}, {1, 31}}
	if negative {
		limits[0] = [2]int{0, 292275054}
	}
	if len(fields) > len(limits) {
		return false
	}
	for i, f := range fields {
		if !between(f, limits[i][0], limits[i][1]) {
			return false
		}
	}
	return true
}

// legacyClock says whether the old grammar of IAM accepts a time of day: hours, minutes and
// seconds, with z or a zone.
func legacyClock(clock string) bool {
	fields := strings.Split(clock, ":")
	if fields[0] != "" && !between(fields[0], 0, 23) {
		return false
	}
	if len(fields) > 1 && !between(fields[1], 0, 59) {
		return false
	}
	if len(fields) < 3 {
		return true
	}
	seconds := strings.Join(fields[2:], ":")
	if plain, after, ok := strings.Cut(seconds, "z"); ok {
		return after == "" && legacySeconds(plain)
	}
	plain, zone, ok := strings.Cut(seconds, "+")
	if ok {
		hours, minutes, more := strings.Cut(zone, ":")
		if len(hours) != 2 || !between(hours, 0, 23) || more && (len(minutes) != 2 || !between(minutes, 0, 59)) {
			return false
		}
	}
	return legacySeconds(plain)
}

func legacySeconds(text string) bool {
	whole, fraction, ok := strings.Cut(text, ".")
	return between(whole, 0, 59) && (!ok || between(fraction, 0, 999999999))
}

func between(text string, low, high int) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n <= math.MaxInt32 && int(n) >= low && int(n) <= high
}
