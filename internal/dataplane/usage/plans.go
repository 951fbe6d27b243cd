package usage

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Plans are the API keys and usage plans as they are now. Reading and counting lock
// nothing. The zero value knows no key.
type Plans struct {
	now atomic.Pointer[planTable]

	mu     sync.Mutex
	keys   map[string]*pasarela.APIKey    // by id
	plans  map[string]*pasarela.UsagePlan // by id
	counts map[throttle.PlanKey]*count
}

type planTable struct {
	byValue map[string]*pasarela.APIKey
	meters  *throttle.Plans
}

// KeyLimits finds the API key of that value and its meter on a stage. A client without
// either is refused: the key is unknown, disabled, or no plan allows it for the stage
// (aws-dataplane §7.4).
func (p *Plans) KeyLimits(apiID, stage, value string) (key *pasarela.APIKey, meter *throttle.KeyLimits) {
	t := p.now.Load()
	if t == nil {
		return nil, nil
	}
	if key = t.byValue[value]; key == nil || !key.Enabled {
		return nil, nil
	}
	return key, t.meters.KeyLimits(apiID, stage, key.ID)
}

// Throttles visits the throttles of all API keys, by a key that is the same on every node.
func (p *Plans) Throttles(visit func(key string, bucket *throttle.Bucket)) {
	if t := p.now.Load(); t != nil {
		t.meters.Buckets(visit)
	}
}

// FollowKey applies a change of an API key.
func (p *Plans) FollowKey(change document.Change[pasarela.APIKey]) {
	p.change(func() {
		id := strings.TrimPrefix(change.Key, pasarela.PrefixAPIKey)
		if change.Removed() {
			delete(p.keys, id)
		} else {
			p.keys[id] = change.Value
		}
	})
}

// FollowPlan applies a change of a usage plan.
func (p *Plans) FollowPlan(change document.Change[pasarela.UsagePlan]) {
	p.change(func() {
		id := strings.TrimPrefix(change.Key, pasarela.PrefixUsagePlan)
		if change.Removed() {
			delete(p.plans, id)
		} else {
			p.plans[id] = change.Value
		}
	})
}

// change edits the keys and plans and publishes them; meters keep their counts.
func (p *Plans) change(edit func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys == nil {
		p.keys, p.plans = map[string]*pasarela.APIKey{}, map[string]*pasarela.UsagePlan{}
	}
	edit()
	t := &planTable{byValue: make(map[string]*pasarela.APIKey, len(p.keys))}
	for _, key := range p.keys {
		t.byValue[key.Value] = key
	}
	var plans []pasarela.UsagePlan
	for _, plan := range p.plans {
		plans = append(plans, *plan)
	}
	var before *throttle.Plans
	if old := p.now.Load(); old != nil {
		before = old.meters
	}
	t.meters = throttle.NewPlans(plans, before)
	p.measure(t.meters)
	p.now.Store(t)
}
