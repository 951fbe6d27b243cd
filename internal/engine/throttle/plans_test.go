package throttle_test

import (
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
)

func date(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// 1 March 2026 is a Sunday.
func TestPeriodsOfAQuota(t *testing.T) {
	for _, c := range []struct {
		period string
		offset int
		now    string
		began  string
	}{
		{throttle.Day, 0, "2026-03-01T23:59:59Z", "2026-03-01"},
		{throttle.Day, 0, "2026-03-02T00:00:00Z", "2026-03-02"},
		{throttle.Day, 0, "2026-03-01T23:30:00-05:00", "2026-03-02"},
		{throttle.Week, 0, "2026-03-07T12:00:00Z", "2026-03-01"},
		{throttle.Week, 0, "2026-03-08T00:00:00Z", "2026-03-08"},
		{throttle.Week, 1, "2026-03-01T12:00:00Z", "2026-02-23"},
		{throttle.Week, 1, "2026-03-02T00:00:00Z", "2026-03-02"},
		{throttle.Week, 6, "2026-03-06T00:00:00Z", "2026-02-28"},
		{throttle.Month, 0, "2026-03-31T00:00:00Z", "2026-03-01"},
		{throttle.Month, 14, "2026-03-14T23:00:00Z", "2026-02-15"},
		{throttle.Month, 14, "2026-03-15T00:00:00Z", "2026-03-15"},
		{throttle.Month, 27, "2026-01-01T00:00:00Z", "2025-12-28"},
		{throttle.Month, 99, "2026-03-29T00:00:00Z", "2026-03-28"},
	} {
		q := throttle.NewQuota(&pasarela.QuotaSettings{Limit: 1, Offset: c.offset, Period: c.period})
		if _, began := q.Usage(date(c.now)); began.Format(time.DateOnly) != c.began {
			t.Errorf("%s+%d at %s began %s, want %s", c.period, c.offset, c.now, began.Format(time.DateOnly), c.began)
		}
	}
}

func TestAQuotaStartsAgainWithEveryPeriod(t *testing.T) {
	q := throttle.NewQuota(&pasarela.QuotaSettings{Limit: 2, Period: throttle.Day})
	for day := range 3 {
		now := start.AddDate(0, 0, day)
		for i, want := range []bool{true, true, false, false} {
			if got := q.Take(now); got != want {
				t.Errorf("day %d, request %d: %v", day, i, got)
			}
		}
		if used, _ := q.Usage(now); used != 2 {
			t.Errorf("day %d: %d used", day, used)
		}
	}
	q.Resume(start.AddDate(0, 0, 2), 1)
	if !q.Take(start.AddDate(0, 0, 2)) || q.Take(start.AddDate(0, 0, 2)) {
		t.Error("what was resumed does not count")
	}
	if throttle.NewQuota(&pasarela.QuotaSettings{Limit: 0, Period: throttle.Day}).Take(start) {
		t.Error("a quota of 0 let something pass")
	}
	if !throttle.NewQuota(nil).Take(start) {
		t.Error("no quota must be no limit")
	}
}

func plan() pasarela.UsagePlan {
	return pasarela.UsagePlan{
		ID: "plan", KeyIDs: []string{"k1", "k2"},
		Throttle: &pasarela.ThrottleSettings{RateLimit: 0.001, BurstLimit: 3},
		Quota:    &pasarela.QuotaSettings{Limit: 4, Period: throttle.Day},
		APIStages: []pasarela.UsagePlanStage{
			{APIID: "api", Stage: "prod", Throttle: map[string]pasarela.ThrottleSettings{"/$connect/GET": {RateLimit: 0.001, BurstLimit: 1}}},
			{APIID: "api", Stage: "test"},
		},
	}
}

func TestClientsOfAPlan(t *testing.T) {
	plans := throttle.NewPlans([]pasarela.UsagePlan{plan()}, nil)
	for _, unknown := range []*throttle.Client{plans.Client("api", "prod", "k3"), plans.Client("api", "dev", "k1"), plans.Client("other", "prod", "k1")} {
		if unknown != nil {
			t.Error("a key may call a stage that no plan lists")
		}
	}
	prod, test := plans.Client("api", "prod", "k1"), plans.Client("api", "test", "k1")
	if prod.PlanID != "plan" {
		t.Errorf("plan %q", prod.PlanID)
	}
	for i, c := range []struct {
		client *throttle.Client
		want   throttle.Refusal
	}{
		{prod, throttle.Admitted},
		{prod, throttle.Throttled}, // the route's own throttle
		{test, throttle.Admitted},
		{test, throttle.Admitted},
		{test, throttle.Throttled}, // the plan's throttle holds for all its stages together
	} {
		if got := c.client.Take(start, "$connect"); got != c.want {
			t.Errorf("request %d: %v, want %v", i, got, c.want)
		}
	}
	if used, _ := plans.Quota("plan", "k1").Usage(start); used != 3 {
		t.Errorf("%d used: refused requests do not count", used)
	}
	if got := plans.Client("api", "test", "k2").Take(start, "$connect"); got != throttle.Admitted {
		t.Errorf("another key: %v", got)
	}
	later := start.Add(3 * time.Hour)
	if got := test.Take(later, "$connect"); got != throttle.Admitted {
		t.Errorf("after the throttle: %v", got)
	}
	if got := test.Take(later, "$connect"); got != throttle.QuotaExceeded {
		t.Errorf("after the quota: %v", got)
	}
}

func TestWhatARefusalBehindThePlanCosts(t *testing.T) {
	plans := throttle.NewPlans([]pasarela.UsagePlan{plan()}, nil)
	client, closed := plans.Client("api", "prod", "k1"), throttle.NewBucket(throttle.Limit{})
	for range 5 {
		if got := client.Take(start, "$connect", nil, closed); got != throttle.Throttled {
			t.Errorf("got %v", got)
		}
	}
	if got := client.Take(start, "$connect"); got != throttle.Admitted {
		t.Errorf("the refused requests cost something: %v", got)
	}
}

func TestPlansKeepTheirMeters(t *testing.T) {
	first := throttle.NewPlans([]pasarela.UsagePlan{plan()}, nil)
	for range 3 {
		first.Client("api", "test", "k1").Take(start, "$connect")
	}
	changed := plan()
	changed.Throttle.BurstLimit = 9
	second := throttle.NewPlans([]pasarela.UsagePlan{changed}, first)
	client := second.Client("api", "test", "k1")
	if got := client.Take(start, "$connect"); got != throttle.Admitted {
		t.Errorf("the fourth of four: %v", got)
	}
	if got := client.Take(start, "$connect"); got != throttle.QuotaExceeded {
		t.Errorf("the quota was forgotten: %v", got)
	}
	third := throttle.NewPlans([]pasarela.UsagePlan{plan()}, first)
	if got := third.Client("api", "test", "k1").Take(start, "$connect"); got != throttle.Throttled {
		t.Errorf("the throttle was refilled: %v", got)
	}
	var none *throttle.Plans
	if none.Client("api", "test", "k1") != nil || none.Quota("plan", "k1") != nil {
		t.Error("no plans, no clients")
	}
}
