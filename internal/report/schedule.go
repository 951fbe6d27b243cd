package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/schedules"
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
		ID: jobs.DefinedPrefix + d.Type + "-" + from.Name, Type: d.Type, When: from.When, Zone: from.Zone, Language: string(from.Language), Format: string(from.Format),
		Parameters: from.Parameters, Deliver: from.Deliver, Caller: jobs.DefinedPrefix + d.Type, FromDefinition: true,
	}
}

// checkDefined checks the schedules of a definition as requests are checked.
func (s *Service) checkDefined(d *definition.Definition) (problems definition.Problems) {
	for i := range d.Schedules {
		from := &d.Schedules[i]
		wrong := func(err error) {
			if err != nil {
				problems = append(problems, definition.Problem{File: d.File, Line: from.Line, Reason: language.Errorf("definition.schedule", "name", from.Name, "why", err)})
			}
		}
		_, err := d.Check(from.Parameters)
		wrong(err)
		for _, target := range from.Deliver {
			wrong(s.deliverer.Check(target))
		}
		if len(from.Deliver) == 0 || len(from.Deliver) > schedules.MostTargets {
			wrong(language.Errorf("definition.targets_count", "most", schedules.MostTargets))
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
	if _, err := s.schedules.Get(ctx, schedule.ID); errors.Is(err, schedules.ErrUnknown) {
		return nil // removed since it was due
	} else if err != nil {
		return err
	}
	outcome, err := s.schedules.Outcome(ctx, schedule.ID)
	if err != nil {
		return err
	}
	request := requestOf(&schedule)
	request.IdempotencyKey = fmt.Sprintf("schedule %s run %d", schedule.ID, run.Number)
	if before, ok := s.queue.Get(outcome.Report); ok && !before.State.Final() && outcome.Number != run.Number {
		outcome.Skipped++
		outcome.SkippedAt = run.Due
		s.log.Warn("a scheduled report is skipped: the one before has not ended", "schedule", schedule.ID, "type", schedule.Type, "report", before.ID, "state", before.State)
		return s.schedules.SetOutcome(ctx, schedule.ID, outcome)
	}
	outcome.At, outcome.Number, outcome.Report, outcome.Failure = run.Due, run.Number, "", language.Text{}
	request.Trace = s.newTrace()
	made, repeated, err := s.intake.Submit(ctx, request)
	var full *jobs.FullError
	switch {
	case errors.As(err, &full), errors.Is(err, blobstore.ErrFull):
		return err
	case errors.Is(err, jobs.ErrReused): // the relative date resolved differently on redelivery
		return nil
	case err != nil:
		outcome.Failure = language.InEach(err)
		s.log.Error("a scheduled report cannot be made", "schedule", schedule.ID, "type", schedule.Type, "cause", err)
	default:
		outcome.Report = made.ID
		if !repeated { // else the try before this one began the trace
			s.traceSchedule(request, made.ID, began)
		}
	}
	return s.schedules.SetOutcome(ctx, schedule.ID, outcome)
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

// deliveredTargets remembers which targets of a report have it, so that a retry for one does
// not deliver to the others again. It is lost with the process: then they may have it
// twice, under one id (A-REPORT-32).
type deliveredTargets struct {
	mu   sync.Mutex
	done map[string][]bool
}

func (d *deliveredTargets) of(job jobs.Job) []bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done == nil {
		d.done = map[string][]bool{}
	}
	if d.done[job.ID] == nil {
		d.done[job.ID] = make([]bool, len(job.Deliver))
	}
	return d.done[job.ID]
}

func (d *deliveredTargets) forget(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.done, id)
}

// notify sends the end of a report to its client or its schedule's targets.
func (s *Service) notify(ctx context.Context, job jobs.Job, repeated bool) error {
	if job.Schedule == "" {
		return s.notifyEnd(ctx, job, repeated)
	}
	done := s.delivered.of(job) // one goroutine at a time works on a job
	var all []error
	for i, target := range job.Deliver {
		if done[i] {
			continue
		}
		err := s.deliver(ctx, job, target, repeated)
		if done[i] = err == nil; err != nil {
			all = append(all, err)
		}
	}
	if len(all) > 0 {
		return errors.Join(all...)
	}
	s.delivered.forget(job.ID)
	return nil
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
	switch job.State {
	case jobs.Ready:
		report.Link = s.intake.Link(job)
	case jobs.Failed:
		report.Reason = locale.Reason(job.Reason).In(report.Language)
	}
	return report
}
