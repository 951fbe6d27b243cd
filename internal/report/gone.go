package report

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
)

// noteGone writes once a report that its client cannot be told anything. One that
// has heard frames before has left, which is usual; one that never heard any points
// to an endpoint that is not the connection's.
func (s *Service) noteGone(id string) {
	job, ok := s.queue.Get(id)
	if !ok || !s.conversations.noteGone(id) {
		return
	}
	if _, heard := s.conversation(job).Gone(); heard {
		s.log.Info("a client has left before the end of its report", "report", id, "connection", job.ConnectionID, "endpoint", job.Endpoint)
		return
	}
	s.log.Warn("no frame about a report can be delivered: the gateway answers 410 Gone, there is no such connection at this endpoint",
		"report", id, "type", job.Type, "connection", job.ConnectionID, "endpoint", job.Endpoint,
		"check", "is the client connected to the API and stage of this endpoint, and not to another one (--endpoint, or domainName and stage of the request)? was $connect refused after the report was asked for?")
}

const (
	// remindEvery is how often a client whose report waits hears of its place: well
	// below the ten minutes after which API Gateway closes a silent connection.
	remindEvery = 4 * time.Minute
	reminders   = 8 // told at once
)

// remind tells the clients whose reports wait for long of their place (A-REPORT-23).
func (s *Service) remind(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(remindEvery):
			s.remindAll(ctx, time.Now())
		}
	}
}

func (s *Service) remindAll(ctx context.Context, now time.Time) {
	slots := make(chan struct{}, reminders)
	var all sync.WaitGroup
	for _, job := range s.queue.List(func(job *jobs.Job) bool { return job.State == jobs.Queued && now.Sub(job.Created) >= remindEvery/2 }) {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			all.Wait()
			return
		}
		all.Go(func() {
			defer func() { <-slots }()
			s.remindOne(ctx, job)
		})
	}
	all.Wait()
}

// remindOne tells one client; the report of one that has left is cancelled where its
// definition says so.
func (s *Service) remindOne(ctx context.Context, job jobs.Job) {
	frame := s.frame(job, notify.Queued)
	if frame.Place = s.queue.Place(job.ID); frame.Place == 0 {
		return // it has begun
	}
	if err := s.conversation(job).Send(ctx, frame); !errors.Is(err, notify.ErrGone) {
		return
	}
	s.noteGone(job.ID)
	if d, ok := s.catalogue.Get(job.Type); ok && d.WhenGone == definition.Cancel {
		if _, err := s.queue.Cancel(ctx, job.ID); err != nil && !errors.Is(err, jobs.ErrFinal) && ctx.Err() == nil {
			s.log.Error("a report nobody waits for cannot be cancelled", "report", job.ID, "cause", err)
		}
	}
}
