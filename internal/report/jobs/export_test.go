package jobs

import (
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// WrapStore puts something between a queue that is not started and its bucket.
func (q *Queue) WrapStore(wrap func(jetstream.KeyValue) jetstream.KeyValue) {
	q.store.bucket = wrap(q.store.bucket)
}

// Due tells whether a job that is to begin at notBefore, and that a queue has seen since
// then, begins now; else wait is when the queue looks again.
func Due(notBefore, seen, now time.Time) (due bool, wait time.Duration) {
	s := newSchedule(nil)
	s.put(Job{ID: "one", State: Queued, NotBefore: notBefore}, 1, seen)
	e, wait := s.next(now)
	return e != nil, wait
}
