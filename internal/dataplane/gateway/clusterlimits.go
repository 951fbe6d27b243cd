package gateway

import (
	"github.com/pasarela-ws/pasarela/internal/dataplane/clusterlimit"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
)

// ClusterLimits are the limits of this node that hold for all nodes together, for a
// [clusterlimit.Balancer].
func (g *Gateway) ClusterLimits() clusterlimit.Limits { return clusterLimits{g} }

type clusterLimits struct{ g *Gateway }

// Caps is [clusterlimit.Limits]: the caps on open connections, by stage.
func (l clusterLimits) Caps(visit func(key string, cap int64, of *clusterlimit.Cap)) {
	l.g.options.Directory.Stages(func(s *stage.Stage) {
		if d := s.Deployed(); d != nil && d.Settings.MaxConnections > 0 {
			visit(s.APIID+"/"+s.Name, int64(d.Settings.MaxConnections), &l.g.stageConnsOf(s).cap)
		}
	})
}

// Buckets is [clusterlimit.Limits].
func (l clusterLimits) Buckets(visit func(key string, bucket *throttle.Bucket)) {
	l.g.options.Directory.Stages(func(s *stage.Stage) {
		if d := s.Deployed(); d != nil {
			d.Throttles(func(routeKey string, bucket *throttle.Bucket) {
				visit("route/"+s.APIID+"/"+s.Name+"/"+routeKey, bucket)
			})
		}
	})
	if l.g.options.Plans != nil {
		l.g.options.Plans.Throttles(func(key string, bucket *throttle.Bucket) { visit("plan/"+key, bucket) })
	}
	if l.g.options.Strict { // otherwise they are unlimited
		visit("account", l.g.account)
		visit("connections", l.g.newConnectionRate)
	}
}

// Divided is [clusterlimit.Limits].
func (l clusterLimits) Divided(nodes int) { l.g.nodes.Store(int64(nodes)) }
