package extension

import (
	"context"
	"slices"
	"sort"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
	"github.com/pasarela-ws/pasarela/internal/language"
)

type explainInput struct {
	ID string `uri:"id"` // of a connection or of a request
	nodeInput
	languageInput
}

// explanation is the timeline of an id, in parts and as the command line prints it.
type explanation struct {
	timeline
	Text string `json:"text"`
	// OlderStages are those of the timeline that serve what was there before the last edit.
	OlderStages []OlderStage `json:"olderStages,omitempty"`
	Missing     []Missing    `json:"missing,omitempty"`
}

// timeline is what happened to one connection, or to one refused handshake.
type timeline struct {
	ConnectionID string `json:"connectionId,omitempty"`
	RequestID    string `json:"requestId"`
	Summary      string `json:"summary"` // whether the connection is open, the cause of the last failure and the field to change, or what went well
	// Cause is Summary for programs: its id, its arguments, and the message below it.
	Cause  language.Message `json:"cause"`
	Failed bool             `json:"failed"`
	APIID  string           `json:"apiId,omitempty"` // empty where the URL led to none
	Stage  string           `json:"stage,omitempty"`
	Steps  []step           `json:"steps"`
	Nodes  []string         `json:"nodes"` // that it ran on
	// Withheld says that there were bodies, headers or query strings that were not kept,
	// as data trace was off.
	Withheld bool `json:"withheld,omitempty"`
}

type step struct {
	At          time.Time `json:"at"`
	AfterMillis float64   `json:"afterMillis"` // since its request began, which may have been put into a queue first
	RequestID   string    `json:"requestId"`
	Name        string    `json:"name"` // CONNECT $connect
	Text        string    `json:"text"`
	Level       string    `json:"level"` // info or error
	Phase       string    `json:"phase"` // [execution.Step.Phase]: what the time until the next step went to
	Node        string    `json:"node"`
	DeadLetter  bool      `json:"deadLetter,omitempty"` // the call became a dead letter of the stage
	Failed      bool      `json:"failed,omitempty"`     // its execution failed, also where no step of it did: a backend's 400 refuses a client
}

// remembered is what one node knows of an id.
type remembered struct {
	Entries []execution.Entry
	Oldest  time.Time // of what is remembered, where something was forgotten
	Open    bool      // the id is of a connection that is open
}

var askFind = question[string, remembered]{"find", func(_ context.Context, s *Services, id string) (remembered, error) {
	out := remembered{Entries: s.Live.Find(id), Open: s.Live.IsOpen(id)}
	if oldest, forgot := s.Live.Forgot(); forgot {
		out.Oldest = oldest
	}
	return out, nil
}}

// explain returns the timelines to a caller that may explain their API,
// /pasarela/apis/{id}/explain. Other callers get the same response whether the id is
// known or not: that nothing is known or, without permission for /pasarela/explain/{id},
// which also covers refusals that belong to no API, that this is not allowed.
func (s Services) explain(ctx context.Context, in explainInput) (explanation, error) {
	parts, missing, failed := askFind.ask(ctx, &s, in.Node, in.language(), in.ID)
	may, entries, open := s.permissions(ctx), []execution.Entry(nil), false
	own := "/pasarela/explain/" + in.ID
	for _, p := range parts {
		open = open || p.value.Open
		for i := range p.value.Entries {
			path := own
			if id := p.value.Entries[i].APIID; id != "" {
				path = explainPath(id)
			}
			if may.read(path) {
				p.value.Entries[i].Node = p.node
				entries = append(entries, p.value.Entries[i])
			}
		}
	}
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].At.Before(entries[j].At) })
	if len(entries) == 0 {
		if err := s.allow(ctx, own); err != nil {
			return explanation{}, err
		}
	}
	switch {
	case failed != nil:
		return explanation{}, failed
	case len(entries) == 0 && len(missing) > 0: // one of them may know it
		return explanation{}, pasarela.Errorf(pasarela.CodeServiceUnavailable, "%s", missing[0].Text)
	case len(entries) == 0:
		return explanation{}, pasarela.Errorf(pasarela.CodeNotFound, "%s", nothing(in.ID, parts).In(in.language()))
	}
	s.addEnds(ctx, in, may, entries)
	entries = oncePerCall(entries, func(e *execution.Entry) (string, language.ID) { return e.RequestID, e.Failure.ID() })
	t := timelineOf(entries, open, in.language())
	if !s.clustered() {
		for i := range entries {
			entries[i].Node = "" // people know which one it is
		}
	}
	older, besides := s.olderStages(ctx, entries, in.language())
	return explanation{t, execution.Explain(entries, open, in.language(), besides...), older, missing}, nil
}

// oncePerCall leaves out what the API whose endpoint was called knows of a call to a connection of
// another API, where what that API knows of it is there too: it is one call.
func oncePerCall[T any](all []T, of func(*T) (requestID string, why language.ID)) []T {
	misdirected := map[string]bool{}
	for i := range all {
		if id, why := of(&all[i]); why == language.PushMisdirected.ID() {
			misdirected[id] = true
		}
	}
	return slices.DeleteFunc(all, func(one T) bool {
		id, why := of(&one)
		return misdirected[id] && why == language.PushElsewhere.ID()
	})
}

// addEnds says of calls to @connections that found no connection how it had ended. The node
// that held it knows, which may be another than the one that was called.
func (s Services) addEnds(ctx context.Context, in explainInput, may permissions, entries []execution.Entry) {
	for i := range entries {
		e := &entries[i]
		if !e.ConnectionMissing() || e.APIID == "" || !may.read(explainPath(e.APIID)) {
			continue
		}
		parts, _, _ := askFind.ask(ctx, &s, in.Node, in.language(), e.ConnectionID) // what a node knows that does not answer is left out
		for _, p := range parts {
			// Any caller may give any id: only the API of the connection tells.
			if at, why, ended := execution.End(p.value.Entries, e.APIID); ended && at.Before(e.At) {
				e.Ended(at, why)
			}
		}
	}
}

func explainPath(apiID string) string { return "/pasarela/apis/" + apiID + "/explain" }

// nothing says why nothing is known of an id, and what to do.
func nothing(id string, parts []part[remembered]) language.Message {
	var oldest time.Time
	for _, p := range parts {
		if p.value.Oldest.After(oldest) {
			oldest = p.value.Oldest
		}
	}
	if !oldest.IsZero() {
		return language.TimelineForgotten.Of(id, oldest.UTC().Format(time.DateTime+" MST"))
	}
	return language.TimelineNothing.Of(id)
}

// permissions are what a caller may read; each is checked once in a call.
type permissions struct {
	ask     func(path string) error
	allowed map[string]bool
}

func (s Services) permissions(ctx context.Context) permissions {
	return permissions{func(path string) error { return s.allow(ctx, path) }, map[string]bool{}}
}

func (p permissions) read(path string) bool {
	allowed, asked := p.allowed[path]
	if !asked {
		allowed = p.ask(path) == nil
		p.allowed[path] = allowed
	}
	return allowed
}

type failuresInput struct {
	nodeInput
	languageInput
}

// Failure is an execution that failed.
type Failure struct {
	At           time.Time `json:"at"`
	RequestID    string    `json:"requestId"`
	ConnectionID string    `json:"connectionId,omitempty"`
	APIID        string    `json:"apiId,omitempty"`
	Stage        string    `json:"stage,omitempty"`
	Name         string    `json:"name"` // CONNECT $connect
	Status       int       `json:"status"`
	Summary      string    `json:"summary"`
	// Cause is Summary for programs.
	Cause language.Message `json:"cause"`
	Node  string           `json:"node"` // that it happened on
}

// Failures are the last executions of all nodes that failed, newest first, and of each request
// the newest.
type Failures struct {
	Failures []Failure `json:"failures"`
	Missing  []Missing `json:"missing,omitempty"`
}

// maxFailures bounds one answer, a screen of them, lookedAt how many of one node are
// looked at for it.
const (
	maxFailures = 20
	lookedAt    = 1000
)

// askFailures is answered with at most [maxFailures] of each API, whatever the others
// did: the caller may not be allowed to see those. Attempts at a call from the queue count once.
var askFailures = question[struct{}, []Failure]{"failures", func(_ context.Context, s *Services, _ struct{}) ([]Failure, error) {
	var out []Failure
	of, seen := map[string]int{}, map[[2]string]bool{}
	failed := s.Live.Recent(lookedAt, (*execution.Entry).Failed)
	addOwnEnds(s.Live, failed)
	for _, e := range failed {
		request := [2]string{e.APIID, e.RequestID}
		if seen[request] {
			continue
		}
		seen[request] = true
		if of[e.APIID]++; of[e.APIID] <= maxFailures || e.APIID == "" {
			out = append(out, Failure{
				At: e.At, RequestID: e.RequestID, ConnectionID: e.ConnectionID, APIID: e.APIID, Stage: e.Stage,
				Name: e.EventType + " " + e.RouteKey, Status: e.Status, Cause: e.Cause(),
			})
		}
	}
	return out, nil
}}

// addOwnEnds does for a list of failures what addEnds does for one: with what this node knows
// and one look at it.
func addOwnEnds(live Live, failed []execution.Entry) {
	gone := map[string][]*execution.Entry{}
	for i := range failed {
		if e := &failed[i]; e.ConnectionMissing() {
			gone[e.ConnectionID] = append(gone[e.ConnectionID], e)
		}
	}
	if len(gone) == 0 {
		return
	}
	for _, end := range live.Recent(lookedAt, func(e *execution.Entry) bool { return e.EventType == event.Disconnect && gone[e.ConnectionID] != nil }) {
		at, why, ended := execution.End([]execution.Entry{end}, end.APIID)
		for _, e := range gone[end.ConnectionID] {
			if ended && e.APIID == end.APIID && at.Before(e.At) {
				e.Ended(at, why)
			}
		}
	}
}

// failures lists those of the APIs that the caller may explain, and those that belong
// to no API.
func (s Services) failures(ctx context.Context, in failuresInput) (Failures, error) {
	parts, missing, err := askFailures.ask(ctx, &s, in.Node, in.language(), struct{}{})
	if err != nil {
		return Failures{}, err
	}
	may, out := s.permissions(ctx), Failures{Failures: []Failure{}, Missing: missing}
	var all []Failure
	for _, p := range parts {
		for _, f := range p.value {
			f.Node = p.node
			all = append(all, f)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[j].At.Before(all[i].At) })
	all = slices.DeleteFunc(all, func(f Failure) bool {
		path := "/pasarela/explain/" + f.RequestID
		if f.APIID != "" {
			path = explainPath(f.APIID)
		}
		return !may.read(path)
	})
	seen := map[string]bool{}
	for _, f := range oncePerCall(all, func(f *Failure) (string, language.ID) { return f.RequestID, f.Cause.ID() }) {
		if seen[f.RequestID] {
			continue // an earlier attempt of a call from the queue
		}
		seen[f.RequestID] = true
		f.Summary = execution.Line(f.Cause, in.language())
		if out.Failures = append(out.Failures, f); len(out.Failures) == maxFailures {
			break
		}
	}
	return out, nil
}

// phaseQueue is the phase of the time from one attempt at a call from the queue to the next.
const phaseQueue = "queue"

// timelineOf joins executions, oldest first, into one timeline in the caller's language.
func timelineOf(entries []execution.Entry, open bool, l language.Language) timeline {
	last := entries[len(entries)-1]
	cause, failed := execution.Summary(entries)
	t := timeline{ConnectionID: last.ConnectionID, RequestID: last.RequestID, APIID: last.APIID, Stage: last.Stage, Summary: execution.FirstLine(entries, open, l), Cause: cause, Failed: failed, Steps: []step{}}
	began := map[string]time.Time{} // requests
	for i := range entries {
		e := &entries[i]
		if !slices.Contains(t.Nodes, e.Node) {
			t.Nodes = append(t.Nodes, e.Node)
		}
		if _, before := began[e.RequestID]; !before {
			began[e.RequestID] = e.At
		}
		waits := slices.ContainsFunc(entries[i+1:], func(later execution.Entry) bool { return later.RequestID == e.RequestID })
		for n, note := range e.Notes {
			phase := note.Step.Phase()
			if waits && n == len(e.Notes)-1 {
				phase = phaseQueue
			}
			at := e.At.Add(note.After)
			t.Withheld = t.Withheld || note.Withheld
			level := "info"
			if note.Step == execution.StepFailure {
				level = "error"
			}
			t.Steps = append(t.Steps, step{
				At: at, AfterMillis: float64(at.Sub(began[e.RequestID]).Microseconds()) / 1000,
				RequestID: e.RequestID, Name: e.EventType + " " + e.RouteKey, Text: e.Text(note, l), Level: level, Phase: phase, Node: e.Node, Failed: e.Failed(),
				DeadLetter: note.Words.ID() == language.StepDeadLetter.ID(),
			})
		}
	}
	return t
}
