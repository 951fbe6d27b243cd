package report

import (
	"context"
	"log/slog"
	"time"

	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// Sweep removes what has expired by then.
var Sweep = (*Service).sweep

// WarnOfRights warns of a source whose login can write.
var WarnOfRights = warnOfRights

// Notified tells whether a report's record says that its client was notified.
func Notified(s *Service, id string) bool {
	job, ok := s.queue.Get(id)
	return ok && job.Notified
}

// ShopFile is the name of the sample shop's database in the data directory.
const ShopFile = shopFile

// RunReminder runs the reminders of waiting reports.
func RunReminder(ctx context.Context, waiting func() []jobs.Job, remind func(ctx context.Context, job jobs.Job)) {
	queueReminder{waiting, remind}.run(ctx)
}

// RemindAll reminds the clients of a service's waiting reports, as at that time.
func RemindAll(ctx context.Context, s *Service, now time.Time) { s.queueReminder().all(ctx, now) }

// WatchReadiness checks one thing by itself, and logs, until the context ends.
func WatchReadiness(ctx context.Context, log *slog.Logger, name string, check func(context.Context) error) {
	(&readiness{checks: []namedCheck{{name, check}}, log: log}).watch(ctx)
}

// FailureOf is how a run's error is classified.
var FailureOf = failure
