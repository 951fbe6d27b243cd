package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/atomicfile"
)

// checkpoint is written beside the store: how far the store had come when it was last
// opened or closed. A store with less has lost acknowledged writes, and JetStream, which
// keeps what it can read, does not report that.
type checkpoint struct {
	LastRevision uint64 `json:"lastRevision"` // 0: no store was made here yet
	Keys         uint64 `json:"keys"`         // removed ones too: they leave a marker, so this never shrinks

	blank bool // the file held nothing
}

const checkpointFile = "store.json"

// repair is the end of every error about a damaged store.
const repair = ": bring the directory back from a back-up, or move it away, start empty, and bring an export back with \"pasarela apply\""

func readCheckpoint(dir string) (checkpoint, error) {
	data, err := os.ReadFile(filepath.Join(dir, checkpointFile))
	if errors.Is(err, os.ErrNotExist) {
		return checkpoint{}, nil
	}
	if err != nil {
		return checkpoint{}, err
	}
	if atomicfile.Blank(data) {
		// A power cut while earlier versions wrote it. The checkpoint was written after the store,
		// so one must be there, and verify reads all of it.
		return checkpoint{LastRevision: 1, blank: true}, nil
	}
	var m checkpoint
	if err := json.Unmarshal(data, &m); err != nil || m.LastRevision == 0 {
		return checkpoint{}, fmt.Errorf("%s is damaged; put {\"lastRevision\":1} into it to go on with what the store holds", checkpointFile)
	}
	return m, nil
}

// verify returns an error when the store is gone or has less than before: an empty store
// that takes new writes would hide the loss. Otherwise it returns revision and checksum
// of each key.
func (m checkpoint) verify(ctx context.Context, conn *nats.Conn, known map[string]noted) (have map[string]noted, err error) {
	if m.LastRevision == 0 && len(known) == 0 {
		return map[string]noted{}, nil
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	kv, err := js.KeyValue(ctx, bucketName)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, errors.New("a store was made here but cannot be read any more" + repair)
	}
	if err != nil {
		return nil, err
	}
	now, err := checkpointOf(ctx, js)
	if err != nil {
		return nil, err
	}
	have, err = (&bucket{kv: kv}).readAll(ctx)
	if err != nil {
		return nil, err
	}
	if err := compareNotes(known, have); err != nil {
		return nil, err
	}
	// When there is a store log, which says more, delete markers may have been purged, so
	// their number is not compared.
	if now.LastRevision < m.LastRevision || known == nil && now.Keys < m.Keys {
		return nil, fmt.Errorf("the store had come to revision %d with %d keys and is back at %d with %d: acknowledged writes are lost%s",
			m.LastRevision, m.Keys, now.LastRevision, now.Keys, repair)
	}
	return have, nil
}

// readAll reads every value once and returns revisions and checksums.
func (b *bucket) readAll(ctx context.Context) (have map[string]noted, err error) {
	reading, enough := context.WithCancel(ctx)
	defer enough()
	have = map[string]noted{}
	complete := false
	err = b.watch(reading, "", func(entry pasarela.Entry) {
		switch {
		case entry.Key == "":
			complete = true
			enough()
		case entry.Deleted:
			have[entry.Key] = noted{entry.Revision, gone}
		default:
			have[entry.Key] = noted{entry.Revision, sumOf(entry.Value)}
		}
	})
	switch {
	case errors.Is(err, errStalled):
		return nil, fmt.Errorf("after %d values: %w%s", len(have), errStalled, repair)
	case err == nil && !complete:
		return nil, ctx.Err()
	}
	return have, err
}

// writeCheckpoint notes how far the store has come. The file is replaced, never
// half-written.
func (s *Store) writeCheckpoint(ctx context.Context, dir string) error {
	js, err := jetstream.New(s.conn)
	if err != nil {
		return err
	}
	now, err := checkpointOf(ctx, js)
	if err != nil {
		return err
	}
	data, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, checkpointFile), append(data, '\n'), 0o600)
}

func checkpointOf(ctx context.Context, js jetstream.JetStream) (checkpoint, error) {
	stream, err := js.Stream(ctx, streamName)
	if err != nil {
		return checkpoint{}, err
	}
	state := stream.CachedInfo().State
	return checkpoint{LastRevision: state.LastSeq, Keys: state.NumSubjects}, nil
}
