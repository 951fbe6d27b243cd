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

// mark is what a data directory says about its store from outside of it: how far
// the store had come when it was last opened or closed. A store that comes back
// with less has lost acknowledged writes, and JetStream, which keeps what it can
// read, would not say so.
type mark struct {
	LastRevision uint64 `json:"lastRevision"` // 0: no store was made here yet
	Keys         uint64 `json:"keys"`         // removed ones too: they leave a marker, so this never shrinks

	blank bool // the file held nothing
}

const markFile = "store.json"

// repair is the end of every error about a damaged store.
const repair = ": bring the directory back from a back-up, or move it away, start empty, and bring an export back with \"pasarela apply\""

func readMark(dir string) (mark, error) {
	data, err := os.ReadFile(filepath.Join(dir, markFile))
	if errors.Is(err, os.ErrNotExist) {
		return mark{}, nil
	}
	if err != nil {
		return mark{}, err
	}
	if atomicfile.Blank(data) {
		// A power cut while earlier versions wrote it. The mark came after the store,
		// so one must be there, and verify reads all of it.
		return mark{LastRevision: 1, blank: true}, nil
	}
	var m mark
	if err := json.Unmarshal(data, &m); err != nil || m.LastRevision == 0 {
		return mark{}, fmt.Errorf("%s is damaged; put {\"lastRevision\":1} into it to go on with what the store holds", markFile)
	}
	return m, nil
}

// verify refuses to go on where a store was and is not any more, or is less:
// starting empty and taking new writes over the ruins would hide the loss.
func (m mark) verify(ctx context.Context, conn *nats.Conn) error {
	if m.LastRevision == 0 {
		return nil
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	kv, err := js.KeyValue(ctx, bucketName)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return errors.New("a store was made here but cannot be read any more" + repair)
	}
	if err != nil {
		return err
	}
	now, err := markOf(ctx, js)
	if err != nil {
		return err
	}
	if now.LastRevision < m.LastRevision || now.Keys < m.Keys {
		return fmt.Errorf("the store had come to revision %d with %d keys and is back at %d with %d: acknowledged writes are lost%s",
			m.LastRevision, m.Keys, now.LastRevision, now.Keys, repair)
	}
	return (&bucket{kv: kv}).readable(ctx)
}

// readable reads every value once.
func (b *bucket) readable(ctx context.Context) error {
	reading, enough := context.WithCancel(ctx)
	defer enough()
	values, complete := 0, false
	err := b.watch(reading, "", func(entry pasarela.Entry) {
		if complete = entry.Key == ""; complete {
			enough()
		}
		values++
	})
	switch {
	case errors.Is(err, errStalled):
		return fmt.Errorf("after %d values: %w%s", values, errStalled, repair)
	case err == nil && !complete:
		return ctx.Err()
	}
	return err
}

// writeMark notes how far the store has come. The file is replaced, never
// half-written.
func (s *Store) writeMark(ctx context.Context, dir string) error {
	js, err := jetstream.New(s.conn)
	if err != nil {
		return err
	}
	now, err := markOf(ctx, js)
	if err != nil {
		return err
	}
	data, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, markFile), append(data, '\n'), 0o600)
}

func markOf(ctx context.Context, js jetstream.JetStream) (mark, error) {
	stream, err := js.Stream(ctx, streamName)
	if err != nil {
		return mark{}, err
	}
	state := stream.CachedInfo().State
	return mark{LastRevision: state.LastSeq, Keys: state.Msgs}, nil
}
