package intake

import (
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// A Filter chooses reports from the history; empty fields choose all.
type Filter struct {
	Client string // whose capability is shown
	Caller string
	State  jobs.State
	Type   string
	Before string // Next of the page before, or the id of its last report
	Limit  int
}

// A Page is a part of the history, newest first.
type Page struct {
	Reports []Report `json:"reports"`
	More    bool     `json:"more"`
	Next    string   `json:"next,omitempty"` // Before of the page that follows, if there is one
}

// History lists reports. The error is a *definition.FieldError: Before is neither
// a page's Next nor the id of a report that is kept.
func (in *Intake) History(filter Filter) (Page, error) {
	at, id, err := in.position(filter.Before)
	if err != nil {
		return Page{}, err
	}
	found := in.Queue.List(func(job *jobs.Job) bool {
		return (filter.Client == "" || job.Client == filter.Client) && (filter.Caller == "" || job.Caller == filter.Caller) &&
			(filter.State == "" || job.State == filter.State) && (filter.Type == "" || job.Type == filter.Type) &&
			(at.IsZero() || job.Created.Before(at) || job.Created.Equal(at) && job.ID < id)
	})
	page := Page{Reports: []Report{}}
	if page.More = len(found) > filter.Limit; page.More {
		found = found[:filter.Limit]
		last := found[len(found)-1]
		page.Next = strconv.FormatInt(last.Created.UnixNano(), 36) + "-" + last.ID
	}
	for _, job := range found {
		page.Reports = append(page.Reports, in.report(job, in.Queue.Place(job.ID)))
	}
	return page, nil
}

// HasAsked tells whether a client has asked for reports of a type, and so was let in by who
// may create them. Reports of schedules do not count.
func (in *Intake) HasAsked(client, reportType string) bool {
	return len(in.Queue.List(func(job *jobs.Job) bool {
		return job.Client == client && job.Type == reportType && job.Schedule == ""
	})) > 0
}

// position reads where a page begins: when the report before it was created, and
// its id. That report may be gone by now.
func (in *Intake) position(before string) (at time.Time, id string, err error) {
	if before == "" {
		return time.Time{}, "", nil
	}
	if created, id, found := strings.Cut(before, "-"); found {
		if nanos, err := strconv.ParseInt(created, 36, 64); err == nil {
			return time.Unix(0, nanos), id, nil
		}
	}
	if job, ok := in.Queue.Get(before); ok {
		return job.Created, job.ID, nil
	}
	return time.Time{}, "", definition.NewFieldError("before", language.Errorf("reports_api.before", "value", strconv.Quote(before)))
}
