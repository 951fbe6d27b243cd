package state

import (
	"context"
	"crypto/sha256"
	"log/slog"

	"github.com/minio/highwayhash"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
)

// ReadBlock reads a block file numbered 1.
func ReadBlock(data []byte) map[string]string {
	key := sha256.Sum256([]byte(streamName + "-1"))
	sum, err := highwayhash.NewDigest64(key[:])
	if err != nil {
		panic(err)
	}
	all := blocks{newest: map[string]stored{}}
	readBlock("1.blk", subjectRoot, data, sum, all.take)
	values := map[string]string{}
	for key, s := range all.newest {
		values[key] = string(s.value)
	}
	return values
}

// Retry makes a request to a store of one server, or of several.
func Retry(ctx context.Context, replicated bool, size int, try func(context.Context) (int, error)) (int, error) {
	b := &bucket{health: newHealth(), replicated: replicated}
	return retry(ctx, b, request[int]{what: "write", size: size, try: try})
}

// GroupSync is a groupSync.
type GroupSync struct{ group groupSync }

// Do returns when a sync has ended that began after the call.
func (g *GroupSync) Do(sync func() error) error { return g.group.do(sync) }

// RepairStoreRenaming is RepairStore with another rename.
func RepairStoreRenaming(ctx context.Context, dir string, rename func(from, to string) error) (Repaired, error) {
	return repairStore(ctx, dir, slog.New(slog.DiscardHandler), rename)
}

// ReadBack reads from a bucket what a repair wrote to it, by key.
func ReadBack(ctx context.Context, from pasarela.Bucket, written map[string]string) error {
	var values []recoveredRecords
	for key, value := range written {
		values = append(values, recoveredRecords{key, stored{value: []byte(value)}})
	}
	return readBack(ctx, from, values)
}

// PurgeVersions purges the old versions of values at once.
func (s *Store) PurgeVersions(ctx context.Context) error { return s.purgeVersions(ctx) }

// Versions is how many versions of a value the stream holds.
func (s *Store) Versions(ctx context.Context, name string) (uint64, error) {
	subject := subjectRoot + swap(name)
	info, err := s.bucket.stream.Info(ctx, jetstream.WithSubjectFilter(subject))
	if err != nil {
		return 0, err
	}
	return info.State.Subjects[subject], nil
}

// PutTo is Put on a bucket of several servers, which are these.
func PutTo(ctx context.Context, js jetstream.JetStream, stream jetstream.Stream, name string, expected uint64) (uint64, error) {
	b := &bucket{js: js, stream: stream, health: newHealth(), replicated: true}
	return b.Put(ctx, name, []byte("x"), expected)
}
