package report

import (
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
	"github.com/pasarela-ws/pasarela/internal/traceparent"
)

// traceStep records a step of a report whose request came in a trace.
func (s *Service) traceStep(name string, job jobs.Job, began, ended time.Time, err error) {
	if s.options.Trace == nil || job.Trace == "" {
		return
	}
	s.options.Trace(name, traceparent.Child(job.Trace), job.Trace, map[string]string{"report.id": job.ID, "report.type": job.Type}, began, ended, err)
}

func (s *Service) tracePost(frame notify.Frame, own string, began time.Time, err error) {
	s.options.Trace("report push "+string(frame.Event), own, frame.Trace,
		map[string]string{"report.id": frame.ReportID, "report.type": frame.Type}, began, time.Now(), err)
}

// A tracedRun has two steps: the query, until the database returns rows, and the file that
// is written from them.
type tracedRun struct{ began, queried time.Time }

func (r *tracedRun) end(s *Service, job jobs.Job, err error) {
	now := time.Now()
	if r.queried.IsZero() {
		s.traceStep("report query", job, r.began, now, err)
		return
	}
	s.traceStep("report query", job, r.began, r.queried, nil)
	s.traceStep("report file", job, r.queried, now, err)
}
