package schedules

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"
)

// PutCron keeps a schedule with a cron expression, finer than [Store.Put] can.
func (s *Store) PutCron(ctx context.Context, schedule Schedule, cron string) error {
	return s.put(ctx, schedule, cron)
}

// RemoveInterrupted is [Store.Remove] of a node that ends after its first step.
func (s *Store) RemoveInterrupted(ctx context.Context, id string) error {
	return s.stream.Purge(ctx, jetstream.WithPurgeSubject(schedulesOf+id))
}

// Left is how many messages there are of a schedule: itself, a run that is due, the outcome.
func (s *Store) Left(ctx context.Context, id string) (int, error) {
	info, err := s.stream.Info(ctx, jetstream.WithSubjectFilter("*.*."+id))
	if err != nil {
		return 0, err
	}
	return len(info.State.Subjects), nil
}
