package usage

import (
	"context"
	"errors"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
)

// Usage is what a key used under a plan from one day to another, both included: of
// every day what was used and what remained. It is what the store says, after this
// node wrote its part (A-NODE-5). On a day without a quota what remains is
// [throttle.Unlimited].
func (w *Writer) Usage(ctx context.Context, plan pasarela.UsagePlan, keyID string, from, to time.Time) (days [][2]int, err error) {
	if err := w.save(ctx, throttle.PlanKey{PlanID: plan.ID, KeyID: keyID}); err != nil {
		return nil, err
	}
	var usage pasarela.KeyUsage
	switch found, err := w.usage.Get(ctx, pasarela.KeyUsageKey(plan.ID, keyID)); {
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

// Grant lets a key use so many more requests in the plan's period, whose Quota must be
// set. The other nodes read it from the store.
func (w *Writer) Grant(ctx context.Context, plan pasarela.UsagePlan, keyID string, remaining int) error {
	if err := w.save(ctx, throttle.PlanKey{PlanID: plan.ID, KeyID: keyID}); err != nil {
		return err
	}
	_, err := w.usage.Upsert(ctx, pasarela.KeyUsageKey(plan.ID, keyID), func(usage *pasarela.KeyUsage) error {
		throttle.Grant(usage, *plan.Quota, time.Now(), remaining)
		return nil
	})
	return err
}
