package throttle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
)

func TestUsageIsCountedByDayAndPeriod(t *testing.T) {
	var usage pasarela.KeyUsage
	for _, c := range []struct {
		at       string
		requests int
	}{
		{"2025-10-01T00:00:00Z", 99}, // too long ago to be kept
		{"2026-02-28T23:59:59Z", 5},
		{"2026-03-01T00:00:00Z", 3},
		{"2026-03-01T23:00:00-05:00", 4}, // the second in UTC
		{"2026-03-02T10:00:00Z", -1},
		{"2026-03-02T11:00:00Z", 2},
	} {
		throttle.Record(&usage, date(c.at), c.requests)
	}
	if diff := cmp.Diff(map[string]int{"2026-02-28": 5, "2026-03-01": 3, "2026-03-02": 5}, usage.Days); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		settings pasarela.QuotaSettings
		at       string
		used     int
	}{
		{pasarela.QuotaSettings{Period: throttle.Day}, "2026-03-01T12:00:00Z", 3},
		{pasarela.QuotaSettings{Period: throttle.Day}, "2026-03-03T12:00:00Z", 0},
		{pasarela.QuotaSettings{Period: throttle.Month}, "2026-03-02T12:00:00Z", 8},
		{pasarela.QuotaSettings{Period: throttle.Month}, "2026-03-01T12:00:00Z", 3}, // as it was at the end of that day
		{pasarela.QuotaSettings{Period: throttle.Week, Offset: 6}, "2026-03-02T12:00:00Z", 13},
		{pasarela.QuotaSettings{Period: throttle.Month, Offset: 1}, "2026-03-01T12:00:00Z", 8},
	} {
		if got := throttle.Used(usage, c.settings, date(c.at)); got != c.used {
			t.Errorf("%+v at %s: %d used, want %d", c.settings, c.at, got, c.used)
		}
	}
}

func TestGrantsHoldForTheirPeriod(t *testing.T) {
	settings := pasarela.QuotaSettings{Limit: 10, Period: throttle.Month}
	usage := pasarela.KeyUsage{Days: map[string]int{"2026-03-01": 4, "2026-03-02": 4}}
	now := date("2026-03-02T12:00:00Z")
	for _, remaining := range []int{7, 0, 1000, 7} {
		throttle.Grant(&usage, settings, now, remaining)
		if got := throttle.Remaining(usage, settings, now); got != remaining {
			t.Errorf("%d remain, granted were %d", got, remaining)
		}
	}
	throttle.Record(&usage, now, 2)
	if got := throttle.Remaining(usage, settings, now); got != 5 {
		t.Errorf("after two requests: %d", got)
	}
	if got := throttle.Remaining(usage, settings, now.AddDate(0, 1, 0)); got != 10 {
		t.Errorf("in the next period: %d", got)
	}
	if usage.Days["2026-03-02"] != 6 {
		t.Errorf("a grant is no use: %v", usage.Days)
	}
	if got := throttle.Used(usage, pasarela.QuotaSettings{Limit: 10, Period: throttle.Day}, now); got != 6 {
		t.Errorf("under another period, where nothing was granted: %d", got)
	}
}
