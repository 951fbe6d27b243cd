package stage

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Times of the counts of API keys (A-THROTTLE-5).
const (
	usageEvery   = time.Second      // what a crash may forget
	usageTimeout = 10 * time.Second // for one round of writing, also the last
)

// page is what one API key used under one plan: what the store says, and how much
// of the quota's count here that explains. Plans.mu guards it.
type page struct {
	quota    *throttle.Quota // nil when no plan names the key (yet)
	usage    pasarela.KeyUsage
	revision uint64

	period throttle.Period
	seen   int // of the period's count here, what the store knows

	writing chan struct{} // full while a write is under way
}

// adopt takes over what the store says. What was counted here and is not written
// yet stays on top.
func (p *page) adopt(usage pasarela.KeyUsage, revision uint64, now time.Time) {
	if revision <= p.revision {
		return
	}
	p.usage, p.revision = usage, revision
	if p.quota == nil {
		return
	}
	p.turn(p.quota.Period(now))
	total := p.quota.Used(usage, now)
	p.quota.Add(p.period, total-p.seen)
	p.seen = total
}

// turn begins a period, of which nothing is known yet.
func (p *page) turn(period throttle.Period) {
	if p.period != period {
		p.period, p.seen = period, 0
	}
}

// measure follows the plan's quota from now on. A count that begins has to learn
// what the store knows.
func (p *page) measure(quota *throttle.Quota, now time.Time) {
	begins := !quota.Continues(p.quota)
	p.quota = quota
	if begins {
		p.turn(quota.Period(now))
		p.seen = quota.Used(p.usage, now)
		quota.Add(p.period, p.seen)
	}
}

// unsaved is what was counted here and not written, and when.
func (p *page) unsaved(now time.Time) (requests int, at time.Time) {
	if p.quota == nil {
		return 0, now
	}
	period, used := p.quota.Count()
	p.turn(period)
	if current := p.quota.Period(now); period < current {
		now = current.Began().Add(-1) // the period ended meanwhile
	}
	return used - p.seen, now
}

// keyUsage follows the store.
func (p *Plans) keyUsage(change document.Change[pasarela.KeyUsage]) {
	planID, keyID, ok := strings.Cut(strings.TrimPrefix(change.Key, pasarela.PrefixKeyUsage), "/")
	if !ok {
		return
	}
	of := throttle.PlanKey{PlanID: planID, KeyID: keyID}
	var usage pasarela.KeyUsage
	if change.Value != nil {
		usage = *change.Value
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.page(of)
	found.adopt(usage, change.Revision, time.Now())
	if change.Removed() && found.quota == nil {
		delete(p.pages, of)
	}
}

// page is the key's page. p.mu is held.
func (p *Plans) page(of throttle.PlanKey) *page {
	if p.pages == nil {
		p.pages = map[throttle.PlanKey]*page{}
	}
	found := p.pages[of]
	if found == nil {
		found = &page{writing: make(chan struct{}, 1)}
		p.pages[of] = found
	}
	return found
}

// measure lets the pages follow the quotas of a new table. p.mu is held.
func (p *Plans) measure(meters *throttle.Plans) {
	now, named := time.Now(), map[throttle.PlanKey]bool{}
	for of, quota := range meters.Quotas() {
		named[of] = true
		p.page(of).measure(quota, now)
	}
	for of, found := range p.pages {
		if named[of] {
			continue
		}
		found.quota = nil
		if found.usage.Days == nil {
			delete(p.pages, of)
		}
	}
}

// SaveUsage writes now what the key used on this node, so that it can be read in
// the store.
func (p *Plans) SaveUsage(ctx context.Context, planID, keyID string) error {
	of := throttle.PlanKey{PlanID: planID, KeyID: keyID}
	p.mu.Lock()
	found := p.pages[of]
	p.mu.Unlock()
	if found == nil {
		return nil
	}
	select {
	case found.writing <- struct{}{}:
		defer func() { <-found.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	p.mu.Lock()
	requests, at := found.unsaved(time.Now())
	period := found.period
	p.mu.Unlock()
	if requests == 0 {
		return nil
	}
	written, err := p.usage.Upsert(ctx, pasarela.KeyUsageKey(planID, keyID), func(usage *pasarela.KeyUsage) error {
		throttle.Record(usage, at, requests)
		return nil
	})
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	found.adopt(*written.Value, written.Revision, time.Now()) // unless the watch was faster
	if found.quota != nil && found.period == period {
		found.quota.Add(period, -requests) // they are in the store's total now
	}
	return nil
}

// saveAll writes what all keys used on this node.
func (p *Plans) saveAll(ctx context.Context) (failed error) {
	p.mu.Lock()
	var used []throttle.PlanKey
	for of, found := range p.pages {
		if requests, _ := found.unsaved(time.Now()); requests != 0 {
			used = append(used, of)
		}
	}
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, usageTimeout)
	defer cancel()
	for _, of := range used {
		failed = errors.Join(failed, p.SaveUsage(ctx, of.PlanID, of.KeyID))
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

// keepSaving writes the counts every [usageEvery], and a last time when ctx ends.
// What cannot be written stays counted here and is tried again.
func (p *Plans) keepSaving(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(usageEvery)
	defer tick.Stop()
	for sick, last := false, false; !last; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			last = true
		}
		err := p.saveAll(context.WithoutCancel(ctx))
		if err != nil && !sick {
			log.ErrorContext(ctx, "what API keys used cannot be written; it counts on this node only", "error", err)
		}
		sick = err != nil
	}
}
