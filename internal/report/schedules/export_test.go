package schedules

import (
	"context"
	"errors"
)

// PutCron keeps a schedule with a cron expression, finer than [Store.Put] can.
func (s *Store) PutCron(ctx context.Context, schedule Schedule, cron string) error {
	return s.put(ctx, schedule, cron)
}

// RemoveInterrupted is [Store.Remove] of a node that ends after its first step.
func (s *Store) RemoveInterrupted(ctx context.Context, id string) error {
	_, err := s.js.Publish(ctx, schedulesOf+id, nil)
	return err
}

// Left is how many messages there are of a schedule: itself, a run that is due, the outcome.
func (s *Store) Left(ctx context.Context, id string) (left int, err error) {
	for _, subject := range []string{schedulesOf, dueOf, outcomesOf} {
		var message any
		switch _, err := s.last(ctx, subject+id, &message); {
		case err == nil:
			left++
		case !errors.Is(err, ErrUnknown):
			return 0, err
		}
	}
	return left, nil
}
