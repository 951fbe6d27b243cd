package usage

import (
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// count is the usage of one API key under one plan: what the store has, and how much of
// this node's own count is in it. Plans.mu guards it.
type count struct {
	quota    *throttle.Quota // nil when no plan names the key (yet)
	usage    pasarela.KeyUsage
	revision uint64

	period throttle.Period
	seen   int // of the period's count here, what the store knows

	writing    chan struct{} // full while a write is under way
	unanswered batch         // the last one, while it is not known whether it is written; who writes owns it
}

// adopt applies what the store has. What was counted here and is not written yet is
// added.
func (c *count) adopt(usage pasarela.KeyUsage, revision uint64, now time.Time) {
	if revision <= c.revision {
		return
	}
	c.usage, c.revision = usage, revision
	if c.quota == nil {
		return
	}
	c.begin(c.quota.Period(now))
	total := c.quota.Used(usage, now)
	c.quota.Add(c.period, total-c.seen)
	c.seen = total
}

// begin starts a period, for which the store has nothing yet as far as this node knows.
func (c *count) begin(period throttle.Period) {
	if c.period != period {
		c.period, c.seen = period, 0
	}
}

// measure uses the plan's quota from now on. A quota that starts to count must first get
// the store's count of its period.
func (c *count) measure(quota *throttle.Quota, now time.Time) {
	starts := !quota.Continues(c.quota)
	c.quota = quota
	if starts {
		c.begin(quota.Period(now))
		c.seen = quota.Used(c.usage, now)
		quota.Add(c.period, c.seen)
	}
}

// unsaved is what was counted here and not written, and when.
func (c *count) unsaved(now time.Time) (requests int, at time.Time) {
	if c.quota == nil {
		return 0, now
	}
	period, used := c.quota.Count()
	c.begin(period)
	if current := c.quota.Period(now); period < current {
		now = current.Began().Add(-1) // the period has ended meanwhile
	}
	return used - c.seen, now
}

// FollowUsage applies the total of all nodes for a key.
func (p *Plans) FollowUsage(change document.Change[pasarela.KeyUsage]) {
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
	found := p.count(of)
	found.adopt(usage, change.Revision, time.Now())
	if change.Removed() && found.quota == nil {
		delete(p.counts, of)
	}
}

// count is the key's count under the plan. p.mu is held.
func (p *Plans) count(of throttle.PlanKey) *count {
	if p.counts == nil {
		p.counts = map[throttle.PlanKey]*count{}
	}
	found := p.counts[of]
	if found == nil {
		found = &count{writing: make(chan struct{}, 1)}
		p.counts[of] = found
	}
	return found
}

// measure moves the counts to the quotas of a new table. p.mu is held.
func (p *Plans) measure(meters *throttle.Plans) {
	now, named := time.Now(), map[throttle.PlanKey]bool{}
	for of, quota := range meters.Quotas() {
		named[of] = true
		p.count(of).measure(quota, now)
	}
	for of, found := range p.counts {
		if named[of] {
			continue
		}
		found.quota = nil
		if found.usage.Days == nil {
			delete(p.counts, of)
		}
	}
}

// unsaved are the counts with requests that are not in the store yet.
func (p *Plans) unsaved() (keys []throttle.PlanKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for of, found := range p.counts {
		if requests, _ := found.unsaved(time.Now()); requests != 0 {
			keys = append(keys, of)
		}
	}
	return keys
}
