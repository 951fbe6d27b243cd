package throttle

import "github.com/pasarela-ws/pasarela"

// Routes are the buckets of a stage, one for each route that has a limit of its
// own. It is immutable.
type Routes struct {
	buckets map[string]*Bucket
}

// NewRoutes makes the buckets for the routes of a stage. RouteSettings of a
// route override DefaultRouteSettings field by field; what neither gives is the
// account's; a route for which neither gives anything has no bucket, as the
// account's own holds for it anyway (aws-dataplane §10.3). Buckets of previous,
// which may be nil, are carried over where the limit has not changed, so that a
// deployment does not refill them.
func NewRoutes(stage *pasarela.Stage, routeKeys []string, account Limit, previous *Routes) *Routes {
	r := &Routes{buckets: make(map[string]*Bucket)}
	for _, key := range routeKeys {
		if l, ok := RouteLimit(stage, key, account); ok {
			r.buckets[key] = keep(previous.Bucket(key), l)
		}
	}
	return r
}

func keep(b *Bucket, l Limit) *Bucket {
	if b != nil && b.limit == l {
		return b
	}
	return NewBucket(l)
}

// Bucket is the bucket of a route, nil (no limit) for a route without one.
func (r *Routes) Bucket(routeKey string) *Bucket {
	if r == nil {
		return nil
	}
	return r.buckets[routeKey]
}

// Each visits the buckets.
func (r *Routes) Each(visit func(routeKey string, bucket *Bucket)) {
	if r == nil {
		return
	}
	for key, bucket := range r.buckets {
		visit(key, bucket)
	}
}

// RouteLimit is the limit that a stage sets for a route; ok is false when it
// sets none.
func RouteLimit(stage *pasarela.Stage, routeKey string, account Limit) (l Limit, ok bool) {
	l = account
	for _, s := range [...]pasarela.RouteSettings{stage.DefaultRouteSettings, stage.RouteSettings[routeKey]} {
		if s.ThrottlingRateLimit != nil {
			l.Rate, ok = *s.ThrottlingRateLimit, true
		}
		if s.ThrottlingBurstLimit != nil {
			l.Burst, ok = *s.ThrottlingBurstLimit, true
		}
	}
	return l, ok
}
