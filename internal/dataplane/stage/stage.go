package stage

import (
	"sync"
	"sync/atomic"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/engine/selection"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Stage is a stage for as long as it exists: its deployment may change; its counters and
// its connections stay.
type Stage struct {
	APIID string
	Name  string
	// Counters are those of the whole stage.
	Counters execution.Counters

	deployed   atomic.Pointer[Deployed]
	problem    atomic.Pointer[language.Message]
	autoDeploy atomic.Pointer[string] // why automatic deployment failed; nil if it did not

	mu     sync.Mutex
	routes map[string]*execution.Counters
}

// Deployed is what the stage serves now; nil when nothing is deployed to it.
func (s *Stage) Deployed() *Deployed { return s.deployed.Load() }

// Problem says why the newest deployment or settings are not being served; no message
// when they are.
func (s *Stage) Problem() language.Message {
	if why := s.problem.Load(); why != nil {
		return *why
	}
	return language.Message{}
}

// RouteCounters visits the counters of routes with detailed metrics.
func (s *Stage) RouteCounters(visit func(routeKey string, c *execution.Counters)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, c := range s.routes {
		visit(key, c)
	}
}

// defaultEndpointDisabled says whether only custom domains lead to the stage.
func (s *Stage) defaultEndpointDisabled() bool {
	d := s.Deployed()
	return d != nil && d.defaultDisabled
}

// countersOf are the counters of a route, which survive redeployments.
func (s *Stage) countersOf(routeKey string) *execution.Counters {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.routes == nil {
		s.routes = make(map[string]*execution.Counters)
	}
	c := s.routes[routeKey]
	if c == nil {
		c = &execution.Counters{}
		s.routes[routeKey] = c
	}
	return c
}

// Deployed is a deployment compiled with a stage's settings. It is immutable: a change
// makes a new one.
type Deployed struct {
	Stage        *Stage
	DeploymentID string
	Settings     pasarela.StageSettings
	Variables    []event.Pair
	APIKeySource selection.APIKeySource
	// Connect and Disconnect are nil when the API has no such route.
	Connect    *Route
	Disconnect *Route
	// HeaderNames spells header names as the API's configuration does, by
	// canonical name: net/http forgets how clients wrote them (A-GATEWAY-11).
	HeaderNames map[string]string
	AccessLog   *AccessLog

	level string // of DefaultRouteSettings
	trace bool

	defaultDisabled bool // disableExecuteApiEndpoint when it was deployed

	router  *selection.Router
	routes  []Route
	buckets *throttle.Routes
	source  pasarela.Stage // what it was compiled from
}

// Throttles visits the throttles of the routes that have one of their own.
func (d *Deployed) Throttles(visit func(routeKey string, bucket *throttle.Bucket)) {
	d.buckets.Each(visit)
}

// Route is a route, compiled.
type Route struct {
	Key         string
	Integration *integration.Integration // nil: the route has no target
	TwoWay      bool
	APIKey      bool
	Required    []string // parameters that $connect must have
	Authorizer  *authorizer.Authorizer
	Throttle    *throttle.Bucket
	Level       string              // of execution logs
	Trace       bool                // headers and bodies in execution logs
	Counters    *execution.Counters // nil without detailed metrics

	models  *selection.Models
	schemas modelSet
}
