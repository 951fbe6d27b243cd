package node

import (
	"context"
	"errors"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// meter tells the control plane how often API keys were used: what the store says,
// after this node has written its part (A-NODE-5).
type meter struct {
	plans *stage.Plans
	usage *document.Store[pasarela.KeyUsage]
	now   func() time.Time
}

func newMeter(plans *stage.Plans, bucket pasarela.Bucket) meter {
	return meter{plans, document.NewStore[pasarela.KeyUsage](bucket), time.Now}
}

// Usage implements apis.Meter. What remains on a day that was not is the limit.
func (m meter) Usage(ctx context.Context, plan pasarela.UsagePlan, keyID string, from, to time.Time) (days [][2]int, err error) {
	if err := m.plans.SaveUsage(ctx, plan.ID, keyID); err != nil {
		return nil, err
	}
	var usage pasarela.KeyUsage
	switch found, err := m.usage.Get(ctx, pasarela.KeyUsageKey(plan.ID, keyID)); {
	case err == nil:
		usage = *found.Value
	case !errors.Is(err, pasarela.ErrNotFound):
		return nil, err
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		entry := [2]int{usage.Days[day.Format(time.DateOnly)], throttle.Unlimited}
		if plan.Quota != nil {
			entry[1] = max(0, throttle.Remaining(usage, *plan.Quota, day))
		}
		days = append(days, entry)
	}
	return days, nil
}

// Grant implements apis.Meter. Every node hears of it from the store.
func (m meter) Grant(ctx context.Context, plan pasarela.UsagePlan, keyID string, remaining int) error {
	if err := m.plans.SaveUsage(ctx, plan.ID, keyID); err != nil {
		return err
	}
	_, err := m.usage.Upsert(ctx, pasarela.KeyUsageKey(plan.ID, keyID), func(usage *pasarela.KeyUsage) error {
		throttle.Grant(usage, *plan.Quota, m.now(), remaining)
		return nil
	})
	return err
}
