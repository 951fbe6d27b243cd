package report

import (
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/intake"
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

// newTrace is the context of a trace that begins here; "" where traces go nowhere.
func (s *Service) newTrace() string {
	if s.options.Trace == nil {
		return ""
	}
	return traceparent.New(s.options.Sample == nil || s.options.Sample())
}

// traceSchedule records the run of a schedule, above all that becomes of its report.
func (s *Service) traceSchedule(request intake.Request, id string, began time.Time) {
	if request.Trace == "" {
		return
	}
	s.options.Trace("report schedule", request.Trace, "",
		map[string]string{"report.id": id, "report.type": request.Type, "report.schedule": request.Schedule}, began, time.Now(), nil)
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
