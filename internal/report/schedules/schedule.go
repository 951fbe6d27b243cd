// Package schedules keeps the schedules by which reports are made, as NATS message
// schedules: the NATS server of the job store keeps the time, and delivers a message
// when a report is due (A-REPORT-30).
package schedules

import (
	"maps"
	"slices"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/recurrence"
)

// Limits of what is kept.
const (
	Most          = 1000 // schedules
	MostPerClient = 20
	MostTargets   = 10 // of a schedule
)

// Errors of the store's calls.
var (
	ErrUnknown error = language.Errorf("reports_api.no_schedule")
	ErrFull    error = language.Errorf("reports_api.schedules_full", "most", Most, "each", MostPerClient)
)

// A Schedule says which report is made, when, and where it goes. It is the body of its
// message, so the report is made with the values in it, even if the caller's have
// changed since.
type Schedule struct {
	ID             string            `json:"id"`
	Type           string            `json:"type"`
	When           string            `json:"when"` // as recurrence.Parse takes it
	Zone           string            `json:"zone"` // IANA name
	Language       string            `json:"language,omitempty"`
	Format         string            `json:"format,omitempty"`
	Parameters     map[string]string `json:"parameters,omitempty"` // as given: dates are counted from the day of the run
	Lists          []string          `json:"lists,omitempty"`      // parameters that were given as a list
	Deliver        []jobs.Target     `json:"deliver"`
	Caller         string            `json:"caller,omitempty"`
	Attributes     map[string]string `json:"attributes,omitempty"` // of the caller
	Client         string            `json:"client,omitempty"`
	DomainName     string            `json:"domainName,omitempty"` // with Stage: where the @connections of a connection is
	Stage          string            `json:"stage,omitempty"`
	FromDefinition bool              `json:"fromDefinition,omitempty"`
	Paused         bool              `json:"paused,omitempty"` // no run is due until it is resumed
	Created        time.Time         `json:"created,omitzero"`
}

// Next is when the report is made next after a moment; zero if the schedule is paused or
// broken.
func (s *Schedule) Next(after time.Time) time.Time {
	if s.Paused {
		return time.Time{}
	}
	when, err := recurrence.Parse(s.When)
	location, zoneErr := time.LoadLocation(s.Zone)
	if err != nil || zoneErr != nil {
		return time.Time{}
	}
	return when.Next(after.In(location))
}

// Same tells whether two schedules ask for the same, whenever they were made, and paused
// or not.
func (s *Schedule) Same(other *Schedule) bool {
	return s.Type == other.Type && s.When == other.When && s.Zone == other.Zone && s.Language == other.Language && s.Format == other.Format &&
		maps.Equal(s.Parameters, other.Parameters) && slices.Equal(s.Lists, other.Lists) && slices.Equal(s.Deliver, other.Deliver)
}

// An Outcome is the result of a schedule's runs. Records of before have a text "problem", so
// the member of that name is called otherwise in them.
type Outcome struct {
	At        time.Time  `json:"at,omitzero"`        // of the last run
	Number    uint64     `json:"number,omitempty"`   // of the last run
	Report    string     `json:"report,omitempty"`   // id of the last run's report; "" if it made none
	Asked     time.Time  `json:"asked,omitzero"`     // when that report was asked for
	State     jobs.State `json:"state,omitempty"`    // in which that report ended; failed also if there is none
	Problem   *Problem   `json:"trouble,omitempty"`  // until a later run has ended well
	Skipped   int        `json:"skipped,omitempty"`  // runs that were skipped because the one before had not ended
	SkippedAt time.Time  `json:"skippedAt,omitzero"` // the last of them
}

// A Problem is what went wrong with a run, in words for its readers.
type Problem struct {
	Report      string        `json:"report,omitempty"` // of the run
	At          time.Time     `json:"at"`
	NotMade     language.Text `json:"notMade,omitzero"` // why there is no file
	Undelivered []Undelivered `json:"undelivered,omitempty"`
	Until       time.Time     `json:"until,omitzero"` // until when deliveries are tried again
}

// An Undelivered is a target that does not have a run's report.
type Undelivered struct {
	Target    jobs.Target   `json:"target"`
	Why       language.Text `json:"why"`
	Permanent bool          `json:"permanent,omitempty"` // it is not tried again
}

// None tells whether nothing is wrong.
func (p *Problem) None() bool {
	return p.NotMade == language.Text{} && len(p.Undelivered) == 0
}

// Same tells whether two problems read alike.
func (p *Problem) Same(other *Problem) bool {
	if p == nil || other == nil {
		return p == other
	}
	return p.Report == other.Report && p.NotMade == other.NotMade && slices.Equal(p.Undelivered, other.Undelivered)
}

// Ended notes that a run's report has ended, with what went wrong. It returns false if
// nothing changes: a later run says more.
func (o *Outcome) Ended(job *jobs.Job, problem *Problem) (changed bool) {
	before := *o
	newest := o.Report == job.ID
	if !newest && job.Created.After(o.Asked) { // it ended before the run was noted
		o.Report, o.Asked, newest = job.ID, job.Created, true
	}
	if newest {
		o.State = job.State
	}
	switch own := o.Problem != nil && o.Problem.Report == job.ID; {
	case !newest && !own:
	case problem.None():
		if own || job.State == jobs.Ready {
			o.Problem = nil
		}
	case !o.Problem.Same(problem):
		o.Problem = problem
	}
	return before.Report != o.Report || before.State != o.State || before.Problem != o.Problem
}
