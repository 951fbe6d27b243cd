package throttle

import (
	"iter"
	"maps"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Plans are the usage plans of an account, compiled: which API key may call
// which stage, and how often. It is immutable.
type Plans struct {
	limits map[stageKey]*KeyLimits
	quotas map[PlanKey]*Quota
}

// PlanKey is an API key under a usage plan.
type PlanKey struct{ PlanID, KeyID string }

type stageKey struct{ api, stage, key string }

// KeyLimits are the limits of one API key on one stage under its usage plan.
type KeyLimits struct {
	PlanID  string
	Plan    string // its name
	quota   *Quota
	all     *Bucket // the plan's throttle, shared by all stages of the plan
	byRoute map[string]*Bucket
}

// NewPlans makes the meters of the plans. Buckets of previous, which may be nil,
// are kept where their limits have not changed; quotas keep their counts if
// period and offset are the same.
func NewPlans(plans []pasarela.UsagePlan, previous *Plans) *Plans {
	p := &Plans{limits: make(map[stageKey]*KeyLimits), quotas: make(map[PlanKey]*Quota)}
	if previous == nil {
		previous = new(Plans)
	}
	for i := range plans {
		for _, key := range plans[i].KeyIDs {
			p.addKey(&plans[i], key, previous)
		}
	}
	return p
}

// addKey adds the limits of a key of a usage plan. Buckets and the quota's count go on from
// those before, as long as the key is in the same plan.
func (p *Plans) addKey(plan *pasarela.UsagePlan, key string, previous *Plans) {
	quota := keepQuota(previous.quotas[PlanKey{plan.ID, key}], plan.Quota)
	p.quotas[PlanKey{plan.ID, key}] = quota
	var all *Bucket
	for _, at := range plan.APIStages {
		id := stageKey{at.APIID, at.Stage, key}
		before := previous.limits[id]
		if before == nil || before.PlanID != plan.ID {
			before = new(KeyLimits)
		}
		if plan.Throttle != nil && all == nil {
			all = keep(before.all, Limit{plan.Throttle.RateLimit, plan.Throttle.BurstLimit})
		}
		c := &KeyLimits{PlanID: plan.ID, Plan: plan.Name, quota: quota, all: all, byRoute: make(map[string]*Bucket)}
		for method, t := range at.Throttle {
			route := routeOf(method)
			c.byRoute[route] = keep(before.byRoute[route], Limit{t.RateLimit, t.BurstLimit})
		}
		p.limits[id] = c
	}
}

func keepQuota(q *Quota, settings *pasarela.QuotaSettings) *Quota {
	next := NewQuota(settings)
	if q != nil && q.settings.Period == next.settings.Period && q.settings.Offset == next.settings.Offset {
		next.count = q.count // requests in progress count on the old quota
	}
	return next
}

// routeOf is the route key in a method throttle's "path/METHOD". WebSocket
// routes have no methods, so a route key alone is accepted too (A-THROTTLE-2).
func routeOf(method string) string {
	method = strings.TrimPrefix(method, "/")
	if slash := strings.LastIndexByte(method, '/'); slash > 0 {
		switch method[slash+1:] {
		case "*", "ANY", "GET", "POST":
			return method[:slash]
		}
	}
	return method
}

// KeyLimits is the meter of an API key on a stage; nil when no plan lets the key
// call it, which is a 403.
func (p *Plans) KeyLimits(apiID, stage, keyID string) *KeyLimits {
	if p == nil {
		return nil
	}
	return p.limits[stageKey{apiID, stage, keyID}]
}

// Quota is that of the key under its plan.
func (k *KeyLimits) Quota() *Quota { return k.quota }

// Buckets visits the throttles of all API keys under their plans, by a key that is the
// same on every node.
func (p *Plans) Buckets(visit func(key string, bucket *Bucket)) {
	if p == nil {
		return
	}
	for at, c := range p.limits {
		if c.all != nil {
			visit(c.PlanID+"/"+at.key, c.all)
		}
		for route, bucket := range c.byRoute {
			visit(c.PlanID+"/"+at.key+"/"+at.api+"/"+at.stage+"/"+route, bucket)
		}
	}
}

// Quotas are the quotas of all API keys under their plans; those of plans without
// a quota count only.
func (p *Plans) Quotas() iter.Seq2[PlanKey, *Quota] {
	if p == nil {
		return func(func(PlanKey, *Quota) bool) {}
	}
	return maps.All(p.quotas)
}

// Refusal says why a client was refused.
type Refusal uint8

const (
	// Admitted: it was not.
	Admitted Refusal = iota
	// Throttled is 429 Too Many Requests.
	Throttled
	// QuotaExceeded is 429 Limit Exceeded.
	QuotaExceeded
)

// Take counts a request of the client on a route against the plan's quota and
// throttles, and against the buckets behind them: the route's of the stage, the
// account's. A request that is refused counts nowhere.
func (k *KeyLimits) Take(now time.Time, routeKey string, behind ...*Bucket) Refusal {
	if !k.quota.Take(now) {
		return QuotaExceeded
	}
	route := k.byRoute[routeKey]
	if Take(now, route, k.all) >= 0 {
		k.quota.giveBack(now)
		return Throttled
	}
	if Take(now, behind...) >= 0 {
		k.quota.giveBack(now)
		route.giveBack()
		k.all.giveBack()
		return Throttled
	}
	return Admitted
}
