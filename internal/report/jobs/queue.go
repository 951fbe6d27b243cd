package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// Errors of the queue's calls.
var (
	ErrUnknown   error = language.Errorf("reports_api.no_report")
	ErrFinal     error = language.Errorf("reports_api.ended")
	ErrNotEnded  error = language.Errorf("reports_api.not_ended")
	ErrNotFailed error = language.Errorf("reports_api.not_failed")
	ErrReused    error = language.Errorf("reports_api.key_reused")
	ErrStopped         = errors.New("the service is stopping")
)

// ErrCancelled is the cause that a run's context ends with when the report was
// cancelled.
var ErrCancelled = errors.New("the report was cancelled")

// ErrNotDelivered is the error of Notify for a frame that was certainly not delivered.
var ErrNotDelivered = errors.New("the client was not notified")

var errMadeLater = errors.New("the service is stopping; the report is made after the next start")

// A FullError says that no more reports are accepted, from all callers or from one,
// and when to retry.
type FullError struct {
	Queued     int
	Caller     bool // Queued are this caller's; those of others are still accepted
	RetryAfter time.Duration
}

func (f *FullError) Error() string { return f.Unwrap().Error() }

// Unwrap is what language says in each language.
func (f *FullError) Unwrap() error {
	if f.Caller {
		return language.Errorf("reports_api.caller_full", "count", f.Queued, "time", f.RetryAfter)
	}
	return language.Errorf("reports_api.queue_full", "count", f.Queued, "time", f.RetryAfter)
}

// Options set a queue up. Zero values are the defaults.
type Options struct {
	Dir          string         // holds the embedded store and the node's name
	URL          string         // of an external NATS with JetStream; "" for the embedded one
	Replicas     int            // of the external bucket
	Workers      int            // reports made at once; 4
	MaxQueued    int            // waiting jobs; 5,000
	MaxPerCaller int            // waiting jobs of one caller; 500
	MaxHistory   int            // jobs kept, whatever their expiry says; 50,000
	Attempts     int            // runs of a job whose failures are worth a retry; 4
	SourceLimits map[string]int // most jobs of a source that this node runs at once; without: Workers
	Log          *slog.Logger

	SourceAttempts map[string]int // of jobs of a source; without: Attempts
}

// Work holds the functions that the queue calls for jobs.
type Work struct {
	// Make makes the report. An error that is no *Failure is not retried. The
	// context's cause is ErrCancelled for a cancelled report.
	Make func(ctx context.Context, job Job) (Result, error)
	// Notify sends the client the end of a job. Repeated means that it may have been
	// delivered already: by an earlier process, or by a call that returned an error other
	// than ErrNotDelivered. After an error it is called again later.
	Notify func(ctx context.Context, job Job, repeated bool) error
	// Keep is how long a job of that type stays after its end.
	Keep func(job Job) time.Duration
	// Began and Ended, where they are set, are called for every run that begins and every
	// job that has ended, after it is stored. They must not block.
	Began, Ended func(job Job)
	// Retried, where it is set, is called for every job whose attempt has failed and that is
	// tried again, after it is stored. It must not block.
	Retried func(job Job)
}

const (
	ownerTimeout   = 30 * time.Second // after which a shared job is taken over from its owner
	heartbeatEvery = ownerTimeout / 3
	notifiers      = 8
	notifyFor      = 10 * time.Minute // of trying to notify a client
	deliverers     = 4
	maxCrashes     = 10
	firstWait      = time.Second
	longestWait    = 5 * time.Minute
	usualRun       = 2 * time.Second
	longestBackOff = longestWait + longestWait/4
)

// DeliverFor is how long it is tried to deliver a schedule's report.
const DeliverFor = 6 * time.Hour

// A Queue stores jobs and runs them. Its methods are safe for concurrent use.
type Queue struct {
	options    Options
	work       Work
	node       string
	shared     bool // other nodes work on the same jobs
	connection *connection
	store      *store
	outbox     *outbox
	marks      map[string]byte // of the outbox that the process before left
	stopWatch  func()

	owned    sync.WaitGroup // dispatchers, runs and notifications
	cancel   context.CancelCauseFunc
	toWork   chan struct{}
	toNotify chan struct{}
	toSend   chan struct{} // deliveries of schedules' reports

	mu        sync.Mutex // guards what follows
	schedule  *schedule
	running   map[string]context.CancelCauseFunc
	admitting map[string]int // jobs on their way to the store, by caller
	usual     time.Duration  // how long a run takes, smoothed
}

// Open opens the store and reads the jobs; Start runs them.
func Open(ctx context.Context, options Options) (*Queue, error) {
	options = options.withDefaults()
	q := &Queue{
		options: options, shared: options.URL != "", schedule: newSchedule(options.SourceLimits), running: map[string]context.CancelCauseFunc{}, admitting: map[string]int{},
		toWork: make(chan struct{}, 1), toNotify: make(chan struct{}, 1), toSend: make(chan struct{}, 1), usual: usualRun,
	}
	var err error
	if q.shared {
		q.connection, err = connectURL(options.URL)
	} else {
		q.connection, err = connectEmbedded(options.Dir, options.Log)
	}
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	if err := q.open(ctx); err != nil {
		q.connection.close()
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return q, nil
}

func (q *Queue) open(ctx context.Context) (err error) {
	if q.node, err = nodeName(q.options.Dir, rand.Text); err != nil {
		return fmt.Errorf("the node's name: %w", err)
	}
	if q.outbox, q.marks, err = openOutbox(q.options.Dir); err != nil {
		return err
	}
	if err := probe(ctx, q.connection.stream); err != nil {
		return err
	}
	if q.store, err = openStore(ctx, q.connection.stream, q.options.Replicas); err != nil {
		return err
	}
	q.stopWatch, err = q.store.watch(ctx, q.changed)
	return err
}

func (o Options) withDefaults() Options {
	for _, preset := range []struct {
		value *int
		usual int
	}{{&o.Workers, 4}, {&o.MaxQueued, 5000}, {&o.MaxPerCaller, 500}, {&o.MaxHistory, 50_000}, {&o.Attempts, 4}} {
		if *preset.value <= 0 {
			*preset.value = preset.usual
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Start recovers the jobs of an earlier process and starts the dispatchers.
func (q *Queue) Start(ctx context.Context, work Work) error {
	q.work = work
	if err := q.recover(ctx); err != nil {
		_ = q.Stop(ctx) // the first error counts
		return fmt.Errorf("jobs: recover interrupted reports: %w", err)
	}
	ctx, q.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	q.owned.Go(func() { q.dispatch(ctx, q.options.Workers, q.toWork, q.nextJob, q.run) })
	q.owned.Go(func() { q.dispatch(ctx, notifiers, q.toNotify, q.nextNotification, q.notify) })
	q.owned.Go(func() { q.dispatch(ctx, deliverers, q.toSend, q.nextDelivery, q.notify) })
	if q.shared {
		q.owned.Go(func() { q.takeOver(ctx) })
	}
	return nil
}

// Stop lets no new job begin, puts the running ones back into the queue, waits
// for them until the context ends, and closes the store.
func (q *Queue) Stop(ctx context.Context) error {
	if q.cancel != nil {
		q.cancel(errMadeLater)
	}
	done := make(chan struct{})
	go func() { q.owned.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = fmt.Errorf("jobs: reports were still running: %w", context.Cause(ctx))
	}
	if q.stopWatch != nil {
		q.stopWatch()
	}
	q.connection.close()
	return errors.Join(err, q.outbox.close())
}

// changed handles a record from the store's watch.
func (q *Queue) changed(job Job, revision uint64, gone bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if gone {
		q.schedule.remove(job.ID, revision)
		return
	}
	q.take(job, revision)
}

// take puts a record into the schedule and wakes the dispatcher that it concerns. The
// lock is held.
func (q *Queue) take(job Job, revision uint64) {
	known := q.schedule.put(job, revision, time.Now())
	if known.job.CancelAsked {
		if stop, ok := q.running[job.ID]; ok {
			stop(ErrCancelled)
		}
	}
	switch {
	case known.job.State == Queued:
		wake(q.toWork)
	case known.job.State.Final() && !known.job.Notified:
		wake(q.toNotify)
		wake(q.toSend)
	}
}

func wake(sleeper chan struct{}) {
	select {
	case sleeper <- struct{}{}:
	default:
	}
}
