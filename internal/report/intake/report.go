package intake

import (
	"math"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// A Report is a report as the API returns it.
type Report struct {
	ID         string            `json:"id"`
	Type       string            `json:"type"`
	Title      string            `json:"title"`
	State      jobs.State        `json:"state"`
	Place      int               `json:"place"` // in the queue: 1 is next, 0 is not waiting
	Language   string            `json:"language"`
	Format     string            `json:"format"`
	Parameters map[string]string `json:"parameters"`
	Attempt    int               `json:"attempt"`
	Created    time.Time         `json:"created"`
	Started    *time.Time        `json:"started,omitempty"`
	Finished   *time.Time        `json:"finished,omitempty"`
	Expires    *time.Time        `json:"expires,omitempty"`
	Seconds    *float64          `json:"seconds,omitempty"` // from start to end
	Rows       int64             `json:"rows"`
	Bytes      int64             `json:"bytes"`
	Percent    *float64          `json:"percent,omitempty"`
	Left       *int64            `json:"secondsLeft,omitempty"`  // of a running one, by its pace or the usual time
	Usual      *int64            `json:"usualSeconds,omitempty"` // how long reports of the type took lately, before the end
	Name       string            `json:"name,omitempty"`
	Link       string            `json:"link,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Message    string            `json:"message,omitempty"`
	Access     string            `json:"access,omitempty"`   // capability, in the answer to who asked
	Schedule   string            `json:"schedule,omitempty"` // that asked for it

	// For operators only, the cause in the language of the call.
	Caller string        `json:"caller,omitempty"`
	Cause  string        `json:"cause,omitempty"`
	causes language.Text // in each language
}

func (in *Intake) report(job jobs.Job, place int) Report {
	r := Report{
		ID: job.ID, Type: job.Type, Title: in.Title(job), State: job.State, Place: place, Language: job.Language, Format: job.Format,
		Parameters: job.Parameters, Attempt: job.Attempt, Created: job.Created, Started: set(job.Started), Finished: set(job.Finished),
		Expires: set(job.Expires), Rows: job.Rows, Bytes: job.Bytes, Reason: job.Reason, Caller: job.Caller, causes: job.Cause, Schedule: job.Schedule,
	}
	if r.Parameters == nil {
		r.Parameters = map[string]string{}
	}
	if !job.State.Final() {
		r.Usual = in.UsualSeconds(job.Type)
	}
	switch job.State {
	case jobs.Queued:
		if job.Retried() {
			r.Message = locale.Again(job.Reason).In(locale.Language(job.Language))
		}
	case jobs.Running:
		seen, ok := in.Board.Read(job.ID)
		if ok {
			r.Rows, r.Bytes, r.Percent, r.Left = seen.Rows, seen.Bytes, seen.Percent(), seen.SecondsLeft()
		}
		if r.Left == nil && r.Usual != nil {
			left := max(*r.Usual-int64(time.Since(job.Started).Seconds()), 1)
			r.Left = &left
		}
	case jobs.Ready:
		r.Name, r.Link = job.FileName, in.Link(job)
	case jobs.Failed:
		r.Message = locale.Reason(job.Reason).In(locale.Language(job.Language))
	}
	if job.State.Final() && !job.Started.IsZero() {
		took := rounded(job.Finished.Sub(job.Started))
		r.Seconds = &took
	}
	return r
}

// UsualSeconds is how long reports of a type took lately; nil before the first.
func (in *Intake) UsualSeconds(reportType string) *int64 {
	took, ok := in.Queue.UsualDuration(reportType)
	if !ok {
		return nil
	}
	seconds := max(int64(math.Round(took.Seconds())), 1)
	return &seconds
}

// ForClients leaves out what is the operator's.
func (r Report) ForClients() Report {
	r.Caller, r.Cause = "", ""
	return r
}

// ForOperators has the cause in the language of the call.
func (r Report) ForOperators(l language.Language) Report {
	r.Cause = r.causes.In(l)
	return r
}

func set(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
