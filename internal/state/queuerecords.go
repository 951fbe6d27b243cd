package state

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"

	"github.com/minio/highwayhash"
	"github.com/nats-io/nats.go"
)

// queueRecords is what the block files of one stream of the work queue hold: the waiting
// tasks, or the dead letters. The store log does not cover them, so only the position of
// damage is known, not what is lost.
type queueRecords struct {
	stream    string
	positions []position
	live      []*nats.Msg // those that were not removed, oldest first
}

// damaged says whether JetStream would leave out messages that can be read.
func (q *queueRecords) damaged() bool {
	return slices.ContainsFunc(q.positions, func(s position) bool { return s.Behind })
}

// readQueues reads both streams of the work queue below a data directory; they are
// empty where no stage has asynchronous routes.
func readQueues(dir string) ([]queueRecords, error) {
	var all []queueRecords
	for _, s := range []struct{ name, root string }{{taskStream, taskRoot}, {deadStream, deadRoot}} {
		q, err := readQueue(dir, s.name, s.root)
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return all, nil
}

// readQueue reads the messages of a stream from its files, without a server. Messages that
// were removed are left out; positions are what is damaged.
func readQueue(dir, stream, root string) (queueRecords, error) {
	q := queueRecords{stream: stream}
	found, removed := map[uint64]*nats.Msg{}, map[uint64]bool{}
	positions, err := readStream(dir, stream, root, func(r record) {
		switch {
		case r.removal:
			removed[r.sequence] = true
		case !r.erased && bytes.HasPrefix(r.subject, []byte(root)):
			found[r.sequence] = &nats.Msg{Subject: string(r.subject), Header: headerOf(r.header), Data: bytes.Clone(r.value)}
		}
	})
	if err != nil {
		return q, err
	}
	q.positions = positions
	whole, err := described(dir, stream)
	if err != nil {
		return q, err
	}
	if len(found) > 0 && !whole {
		q.positions = append(q.positions, position{File: filepath.Join(streamFolder(stream), "meta.inf"), Behind: true})
	}
	var sequences []uint64
	for sequence := range found {
		if !removed[sequence] {
			sequences = append(sequences, sequence)
		}
	}
	slices.Sort(sequences)
	for _, sequence := range sequences {
		q.live = append(q.live, found[sequence])
	}
	return q, nil
}

// headerOf reads the header of a record, of the form "NATS/1.0 CRLF name: value CRLF CRLF".
func headerOf(raw []byte) nats.Header {
	if _, lines, ok := bytes.Cut(raw, []byte("\r\n")); ok {
		if h, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(lines))).ReadMIMEHeader(); err == nil {
			return nats.Header(h)
		}
	}
	return nats.Header{}
}

// described says whether JetStream will recognize a stream's folder: meta.inf describes
// the stream, and meta.sum has the HighwayHash-64 of meta.inf in hexadecimal, with the
// SHA-256 of the stream's name as key (nats-server, server/filestore.go,
// writeStreamMeta). JetStream ignores a folder without them, without an error.
func described(dir, stream string) (bool, error) {
	folder := filepath.Join(dir, streamFolder(stream))
	meta, err := os.ReadFile(filepath.Join(folder, "meta.inf"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	sum, err := os.ReadFile(filepath.Join(folder, "meta.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	key := sha256.Sum256([]byte(stream))
	hash, err := highwayhash.NewDigest64(key[:])
	if err != nil {
		return false, err
	}
	_, _ = hash.Write(meta) // hashes take everything
	return hex.EncodeToString(hash.Sum(nil)) == string(sum), nil
}

// copyQueues copies the tasks and the dead letters of the damaged store to a new one:
// the stream's files if they are intact, else message by message; dead letters then get
// new numbers and times.
func copyQueues(ctx context.Context, from, to string, queues []queueRecords, log *slog.Logger) error {
	var again []*nats.Msg
	for _, q := range queues {
		if q.damaged() {
			again = append(again, q.live...)
		} else if err := copyStream(from, to, q.stream); err != nil {
			return err
		}
	}
	if len(again) == 0 {
		return nil
	}
	store, err := openEmbedded(ctx, Options{Dir: to, Node: repairNode, Log: log})
	if err != nil {
		return err
	}
	defer store.Close()
	if _, _, err := store.queue.open(ctx, true); err != nil {
		return err
	}
	for _, m := range again {
		if _, err := store.queue.js.PublishMsg(ctx, m); err != nil {
			return fmt.Errorf("write a message of %s again: %w", m.Subject, err)
		}
	}
	return store.forgetRepair(ctx)
}

func copyStream(from, to, stream string) error {
	folder := streamFolder(stream)
	if _, err := os.Stat(filepath.Join(from, folder)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return os.CopyFS(filepath.Join(to, folder), os.DirFS(filepath.Join(from, folder)))
}
