package node

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
)

// meter tells the control plane how often API keys were used on this node. Only
// the period that runs is known: it counts on the day that is today (A-NODE-5).
type meter struct {
	plans *stage.Plans
	now   func() time.Time
}

const unmetered = 1<<31 - 1 // the greatest number that every client reads without loss

// Usage implements apis.Meter.
func (m meter) Usage(_ context.Context, plan pasarela.UsagePlan, keyID string, from, to time.Time) (days [][2]int, err error) {
	now, limit := m.now().UTC(), unmetered
	used := 0
	if quota := m.plans.Meters().Quota(plan.ID, keyID); plan.Quota != nil && quota != nil {
		limit = plan.Quota.Limit
		used, _ = quota.Usage(now)
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		entry := [2]int{0, limit}
		if day.Year() == now.Year() && day.YearDay() == now.YearDay() {
			entry = [2]int{used, max(limit-used, 0)}
		}
		days = append(days, entry)
	}
	return days, nil
}

// Grant implements apis.Meter.
func (m meter) Grant(_ context.Context, plan pasarela.UsagePlan, keyID string, remaining int) error {
	quota := m.plans.Meters().Quota(plan.ID, keyID)
	if plan.Quota == nil || quota == nil {
		return pasarela.Errorf(pasarela.CodeServiceUnavailable, "This node does not know usage plan %s yet; try again.", plan.ID)
	}
	quota.Resume(m.now(), plan.Quota.Limit-remaining)
	return nil
}
