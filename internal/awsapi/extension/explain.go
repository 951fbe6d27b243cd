package extension

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/language"
)

type explainInput struct {
	ID string `uri:"id"` // of a connection or of a request
	languageInput
}

// explanation is the timeline of an id, in parts and as the command line prints it.
type explanation struct {
	timeline
	Text string `json:"text"`
}

// timeline is what happened to one connection, or to one refused handshake.
type timeline struct {
	ConnectionID string `json:"connectionId,omitempty"`
	RequestID    string `json:"requestId"`
	Summary      string `json:"summary"` // the cause of the last failure and the field to change, or what went well
	// Cause is Summary for programs: its id, its arguments, and the message below it.
	Cause  language.Message `json:"cause"`
	Failed bool             `json:"failed"`
	Steps  []step           `json:"steps"`
}

type step struct {
	At          time.Time `json:"at"`
	AfterMillis float64   `json:"afterMillis"` // since its execution began
	RequestID   string    `json:"requestId"`
	Name        string    `json:"name"` // CONNECT $connect
	Text        string    `json:"text"`
	Level       string    `json:"level"` // info or error
}

// explain answers who may explain the API that it was about, /pasarela/apis/{id}/explain.
// Anybody else is answered the same whether there is anything under that id or not:
// that nothing is remembered or, without permission for /pasarela/explain/{id}, which
// is also that of refusals that belong to no API, that this is not allowed.
func (s Services) explain(ctx context.Context, in explainInput) (explanation, error) {
	found, failed := s.Live.Explain(ctx, in.ID)
	may, entries := s.permissions(ctx), []execution.Entry(nil)
	own := "/pasarela/explain/" + in.ID
	for i := range found {
		path := own
		if found[i].APIID != "" {
			path = explainPath(found[i].APIID)
		}
		if may.read(path) {
			entries = append(entries, found[i])
		}
	}
	if len(entries) == 0 {
		if err := s.allow(ctx, own); err != nil {
			return explanation{}, err
		}
	}
	switch {
	case failed != nil:
		return explanation{}, failed
	case len(entries) == 0:
		return explanation{}, pasarela.Errorf(pasarela.CodeNotFound, "%s", s.nothing(in.ID).In(in.in()))
	}
	return explanation{timelineOf(entries, in.in()), execution.Explain(entries, in.in())}, nil
}

func explainPath(apiID string) string { return "/pasarela/apis/" + apiID + "/explain" }

// nothing says why there is nothing to tell of an id, and what to do.
func (s Services) nothing(id string) language.Message {
	oldest, forgot := s.Live.Forgot()
	if forgot {
		return language.TimelineForgotten.Of(id, oldest.UTC().Format(time.DateTime))
	}
	return language.TimelineNothing.Of(id)
}

// permissions are the answers to what a caller may read, each asked once a call.
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
}

type failuresOutput struct {
	Failures []Failure `json:"failures"`
}

// maxFailures bounds one answer, a screen of them, and lookedAt how many are looked
// at for it.
const (
	maxFailures = 20
	lookedAt    = 200
)

// failures lists the last executions on this node that failed, newest first: those of
// the APIs that the caller may explain, and those that belong to no API.
func (s Services) failures(ctx context.Context, in failuresInput) (failuresOutput, error) {
	ids := map[string]bool{}
	s.Live.Recent(0, func(e *execution.Entry) bool { ids[e.APIID] = true; return false })
	for id := range ids { // asked here and not while the history is locked
		ids[id] = id == "" || s.allow(ctx, explainPath(id)) == nil
	}
	out := failuresOutput{Failures: []Failure{}}
	found := s.Live.Recent(lookedAt, func(e *execution.Entry) bool { return e.Failed() && ids[e.APIID] })
	for i := range found {
		e := &found[i]
		if e.APIID == "" && s.allow(ctx, "/pasarela/explain/"+e.RequestID) != nil {
			continue
		}
		if len(out.Failures) == maxFailures {
			break
		}
		out.Failures = append(out.Failures, Failure{
			e.At, e.RequestID, e.ConnectionID, e.APIID, e.Stage, e.EventType + " " + e.RouteKey, e.Status, execution.Line(e.Cause(), in.in()), e.Cause(),
		})
	}
	return out, nil
}

// timelineOf joins executions, oldest first, into one timeline in the caller's language.
func timelineOf(entries []execution.Entry, l language.Language) timeline {
	last := entries[len(entries)-1]
	cause, failed := execution.Summary(entries)
	t := timeline{ConnectionID: last.ConnectionID, RequestID: last.RequestID, Summary: execution.Line(cause, l), Cause: cause, Failed: failed, Steps: []step{}}
	for i := range entries {
		e := &entries[i]
		for _, note := range e.Notes {
			level := "info"
			if note.Step == execution.StepFailure {
				level = "error"
			}
			t.Steps = append(t.Steps, step{
				At: e.At.Add(note.After), AfterMillis: float64(note.After.Microseconds()) / 1000,
				RequestID: e.RequestID, Name: e.EventType + " " + e.RouteKey, Text: e.Text(note, l), Level: level,
			})
		}
	}
	return t
}
