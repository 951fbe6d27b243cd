package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/report/schedules"
	"github.com/pasarela-ws/pasarela/internal/report/workbook"
)

// definedSchedules are the schedules of the definitions in force, by id.
func (s *Service) definedSchedules() map[string]schedules.Schedule {
	all := map[string]schedules.Schedule{}
	for _, d := range s.catalogue.All() {
		for i := range d.Schedules {
			made := defined(d, &d.Schedules[i])
			all[made.ID] = made
		}
	}
	return all
}

func defined(d *definition.Definition, from *definition.Schedule) schedules.Schedule {
	return schedules.Schedule{
		ID: definedID(d.Type, from.Name), Type: d.Type, When: from.When, Zone: from.Zone, Language: string(from.Language), Format: string(from.Format),
		Parameters: from.Parameters, Deliver: from.Deliver, Caller: jobs.DefinedPrefix + d.Type, FromDefinition: true,
	}
}

// checkDefined checks the schedules of a definition as requests are checked.
func (s *Service) checkDefined(d *definition.Definition) (problems definition.Problems) {
	for i := range d.Schedules {
		from := &d.Schedules[i]
		wrong := func(line int, err error) {
			if err != nil {
				problems = append(problems, definition.Problem{File: d.File, Line: line, Reason: language.Errorf("definition.schedule", "name", from.Name, "why", err)})
			}
		}
		_, err := d.Check(from.Parameters)
		wrong(from.ParametersLine, err)
		for i, target := range from.Deliver {
			wrong(from.TargetLines[i], s.deliverer.Check(target))
		}
		if len(from.Deliver) == 0 || len(from.Deliver) > schedules.MostTargets {
			wrong(from.DeliverLine, language.Errorf("definition.targets_count", "most", schedules.MostTargets))
		}
	}
	return problems
}

// keepDefined brings the store's schedules in line with the definitions in force. One
// that has not changed is not written again: that would restart its time, and a run
// that was missed would not be made.
func (s *Service) keepDefined(ctx context.Context) error {
	kept, err := s.schedules.List(ctx)
	if err != nil {
		return err
	}
	wanted := s.definedSchedules()
	for i := range kept {
		known := &kept[i]
		if !known.FromDefinition {
			continue
		}
		now, still := wanted[known.ID]
		switch {
		case still && now.Same(known):
			delete(wanted, known.ID)
		case still:
			now.Paused = known.Paused
			wanted[known.ID] = now
		default:
			if err := s.schedules.Remove(ctx, known.ID); err != nil && !errors.Is(err, schedules.ErrUnknown) {
				return err
			}
		}
	}
	for _, schedule := range wanted {
		schedule.Created = time.Now().UTC()
		if err := s.schedules.Put(ctx, schedule); err != nil {
			return err
		}
	}
	return nil
}

// renamed has the schedules of a type go on under another name, while both are in force.
// Whether their callers may have it is asked at every run, as before.
func (s *Service) renamed(ctx context.Context, from, to string, all bool) (taken int, err error) {
	kept, err := s.schedules.List(ctx)
	if err != nil {
		return 0, err
	}
	for i := range kept {
		if !kept[i].FromDefinition || kept[i].Type != from || !kept[i].Paused {
			continue
		}
		id := definedID(to, strings.TrimPrefix(kept[i].ID, definedID(from, "")))
		if _, err := s.schedules.Pause(ctx, id, true); err != nil && !errors.Is(err, schedules.ErrUnknown) {
			return 0, err
		}
	}
	if !all {
		return 0, nil
	}
	return s.schedules.Rename(ctx, from, to)
}

func definedID(reportType, name string) string { return jobs.DefinedPrefix + reportType + "-" + name }

// follow begins to make the reports of schedules.
func (s *Service) follow(ctx context.Context) (err error) {
	if err := s.keepDefined(ctx); err != nil {
		return err
	}
	s.unfollow, err = s.schedules.Follow(ctx, s.runSchedule)
	return err
}

// runSchedule asks for the report of a schedule that is due. The report of the run before
// may still be waiting or being made: then this run is skipped (A-REPORT-31). An error
// means that it is tried again.
func (s *Service) runSchedule(ctx context.Context, run schedules.Run) error {
	schedule, began := run.Schedule, time.Now()
	switch kept, err := s.schedules.Get(ctx, schedule.ID); {
	case errors.Is(err, schedules.ErrUnknown):
		return nil // removed since it was due
	case err != nil:
		return err
	case kept.Type != schedule.Type: // whose report may have another name since
		schedule = kept
	}
	outcome, err := s.schedules.Outcome(ctx, schedule.ID)
	if err != nil {
		return err
	}
	request := requestOf(&schedule)
	request.IdempotencyKey = fmt.Sprintf("schedule %s run %d", schedule.ID, run.Number)
	if before, ok := s.queue.Get(outcome.Report); ok && !before.State.Final() && outcome.Number != run.Number {
		s.log.Warn("a scheduled report is skipped: the one before has not ended", "schedule", schedule.ID, "type", schedule.Type, "report", before.ID, "state", before.State)
		return s.schedules.ChangeOutcome(ctx, schedule.ID, func(o *schedules.Outcome) bool {
			o.Skipped, o.SkippedAt = o.Skipped+1, run.Due
			return true
		})
	}
	request.Trace = s.newTrace()
	made, repeated, err := s.intake.Submit(ctx, request)
	var full *jobs.FullError
	switch {
	case errors.As(err, &full), errors.Is(err, blobstore.ErrFull):
		return err
	case errors.Is(err, jobs.ErrReused): // the relative date resolved differently on redelivery
		return nil
	case err != nil:
		s.log.Error("a scheduled report cannot be made", "schedule", schedule.ID, "type", schedule.Type, "cause", err)
	case !repeated: // else the try before this one began the trace
		s.traceSchedule(request, made.ID, began)
	}
	return s.noteRun(ctx, run, made, err)
}

// noteRun notes that a run has asked for its report, or why there is none. The problem of
// the run before stays until this one has ended well.
func (s *Service) noteRun(ctx context.Context, run schedules.Run, made intake.Report, refused error) error {
	return s.schedules.ChangeOutcome(ctx, run.Schedule.ID, func(o *schedules.Outcome) bool {
		o.At, o.Number = run.Due, run.Number
		switch {
		case refused != nil:
			o.Report, o.State = "", jobs.Failed
			o.Problem = &schedules.Problem{At: run.Due, NotMade: language.InEach(refused)}
		case o.Report != made.ID: // else it has ended already
			o.Report, o.Asked, o.State = made.ID, made.Created, ""
		}
		return true
	})
}

// requestOf is the request for a report that a schedule makes.
func requestOf(schedule *schedules.Schedule) intake.Request {
	request := intake.Request{
		Schedule: schedule.ID, Deliver: schedule.Deliver, Type: schedule.Type, Caller: schedule.Caller, Attributes: schedule.Attributes, Client: schedule.Client,
		Language: schedule.Language, Format: schedule.Format, Parameters: schedule.Parameters, Lists: schedule.Lists,
		DomainName: schedule.DomainName, Stage: schedule.Stage,
	}
	for _, target := range schedule.Deliver {
		if target.Connection != "" {
			request.ConnectionID = target.Connection
		}
	}
	return request
}

// deliveries remembers what became of the targets of reports, so that a retry for one does
// not deliver to the others again. It is lost with the process: then they may have it
// twice, under one id (A-REPORT-32).
type deliveries struct {
	mu sync.Mutex
	of map[string][]attempt // by report
}

// An attempt is the last one to deliver to a target.
type attempt struct {
	done   bool // delivered, or refused for good
	failed *delivery.Failure
}

func (d *deliveries) begin(job jobs.Job) []attempt {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of == nil {
		d.of = map[string][]attempt{}
	}
	if d.of[job.ID] == nil {
		d.of[job.ID] = make([]attempt, len(job.Deliver))
	}
	return d.of[job.ID]
}

func (d *deliveries) forget(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.of, id)
}

// notify sends the end of a report to its client or its schedule's targets.
func (s *Service) notify(ctx context.Context, job jobs.Job, repeated bool) error {
	if job.Schedule == "" {
		return s.notifyEnd(ctx, job, repeated)
	}
	attempts := s.deliveries.begin(job) // one goroutine at a time works on a job
	var all []error
	for i, target := range job.Deliver {
		if attempts[i].done {
			continue
		}
		err := s.deliver(ctx, job, target, repeated)
		s.noteAttempt(job, target, &attempts[i], err)
		if !attempts[i].done {
			all = append(all, err)
		}
	}
	s.noteEnd(ctx, job, attempts)
	if len(all) > 0 {
		return errors.Join(all...)
	}
	s.deliveries.forget(job.ID)
	return nil
}

// noteAttempt counts an attempt, and logs a failure that is not that of the attempt before.
func (s *Service) noteAttempt(job jobs.Job, target jobs.Target, attempt *attempt, err error) {
	before := attempt.failed
	attempt.failed, attempt.done = nil, err == nil
	if err == nil {
		s.auditLog.Delivered(target, "delivered")
		return
	}
	failed, ok := errors.AsType[*delivery.Failure](err)
	if !ok {
		failed = &delivery.Failure{Why: language.Errorf("delivery.no_connection"), Cause: err}
	}
	attempt.failed, attempt.done = failed, failed.Permanent
	outcome := "failed"
	if failed.Permanent {
		outcome = "refused"
	}
	s.auditLog.Delivered(target, outcome)
	if before == nil || before.Error() != err.Error() {
		s.log.Warn("a report is not delivered", "report", job.ID, "schedule", job.Schedule, "type", job.Type, "target", target.Name(), "triedAgain", !failed.Permanent, "cause", err)
	}
}

// noteEnd notes for the row of the schedule how its report ended and who does not
// have it. A store that does not answer delays no delivery.
func (s *Service) noteEnd(ctx context.Context, job jobs.Job, attempts []attempt) {
	problem := &schedules.Problem{Report: job.ID, At: job.Finished, Until: job.Finished.Add(jobs.DeliverFor)}
	if job.State == jobs.Failed {
		reason := locale.Reason(job.Reason)
		problem.NotMade = language.Text{English: reason.In(locale.English), Spanish: reason.In(locale.Spanish)}
	}
	for i, attempt := range attempts {
		if attempt.failed != nil {
			problem.Undelivered = append(problem.Undelivered, schedules.Undelivered{Target: job.Deliver[i], Why: language.InEach(attempt.failed.Why), Permanent: attempt.failed.Permanent})
		}
	}
	err := s.schedules.ChangeOutcome(ctx, job.Schedule, func(o *schedules.Outcome) bool { return o.Ended(&job, problem) })
	if err != nil && !errors.Is(err, schedules.ErrUnknown) {
		s.log.Error("the store cannot record how a schedule's report ended", "schedule", job.Schedule, "report", job.ID, "cause", err)
	}
}

func (s *Service) deliver(ctx context.Context, job jobs.Job, target jobs.Target, repeated bool) error {
	if target.Connection == "" {
		began := time.Now()
		err := s.deliverer.Deliver(ctx, target, s.deliveryReport(ctx, job))
		s.traceStep("report delivery", job, began, time.Now(), err)
		return err
	}
	gone := s.conversation(job)
	err := s.notifyEnd(ctx, job, repeated)
	if left, _ := gone.Gone(); err == nil && left {
		s.removeSchedule(ctx, job)
	}
	return err
}

// removeSchedule removes a schedule whose connection is gone: no connection gets its id again.
func (s *Service) removeSchedule(ctx context.Context, job jobs.Job) {
	err := s.schedules.Remove(ctx, job.Schedule)
	if err != nil && !errors.Is(err, schedules.ErrUnknown) {
		s.log.Error("the schedule of a connection that is gone cannot be removed", "schedule", job.Schedule, "cause", err)
		return
	}
	s.log.Warn("a schedule is removed: its connection is gone", "schedule", job.Schedule, "connection", job.ConnectionID)
}

// deliveryReport is a report as it is delivered.
func (s *Service) deliveryReport(ctx context.Context, job jobs.Job) delivery.Report {
	report := delivery.Report{
		Job: job, Title: s.intake.Title(job), Language: locale.Language(job.Language), Zone: time.UTC,
		Open: func(ctx context.Context) (io.ReadCloser, error) { return s.store.Open(ctx, job.ID, job.Format) },
	}
	if schedule, err := s.schedules.Get(ctx, job.Schedule); err == nil {
		if location, err := time.LoadLocation(schedule.Zone); err == nil {
			report.Zone = location
		}
	}
	report.Facts = s.facts(job)
	switch job.State {
	case jobs.Ready:
		report.Link, report.Totals = s.intake.Link(job), s.totals(ctx, job)
	case jobs.Failed:
		report.Reason = locale.Reason(job.Reason).In(report.Language)
	}
	return report
}

// facts are a report's parameters as its language says them. Callers write the values, which
// stay in one line.
func (s *Service) facts(job jobs.Job) (facts []string) {
	d, ok := s.catalogue.Get(job.Type)
	if !ok {
		return nil
	}
	for _, detail := range render.Details(d, definition.Values(job.Parameters), locale.Language(job.Language)) {
		facts = append(facts, strings.Join(strings.Fields(detail.Name+": "+detail.Value), " "))
	}
	return facts
}

// totals are those of the columns, as the preview has them; none of a preview that cannot be
// read: the report is delivered all the same.
func (s *Service) totals(ctx context.Context, job jobs.Job) (totals []string) {
	var preview workbook.Preview
	content, err := s.store.Preview(ctx, job.ID)
	if err == nil {
		err = json.Unmarshal(content, &preview)
	}
	d, ok := s.catalogue.Get(job.Type)
	if err != nil || !ok || len(d.Columns) != len(preview.Totals) || len(preview.Headers) != len(preview.Totals) {
		return nil
	}
	for i := range d.Columns {
		if kind := d.Columns[i].Total; kind != "" {
			totals = append(totals, locale.TotalOf(locale.Language(job.Language), string(kind), preview.Headers[i])+": "+preview.Totals[i])
		}
	}
	return totals
}
