package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
	"github.com/pasarela-ws/pasarela/internal/report/render"
	"github.com/pasarela-ws/pasarela/internal/report/source"
)

// errClientLeft ends a report whose client left and whose definition says whenGone: cancel.
var errClientLeft = fmt.Errorf("the client has left: %w", jobs.ErrCancelled)

// make makes the file of a report. It may be called again for the same job after a
// crash: a file gets its name only when it is complete, and replaces an earlier one.
func (s *Service) make(ctx context.Context, job jobs.Job) (jobs.Result, error) {
	d, ok := s.catalogue.Get(job.Type)
	if !ok {
		return jobs.Result{}, &jobs.Failure{Reason: "type_gone", Cause: language.Errorf("reports_api.cause_type", "type", strconv.Quote(job.Type))}
	}
	if err := checkStillAllowed(job, d); err != nil {
		return jobs.Result{}, err
	}
	s.traceStep("report queue", job, job.Created, job.Started, nil)
	ctx, abandon := context.WithCancelCause(ctx)
	defer abandon(nil)
	show := func(notify.Frame) {}
	var ticker *notify.Ticker
	if job.ConnectionID != "" {
		ticker = notify.Tick(ctx, s.conversation(job), progressFrame(s.frame(job, notify.Progress), intake.Progress{}), func() {
			s.logClientGone(job.ID)
			if d.WhenGone == definition.Cancel {
				abandon(errClientLeft)
			}
		})
		show = ticker.Show
	}
	defer s.intake.Board.Remove(job.ID)
	result, err := s.write(ctx, job, d, show)
	if ticker != nil {
		ticker.Stop()
	}
	if err != nil {
		reached, _ := s.intake.Board.Read(job.ID)
		return jobs.Result{Rows: reached.Rows}, failure(err)
	}
	return result, nil
}

// checkStillAllowed checks a waiting report against the current definition, which may have changed
// since the report was requested. Callers and
// parameters are checked again, and what they mean must be the same, so that no
// client receives rows that it could not request now, or other ones than it chose
// (A-REPORT-21).
func checkStillAllowed(job jobs.Job, d *definition.Definition) error {
	if !job.Defined() && !d.Allows(job.Caller) {
		return &jobs.Failure{Reason: "not_allowed", Cause: language.Errorf("reports_api.cause_caller", "caller", strconv.Quote(job.Caller))}
	}
	if missing, ok := d.AllowsAttributes(job.Attributes); !ok && !job.Defined() {
		return &jobs.Failure{Reason: "not_allowed", Cause: language.Errorf("reports_api.cause_attribute", "name", missing, "value", strconv.Quote(job.Attributes[missing]))}
	}
	values, err := d.Check(job.Parameters)
	if err != nil {
		return &jobs.Failure{Reason: "definition_changed", Cause: language.Errorf("reports_api.cause_parameters", "why", err)}
	}
	if !maps.Equal(values, definition.Values(job.Parameters)) {
		return &jobs.Failure{Reason: "definition_changed", Cause: language.Errorf("reports_api.cause_values", "now", fmt.Sprint(values), "before", fmt.Sprint(job.Parameters))}
	}
	return nil
}

func (s *Service) write(ctx context.Context, job jobs.Job, d *definition.Definition, show func(notify.Frame)) (result jobs.Result, err error) {
	draft, err := s.store.Draft(job.ID)
	if err != nil {
		return jobs.Result{}, err
	}
	defer func() { finishDraft(ctx, draft, err) }()
	values, format := definition.Values(job.Parameters), definition.Format(job.Format)
	run := &render.Run{
		Definition: d, Source: s.sources[d.Source], Values: values, Language: locale.Language(job.Language), Format: format,
		Made: time.Now(), Out: draft, Slots: s.slots, Progress: s.show(job, show), Checkpoints: draft,
	}
	steps := tracedRun{began: time.Now()}
	run.Queried = func() { steps.queried = time.Now() }
	made, err := run.Make(ctx)
	steps.end(s, job, err)
	if err != nil {
		return jobs.Result{}, err
	}
	if made.From > 0 {
		s.log.Info("a report that was cut off has gone on from its last checkpoint", "report", job.ID, "type", job.Type, "rowsBefore", made.From, "rows", made.Rows)
	}
	preview, err := json.Marshal(made.Preview)
	if err != nil {
		return jobs.Result{}, err
	}
	if err := draft.Keep(ctx, job.Format, preview); err != nil {
		return jobs.Result{}, err
	}
	return jobs.Result{FileName: d.Name(values, format), Rows: made.Rows, Bytes: made.Bytes}, nil
}

// finishDraft parks the draft of a run that is made again, so that it goes on from its
// last checkpoint (A-REPORT-33). A draft that failed because the disk is full is
// discarded.
func finishDraft(ctx context.Context, draft *blobstore.Draft, err error) {
	if ctx.Err() != nil { // cancelled, or the service stops
		err = context.Cause(ctx)
	}
	var failed *jobs.Failure
	if err != nil && errors.As(failure(err), &failed) && failed.Retry && !errors.Is(err, blobstore.ErrFull) {
		draft.Park()
		return
	}
	draft.Discard()
}

// show writes progress to the board, for the API, and offers it to the client, at most
// ten times per [notify.ProgressEvery].
func (s *Service) show(job jobs.Job, offer func(notify.Frame)) func(render.Progress) {
	frame := s.frame(job, notify.Progress)
	var last, began time.Time
	var before int64
	return func(p render.Progress) {
		now := time.Now()
		if began.IsZero() {
			began, before = now, p.Rows
		}
		if now.Sub(last) < notify.ProgressEvery/10 {
			return
		}
		last = now
		progress := intake.Progress{Rows: p.Rows, Total: p.Total, Bytes: p.Bytes, Before: before, Elapsed: now.Sub(began)}
		s.intake.Board.Write(job.ID, progress)
		offer(progressFrame(frame, progress))
	}
}

// failure classifies an error: the reason for the client, and whether the job is retried.
func failure(err error) error {
	var known *jobs.Failure
	switch {
	case errors.As(err, &known) || errors.Is(err, jobs.ErrCancelled):
		return err
	case errors.Is(err, source.ErrUnavailable):
		return &jobs.Failure{Reason: "source_unavailable", Retry: true, Cause: err}
	case errors.Is(err, source.ErrPassword), errors.Is(err, source.ErrLogin):
		return &jobs.Failure{Reason: "login_refused", Retry: errors.Is(err, source.ErrPassword), Cause: err}
	case errors.Is(err, source.ErrQuery):
		return &jobs.Failure{Reason: "query_failed", Cause: err}
	case errors.Is(err, definition.ErrScattered):
		return &jobs.Failure{Reason: "groups_scattered", Cause: err}
	case errors.Is(err, render.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return &jobs.Failure{Reason: "timed_out", Cause: err}
	case errors.Is(err, render.ErrTooManyRows):
		return &jobs.Failure{Reason: "too_many_rows", Cause: err}
	case errors.Is(err, blobstore.ErrFull):
		return &jobs.Failure{Reason: "no_room", Retry: true, Cause: err}
	}
	return &jobs.Failure{Reason: "unexpected", Retry: true, Cause: err}
}
