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

// An Outcome is the result of a schedule's runs.
type Outcome struct {
	At        time.Time     `json:"at,omitzero"`        // of the last run
	Number    uint64        `json:"number,omitempty"`   // of the last run
	Report    string        `json:"report,omitempty"`   // id of the last run's report
	Failure   language.Text `json:"failure,omitzero"`   // why the last run made none, for its readers
	Skipped   int           `json:"skipped,omitempty"`  // runs that were skipped because the one before had not ended
	SkippedAt time.Time     `json:"skippedAt,omitzero"` // the last of them
}
