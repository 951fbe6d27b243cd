package report

import (
	"context"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

const cleanEvery = time.Minute

// keep is how long a report stays after its end.
func (s *Service) keep(job jobs.Job) time.Duration {
	if d, ok := s.catalogue.Get(job.Type); ok {
		return d.Retention
	}
	return definition.DefaultRetention
}

// clean removes expired reports every [cleanEvery] until the context ends: the file
// first, so that no file is left without a record.
func (s *Service) clean(ctx context.Context) {
	for {
		s.sweep(ctx, time.Now())
		select {
		case <-ctx.Done():
			return
		case <-time.After(cleanEvery):
		}
	}
}

func (s *Service) sweep(ctx context.Context, now time.Time) {
	s.store.DropParked(func(id string) bool {
		job, ok := s.queue.Get(id)
		return ok && !job.State.Final()
	})
	for _, job := range s.queue.Expired(now) {
		if err := s.forget(ctx, job); err != nil && ctx.Err() == nil {
			s.log.Error("an expired report cannot be removed", "report", job.ID, "cause", err)
		}
	}
}

func (s *Service) forget(ctx context.Context, job jobs.Job) error {
	if err := s.store.Remove(ctx, job.ID, job.Format); err != nil {
		return err
	}
	s.conversations.remove(job.ID)
	return s.queue.Remove(ctx, job.ID)
}
