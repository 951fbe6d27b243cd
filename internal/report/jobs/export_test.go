package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// WrapStore puts something between a queue that is not started and its bucket.
func (q *Queue) WrapStore(wrap func(jetstream.KeyValue) jetstream.KeyValue) {
	q.store.bucket = wrap(q.store.bucket)
}

// EndMarker does what the server does with the marker of a removed job after [markerLife].
func (q *Queue) EndMarker(ctx context.Context, id string) error {
	return q.store.stream.Purge(ctx, jetstream.WithPurgeSubject(subjectRoot+id))
}

// Due tells whether a job that is to begin at notBefore, and that a queue has seen since
// then, begins now; else wait is when the queue looks again.
func Due(notBefore, seen, now time.Time) (due bool, wait time.Duration) {
	s := newSchedule(nil)
	s.put(Job{ID: "one", State: Queued, NotBefore: notBefore}, 1, seen)
	e, wait := s.next(now)
	return e != nil, wait
}

// LogWarning logs a warning of the embedded server.
func LogWarning(log *slog.Logger, text string) { serverLog{log}.Warnf("%s", text) }

// After is when so many of the waiting jobs should have begun, with these jobs ended and running.
func After(workers, places int, known ...Job) time.Duration {
	q := &Queue{options: Options{Workers: workers}, schedule: newSchedule(nil), usual: usualRun}
	for i, job := range known {
		q.schedule.put(job, uint64(i+1), time.Now())
	}
	return q.after(places)
}
