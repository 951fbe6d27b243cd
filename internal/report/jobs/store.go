package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	bucketName  = "reports"
	subjectRoot = "$KV." + bucketName + "."
	markerLife  = time.Hour // of the markers that deleted keys leave in the stream
	// maxVersions is never reached: the versions before the newest are purged. A bucket that
	// keeps one version drops the others without writing that down, so that one would be back
	// when the marker of its key has ended and the process is killed (nats-server 2.15).
	maxVersions = 1 << 20
)

// errChanged says that another call or node changed the record first.
var errChanged = errors.New("the record has been changed since it was read")

// errThere says that the record exists already.
var errThere = errors.New("the job is already there")

// A store is the bucket of job records.
type store struct {
	bucket jetstream.KeyValue
	stream jetstream.Stream // of the bucket
}

func openStore(ctx context.Context, js jetstream.JetStream, replicas int) (*store, error) {
	opened, err := openBucket(ctx, js, max(replicas, 1))
	if err != nil {
		return nil, fmt.Errorf("open the bucket %q: %w", bucketName, err)
	}
	return opened, nil
}

func openBucket(ctx context.Context, js jetstream.JetStream, replicas int) (*store, error) {
	bucket, err := js.KeyValue(ctx, bucketName)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		bucket, err = js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: bucketName, Description: "pasarela reports: one record a job",
			Storage: jetstream.FileStorage, Replicas: replicas, LimitMarkerTTL: markerLife,
		})
	}
	if err != nil {
		return nil, err
	}
	stream, err := js.Stream(ctx, "KV_"+bucketName)
	if err != nil {
		return nil, err
	}
	config := stream.CachedInfo().Config
	if config.Replicas != replicas || config.MaxMsgsPerSubject != maxVersions {
		config.Replicas, config.MaxMsgsPerSubject = replicas, maxVersions
		if stream, err = js.UpdateStream(ctx, config); err != nil {
			return nil, err
		}
	}
	return &store{bucket, stream}, nil
}

func (s *store) create(ctx context.Context, job Job) (uint64, error) {
	record, err := json.Marshal(job)
	if err != nil {
		return 0, err
	}
	revision, err := s.bucket.Create(ctx, job.ID, record)
	if errors.Is(err, jetstream.ErrKeyExists) {
		return 0, errThere
	}
	return revision, err
}

// get reads the record; the error is ErrUnknown if it was deleted.
func (s *store) get(ctx context.Context, id string) (Job, uint64, error) {
	found, err := s.bucket.Get(ctx, id)
	if errors.Is(err, jetstream.ErrKeyNotFound) || errors.Is(err, jetstream.ErrKeyDeleted) {
		return Job{}, 0, ErrUnknown
	}
	if err != nil {
		return Job{}, 0, err
	}
	var job Job
	return job, found.Revision(), json.Unmarshal(found.Value(), &job)
}

func (s *store) update(ctx context.Context, job Job, revision uint64) (uint64, error) {
	record, err := json.Marshal(job)
	if err != nil {
		return 0, err
	}
	next, err := s.bucket.Update(ctx, job.ID, record, revision)
	if wrongRevision(err) {
		return 0, errChanged
	}
	if err == nil && job.State.Final() { // a failure leaves them until the next change or the removal
		_ = s.stream.Purge(ctx, jetstream.WithPurgeSubject(subjectRoot+job.ID), jetstream.WithPurgeSequence(next))
	}
	return next, err
}

// remove deletes the record with all its versions if it has that revision; the error is
// errChanged if it has another one.
func (s *store) remove(ctx context.Context, id string, revision uint64) error {
	err := s.bucket.Purge(ctx, id, jetstream.LastRevision(revision), jetstream.PurgeTTL(markerLife))
	if wrongRevision(err) {
		return errChanged
	}
	return err
}

// wrongRevision tells whether the server refused a write because the record has another
// revision by now, or none.
func wrongRevision(err error) bool {
	return errors.Is(err, jetstream.ErrKeyRevisionMismatch) || errors.Is(err, jetstream.ErrKeyExists)
}

// watch calls changed for every record that exists, returns, and goes on calling it for
// every later change until stop is called; stop waits for the last call.
func (s *store) watch(ctx context.Context, changed func(job Job, revision uint64, gone bool)) (stop func(), err error) {
	watcher, err := s.bucket.WatchAll(context.WithoutCancel(ctx))
	if err != nil {
		return nil, fmt.Errorf("watch the bucket %q: %w", bucketName, err)
	}
	loaded, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		follow(watcher.Updates(), changed, loaded)
	}()
	stop = func() {
		_ = watcher.Stop() // closes Updates, which ends the goroutine
		<-done
	}
	select {
	case <-loaded:
		return stop, nil
	case <-ctx.Done():
		stop()
		return nil, fmt.Errorf("read the jobs: %w", context.Cause(ctx))
	}
}

func follow(updates <-chan jetstream.KeyValueEntry, changed func(Job, uint64, bool), loaded chan struct{}) {
	once := false
	for update := range updates {
		if update == nil {
			if !once {
				close(loaded)
				once = true
			}
			continue
		}
		if update.Operation() != jetstream.KeyValuePut {
			changed(Job{ID: update.Key()}, update.Revision(), true)
			continue
		}
		var job Job
		if json.Unmarshal(update.Value(), &job) == nil && job.ID == update.Key() {
			changed(job, update.Revision(), false)
		}
	}
	if !once {
		close(loaded)
	}
}
