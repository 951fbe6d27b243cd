package report

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

const (
	// remindEvery is how often a client whose report waits is sent its place: well
	// below the ten minutes after which API Gateway closes an idle connection
	// (aws-dataplane §1.6).
	remindEvery = 4 * time.Minute
	reminders   = 8 // sent at once
)

// A reminder sends the clients whose reports wait for long their places in the queue
// (A-REPORT-23).
type queueReminder struct {
	waiting func() []jobs.Job // queued jobs, in any state of their conversation
	remind  func(ctx context.Context, job jobs.Job)
}

// run sends reminders until the context ends, and waits for those that are on their way.
func (r queueReminder) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(remindEvery):
			r.all(ctx, time.Now())
		}
	}
}

// all reminds the clients of every job that has waited for half of remindEvery: a
// younger one has just been sent its place in the frame accepted.
func (r queueReminder) all(ctx context.Context, now time.Time) {
	slots := make(chan struct{}, reminders)
	var sent sync.WaitGroup
	defer sent.Wait()
	for _, job := range r.waiting() {
		if now.Sub(job.Created) < remindEvery/2 {
			continue
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		sent.Go(func() {
			defer func() { <-slots }()
			r.remind(ctx, job)
		})
	}
}

func (s *Service) queueReminder() queueReminder {
	return queueReminder{
		waiting: func() []jobs.Job {
			return s.queue.List(func(job *jobs.Job) bool { return job.State == jobs.Queued && job.ConnectionID != "" })
		},
		remind: s.remindClient,
	}
}

// remindClient sends one client its place. The report of a client that has left is
// cancelled where its definition says so.
func (s *Service) remindClient(ctx context.Context, job jobs.Job) {
	frame := s.frame(job, notify.Queued)
	if frame.Place = s.queue.Place(job.ID); frame.Place == 0 {
		return // it has begun
	}
	frame.Lifetime = remindEvery // then the next one comes
	if job.Retried() {
		frame.Reason, frame.Message = job.Reason, locale.Again(job.Reason).In(locale.Language(job.Language))
	}
	if err := s.conversation(job).Send(ctx, frame); !errors.Is(err, notify.ErrGone) {
		return
	}
	s.logClientGone(job.ID)
	if d, ok := s.catalogue.Get(job.Type); ok && d.WhenGone == definition.Cancel {
		if _, err := s.queue.Cancel(ctx, job.ID); err != nil && !errors.Is(err, jobs.ErrFinal) && ctx.Err() == nil {
			s.log.Error("the report of a client that has left cannot be cancelled", "report", job.ID, "cause", err)
		}
	}
}
