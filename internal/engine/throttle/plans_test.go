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
		if began := q.Period(date(c.now)).Began(); began.Format(time.DateOnly) != c.began {
			t.Errorf("%s+%d at %s began %s, want %s", c.period, c.offset, c.now, began.Format(time.DateOnly), c.began)
		}
		again := q.StartsAgain(date(c.now))
		if q.Period(again).Began() != again || q.Period(again.Add(-time.Second)) != q.Period(date(c.now)) {
			t.Errorf("%s+%d at %s starts again at %s", c.period, c.offset, c.now, again)
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
		if period, used := q.Count(); used != 2 || period != q.Period(now) {
			t.Errorf("day %d: %d used in %v", day, used, period.Began())
		}
	}
	if throttle.NewQuota(&pasarela.QuotaSettings{Limit: 0, Period: throttle.Day}).Take(start) {
		t.Error("a quota of 0 let something pass")
	}
	var none *throttle.Quota
	if !none.Take(start) {
		t.Error("no quota must be no limit")
	}
	counts := throttle.NewQuota(nil)
	if _, used := counts.Count(); !counts.Take(start) || used != 0 {
		t.Error("a plan without a quota refuses something")
	}
	if _, used := counts.Count(); used != 1 {
		t.Errorf("a plan without a quota counts %d", used)
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
	for _, unknown := range []*throttle.KeyLimits{plans.KeyLimits("api", "prod", "k3"), plans.KeyLimits("api", "dev", "k1"), plans.KeyLimits("other", "prod", "k1")} {
		if unknown != nil {
			t.Error("a key may call a stage that no plan lists")
		}
	}
	prod, test := plans.KeyLimits("api", "prod", "k1"), plans.KeyLimits("api", "test", "k1")
	if prod.PlanID != "plan" {
		t.Errorf("plan %q", prod.PlanID)
	}
	for i, c := range []struct {
		client *throttle.KeyLimits
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
	if _, used := quotaOf(plans, "k1").Count(); used != 3 {
		t.Errorf("%d used: refused requests do not count", used)
	}
	if got := plans.KeyLimits("api", "test", "k2").Take(start, "$connect"); got != throttle.Admitted {
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
	client, closed := plans.KeyLimits("api", "prod", "k1"), throttle.NewBucket(throttle.Limit{})
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
		first.KeyLimits("api", "test", "k1").Take(start, "$connect")
	}
	changed := plan()
	changed.Throttle.BurstLimit = 9
	second := throttle.NewPlans([]pasarela.UsagePlan{changed}, first)
	client := second.KeyLimits("api", "test", "k1")
	if got := client.Take(start, "$connect"); got != throttle.Admitted {
		t.Errorf("the fourth of four: %v", got)
	}
	if got := client.Take(start, "$connect"); got != throttle.QuotaExceeded {
		t.Errorf("the quota was forgotten: %v", got)
	}
	more := plan()
	more.Quota.Limit = 9
	third := throttle.NewPlans([]pasarela.UsagePlan{more}, first)
	if got := third.KeyLimits("api", "test", "k1").Take(start, "$connect"); got != throttle.Throttled {
		t.Errorf("the throttle was refilled: %v", got)
	}
	var none *throttle.Plans
	if none.KeyLimits("api", "test", "k1") != nil || quotaOf(none, "k1") != nil {
		t.Error("no plans, no clients")
	}
}

func quotaOf(plans *throttle.Plans, keyID string) *throttle.Quota {
	for of, quota := range plans.Quotas() {
		if of == (throttle.PlanKey{PlanID: "plan", KeyID: keyID}) {
			return quota
		}
	}
	return nil
}

// What others used comes on top, also below zero; a period that is over stays over.
func TestWhatOthersUsedCounts(t *testing.T) {
	q := throttle.NewQuota(&pasarela.QuotaSettings{Limit: 3, Period: throttle.Day})
	today := q.Period(start)
	for _, c := range []struct {
		period throttle.Period
		more   int
		left   int
	}{
		{today, 2, 1},
		{today - 1, 100, 1},
		{today, -7, 8},
		{today + 1, 1, 0}, // of the day of start nothing is known now
	} {
		q.Add(c.period, c.more)
		before, used := q.Count()
		left := 0
		for left < 100 && before == today && q.Take(start) {
			left++
		}
		if left != c.left {
			t.Errorf("%d more in %v: %d left, want %d", c.more, c.period.Began(), left, c.left)
		}
		q.Add(today, -left)
		if _, after := q.Count(); after != used {
			t.Errorf("%d used, then %d", used, after)
		}
	}
}
