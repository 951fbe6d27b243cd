package schedules

import "context"

// PutCron keeps a schedule with a cron expression, finer than [Store.Put] can.
func (s *Store) PutCron(ctx context.Context, schedule Schedule, cron string) error {
	return s.put(ctx, schedule, cron)
}
