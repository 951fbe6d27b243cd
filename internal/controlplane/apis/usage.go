package apis

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
)

// GetUsageInput is the input of [UsagePlans.GetUsage]. Days are 2006-01-02 in UTC,
// at most 90 of them.
type GetUsageInput struct {
	UsagePlanInput
	KeyID     string  `json:"-" query:"keyId"`
	StartDate *string `json:"-" query:"startDate"`
	EndDate   *string `json:"-" query:"endDate"`
}

// UpdateUsageInput is the input of [UsagePlans.UpdateUsage].
type UpdateUsageInput struct {
	UsagePlanKeyInput
	PatchInput
}

// Usage is what the keys of a plan used: for each key, used and remaining
// requests of each day.
type Usage struct {
	UsagePlanID string              `json:"usagePlanId"`
	StartDate   string              `json:"startDate"`
	EndDate     string              `json:"endDate"`
	Values      map[string][][2]int `json:"values"`
}

const (
	day          = "2006-01-02"
	maxUsageDays = 90
)

// GetUsage returns what the keys of a plan used, day by day.
func (s *UsagePlans) GetUsage(ctx context.Context, in GetUsageInput) (Usage, error) {
	from, to, err := in.days()
	if err != nil {
		return Usage{}, err
	}
	p, err := s.plan(ctx, in.UsagePlanID)
	if err != nil {
		return Usage{}, err
	}
	usage := Usage{UsagePlanID: p.ID, StartDate: *in.StartDate, EndDate: *in.EndDate, Values: map[string][][2]int{}}
	for _, keyID := range p.KeyIDs {
		if in.KeyID != "" && in.KeyID != keyID {
			continue
		}
		if usage.Values[keyID], err = s.usage(ctx, *p, keyID, from, to); err != nil {
			return Usage{}, err
		}
	}
	return usage, nil
}

// days are the first and the last day asked for, maxUsageDays apart at most.
func (in *GetUsageInput) days() (from, to time.Time, err error) {
	var c check
	c.required("startDate", in.StartDate)
	c.required("endDate", in.EndDate)
	if c.err != nil {
		return from, to, c.err
	}
	from, errFrom := time.Parse(day, *in.StartDate)
	to, errTo := time.Parse(day, *in.EndDate)
	switch {
	case errFrom != nil:
		err = bad("Invalid parameter 'startDate': %q is not a day of the form YYYY-MM-DD.", *in.StartDate)
	case errTo != nil:
		err = bad("Invalid parameter 'endDate': %q is not a day of the form YYYY-MM-DD.", *in.EndDate)
	case to.Before(from):
		err = bad("Invalid parameter 'endDate': it is before startDate.")
	case to.Sub(from) >= maxUsageDays*24*time.Hour:
		err = bad("Invalid parameter 'endDate': at most %d days can be asked for.", maxUsageDays)
	}
	return from, to, err
}

func (s *UsagePlans) usage(ctx context.Context, p pasarela.UsagePlan, keyID string, from, to time.Time) ([][2]int, error) {
	if s.Meter != nil {
		return s.Meter.Usage(ctx, p, keyID, from, to)
	}
	remaining := throttle.Unlimited // A-APIS-16
	if p.Quota != nil {
		remaining = p.Quota.Limit
	}
	var days [][2]int
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		days = append(days, [2]int{0, remaining})
	}
	return days, nil
}

// UpdateUsage grants a key another number of remaining requests in the present
// period of its plan's quota.
func (s *UsagePlans) UpdateUsage(ctx context.Context, in UpdateUsageInput) (Usage, error) {
	p, err := s.plan(ctx, in.UsagePlanID)
	if err != nil {
		return Usage{}, err
	}
	if !slices.Contains(p.KeyIDs, in.KeyID) {
		return Usage{}, noKey()
	}
	if p.Quota == nil {
		return Usage{}, bad("Usage Plan %s has no quota to extend.", p.ID)
	}
	err = in.each(func(op PatchOperation) error {
		if op.Path != "/remaining" || op.Op != "replace" {
			return badPath(op, "/remaining")
		}
		n, err := op.whole()
		if err != nil {
			return err
		}
		if s.Meter == nil {
			return pasarela.Errorf(pasarela.CodeServiceUnavailable, "This server does not meter API keys.")
		}
		return s.Meter.Grant(ctx, *p, in.KeyID, n)
	})
	if err != nil {
		return Usage{}, err
	}
	today := s.now().Truncate(24 * time.Hour)
	values, err := s.usage(ctx, *p, in.KeyID, today, today)
	if err != nil {
		return Usage{}, err
	}
	text := today.Format(day)
	return Usage{p.ID, text, text, map[string][][2]int{in.KeyID: values}}, nil
}

// forgetUsage removes the counts of a plan or of a key that is gone. A key that is
// only taken out of a plan keeps its count: bringing it back is no new quota
// (A-THROTTLE-5).
func (s *UsagePlans) forgetUsage(ctx context.Context, gone func(planID, keyID string) bool) error {
	counts, err := s.Bucket.List(ctx, pasarela.PrefixKeyUsage)
	if err != nil {
		return err
	}
	for _, count := range counts {
		planID, keyID, _ := strings.Cut(strings.TrimPrefix(count.Key, pasarela.PrefixKeyUsage), "/")
		if !gone(planID, keyID) {
			continue
		}
		if err := s.usages.Delete(ctx, count.Key, nil); err != nil && !errors.Is(err, pasarela.ErrNotFound) {
			return err
		}
	}
	return nil
}
