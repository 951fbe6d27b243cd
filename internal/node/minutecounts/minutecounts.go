// Package minutecounts keeps what each stage and route of a node counted in every minute of the
// last day, in memory, for charts (A-CONSOLE-4).
package minutecounts

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// Limits of the counts. A minute in which a stage counted nothing and its connections
// stayed the same takes no memory.
const (
	// Window is how far back the counts go at most.
	Window = 24 * time.Hour
	// MaxBytes bounds all stages and routes of a node together: 233 of them with
	// something in every minute of a day, at 144,000 bytes each. Beyond it the window of
	// all of them shrinks.
	MaxBytes = 32 << 20

	maxDeployments = 50 // of a stage: the newest
	pointBytes     = 100
	windowMinutes  = uint32(Window / time.Minute)
	growth         = 64 // points that a full slice grows by: doubling would waste half
)

// Counters is how many counters a stage has, Buckets into how many its integration
// calls are counted by how long they took.
const (
	Counters = 8
	Buckets  = 15
)

// Reading is the state of a stage, or of one of its routes, at one moment.
type Reading struct {
	APIID, Stage string
	Route        string // its key; empty: the whole stage
	// Identity distinguishes a stage from a later one of the same name, which begins a
	// series of its own.
	Identity     any
	DeploymentID string
	Counts       [Counters]int64 // since the stage was first served
	Latency      [Buckets]int64  // the same
	Connections  int64           // open now; of a route 0
}

// Table is what the stages of a node counted. It is filled by [Table.Run].
type Table struct {
	read func(visit func(Reading)) // visits every stage
	max  int                       // points of all stages

	mu     sync.Mutex
	begun  bool   // one reading was taken: stages that come now are new
	from   uint32 // the first minute that is kept
	points int
	stages map[key]*series
}

type key struct{ apiID, stage, route string }

type series struct {
	identity    any
	counts      [Counters]int64 // at the last reading
	latency     [Buckets]int64  // the same
	since       uint32          // its first minute
	before      uint32          // open connections before the first point
	points      []point
	deployments []Deployment
	seen        bool // in the reading under way
}

// point is a minute in which something changed.
type point struct {
	minute      uint32 // since 1970
	counts      [Counters]uint32
	latency     [Buckets]uint32
	connections uint32
}

// Deployment is the moment from which a stage served a deployment, to the minute.
type Deployment struct {
	At           time.Time
	DeploymentID string
}

// Series is what was counted of one stage or route: one value a minute from Since on.
type Series struct {
	Since       time.Time
	Counts      [Counters][]int64 // in that minute
	Latency     [Buckets][]int64  // the same
	Connections []int64           // open at the minute's end
	Deployments []Deployment      // oldest first
	// Counted is what all readings of Identity counted: what came since is of the minute
	// under way.
	Counted  [Counters]int64
	Identity any
}

// New makes an empty table of the stages that read visits. maxBytes is usually
// [MaxBytes].
func New(read func(visit func(Reading)), maxBytes int) *Table {
	return &Table{read: read, max: maxBytes / pointBytes, stages: map[key]*series{}}
}

// Run reads all stages at once and then at the end of every minute, until ctx ends.
func (t *Table) Run(ctx context.Context) error {
	t.mu.Lock()
	t.from = max(t.from, minuteOf(time.Now())) // started again: what is kept stays
	t.mu.Unlock()
	t.sample(time.Now())
	for {
		now := time.Now()
		select {
		case <-time.After(now.Truncate(time.Minute).Add(time.Minute).Sub(now)):
			// The minute that ended, also when the clock is a little late.
			t.sample(time.Now().Add(-time.Minute / 2))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// sample adds what was counted since the last reading to the minute of at.
func (t *Table) sample(at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	minute := minuteOf(at)
	for _, s := range t.stages {
		s.seen = false
	}
	t.read(func(r Reading) { t.add(r, minute) })
	for k, s := range t.stages {
		if !s.seen {
			t.points -= len(s.points)
			delete(t.stages, k)
		}
	}
	t.begun = true
	t.prune(minute)
}

// add adds what a stage or route counted in one minute; a minute in which nothing has changed
// takes no memory.
func (t *Table) add(r Reading, minute uint32) {
	s := t.series(key{r.APIID, r.Stage, r.Route}, r.Identity, minute)
	if !t.begun { // a start: what it serves was deployed earlier
		s.counts, s.latency, s.before = r.Counts, r.Latency, saturated(r.Connections)
		s.deployments = []Deployment{{DeploymentID: r.DeploymentID}}
	}
	s.seen = true
	s.deployed(r.DeploymentID, minute)
	p := point{minute: minute, connections: saturated(r.Connections)}
	changed := p.connections != s.connections()
	for i, count := range r.Counts {
		p.counts[i] = saturated(count - s.counts[i])
		changed = changed || p.counts[i] > 0
	}
	for i, count := range r.Latency {
		p.latency[i] = saturated(count - s.latency[i])
		changed = changed || p.latency[i] > 0
	}
	s.counts, s.latency = r.Counts, r.Latency
	if changed {
		t.points += s.put(p)
	}
}

// series is that of a stage or route, a new one where there is none or it is that of an
// earlier stage.
func (t *Table) series(k key, identity any, minute uint32) *series {
	s := t.stages[k]
	if s != nil && s.identity == identity {
		return s
	}
	if s != nil {
		t.points -= len(s.points)
	}
	s = &series{identity: identity, since: minute}
	t.stages[k] = s
	return s
}

// Deployed notes what a stage serves from now on, as soon as it does: two deployments of one
// minute are both told, and neither waits for the minute's end. identity is that of the
// stage's [Reading].
func (t *Table) Deployed(apiID, stage string, identity any, deploymentID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun { // what is served before the first reading was deployed earlier
		minute := minuteOf(time.Now())
		t.series(key{apiID, stage, ""}, identity, minute).deployed(deploymentID, minute)
	}
}

// deployed notes a deployment that the stage did not serve before. The one before the first
// point stands there without a time, to compare with.
func (s *series) deployed(id string, minute uint32) {
	if id == "" || len(s.deployments) > 0 && s.deployments[len(s.deployments)-1].DeploymentID == id {
		return
	}
	s.deployments = append(s.deployments, Deployment{timeOf(minute), id})
	if over := len(s.deployments) - maxDeployments; over > 0 {
		s.deployments = slices.Delete(s.deployments, 0, over)
	}
}

// connections is the last number of open connections.
func (s *series) connections() uint32 {
	if n := len(s.points); n > 0 {
		return s.points[n-1].connections
	}
	return s.before
}

// put adds a point, to the last one where that is of the same minute or, after the
// clock was set back, of a later one. It returns by how many the points grew.
func (s *series) put(p point) int {
	if n := len(s.points); n > 0 && s.points[n-1].minute >= p.minute {
		last := &s.points[n-1]
		for i := range last.counts {
			last.counts[i] = saturated(int64(last.counts[i]) + int64(p.counts[i]))
		}
		for i := range last.latency {
			last.latency[i] = saturated(int64(last.latency[i]) + int64(p.latency[i]))
		}
		last.connections = p.connections
		return 0
	}
	if len(s.points) == cap(s.points) {
		grown := make([]point, len(s.points), len(s.points)+growth)
		copy(grown, s.points)
		s.points = grown
	}
	s.points = append(s.points, p)
	return 1
}

// prune drops what is older than the window, and shrinks the window of all stages
// while their points are too many.
func (t *Table) prune(now uint32) {
	if now >= windowMinutes {
		t.from = max(t.from, now-windowMinutes+1)
	}
	t.drop()
	for t.points > t.max && t.from < now {
		t.from++
		t.drop()
	}
}

func (t *Table) drop() {
	for _, s := range t.stages {
		old := 0
		for old < len(s.points) && s.points[old].minute < t.from {
			s.before = s.points[old].connections
			old++
		}
		s.points = slices.Delete(s.points, 0, old)
		t.points -= old
	}
}

// Of is the series of a stage, or of its route where one is named, up to the last whole
// minute; false when the node had no such stage or route at the last reading.
func (t *Table) Of(apiID, stage, route string) (Series, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stages[key{apiID, stage, route}]
	if s == nil {
		return Series{}, false
	}
	since, end := max(t.from, s.since), minuteOf(time.Now())
	out := Series{Since: timeOf(since), Counted: s.counts, Identity: s.identity, Connections: make([]int64, max(0, int64(end)-int64(since)))}
	for i := range out.Counts {
		out.Counts[i] = make([]int64, len(out.Connections))
	}
	for i := range out.Latency {
		out.Latency[i] = make([]int64, len(out.Connections))
	}
	s.fill(&out, since)
	for _, d := range s.deployments {
		if !d.At.IsZero() && !d.At.Before(out.Since) {
			out.Deployments = append(out.Deployments, d)
		}
	}
	return out, true
}

// fill spreads the points over the minutes; connections stay what they were between.
func (s *series) fill(out *Series, since uint32) {
	open, next := s.before, 0
	for i := range out.Connections {
		for next < len(s.points) && s.points[next].minute <= since+uint32(i) {
			p := s.points[next]
			open = p.connections
			for c, count := range p.counts {
				out.Counts[c][i] += int64(count)
			}
			for b, count := range p.latency {
				out.Latency[b][i] += int64(count)
			}
			next++
		}
		out.Connections[i] = int64(open)
	}
}

func minuteOf(at time.Time) uint32   { return uint32(at.Unix() / 60) }
func timeOf(minute uint32) time.Time { return time.Unix(int64(minute)*60, 0).UTC() }

func saturated(n int64) uint32 { return uint32(min(max(n, 0), math.MaxUint32)) }
