package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/state/key"
)

// bucket is a [pasarela.Bucket] on a JetStream key-value store. Slashes and dots
// of a key trade places, so that the prefix "api/" is a subject that the server
// filters by.
//
// Reads of a replicated stream are answered by its leader (the stream allows no
// direct reads, which any replica would answer with what it has), because callers
// decide on what they read.
type bucket struct {
	js     jetstream.JetStream
	stream jetstream.Stream
	kv     jetstream.KeyValue
	health *health
	// replicated: several servers hold the stream, so a request that one of them
	// leaves unanswered is put again.
	replicated bool
	// leaseKey is a key that this node writes every few seconds, "" when it does not: a
	// watch that does not deliver it has fallen behind.
	leaseKey string
	// wrote is called for every write that the server acknowledged, before Put or Delete
	// returns; nil for a cluster, which has no store.log.
	wrote func(written)
	// old are the keys whose old versions are to be purged.
	old oldVersions
}

// written is one acknowledged write; value is nil for a removal.
type written struct {
	key      string
	revision uint64
	value    []byte
}

// JetStream never delivers a value whose checksum is wrong, so a watch that knows the
// number of values would wait for it for ever; this bounds the wait.
const stallLimit = 10 * time.Second

const (
	subjectRoot = "$KV." + bucketName + "."
	listReaders = 8 // reads of one list under way at the same time
)

// What nats.go's key-value store writes into the header of a removal.
const (
	operationHeader = "KV-Operation"
	operationDelete = "DEL"
)

var (
	errStalled   = errors.New("the store holds more than it can read, so a part of it is damaged")
	errBehind    = errors.New("the watch has fallen behind the store")
	errRestarted = errors.New("the store was restarted")
)

// Get reads the newest value from the leader (see [bucket]); a removal that is the newest
// is not found. It is tried again while the store cannot answer, for [storeTimeout] at
// most or until ctx ends, and is then [pasarela.ErrUnavailable].
func (b *bucket) Get(ctx context.Context, name string) (pasarela.Entry, error) {
	if err := key.Check(name); err != nil {
		return pasarela.Entry{}, err
	}
	return retry(ctx, b, request[pasarela.Entry]{what: "read " + name, try: func(ctx context.Context) (pasarela.Entry, error) {
		entry, err := b.last(ctx, name)
		if err == nil && entry.Deleted {
			err = pasarela.ErrNotFound
		}
		if err != nil {
			return pasarela.Entry{}, err
		}
		return entry, nil
	}})
}

// last is what was written last at a key, removals too.
func (b *bucket) last(ctx context.Context, name string) (pasarela.Entry, error) {
	found, err := b.stream.GetLastMsgForSubject(ctx, subjectRoot+swap(name))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return pasarela.Entry{}, pasarela.ErrNotFound
	}
	if err != nil {
		return pasarela.Entry{}, err
	}
	return pasarela.Entry{
		Key: name, Value: bytes.Clone(found.Data), Revision: found.Sequence,
		Deleted: found.Header.Get(operationHeader) != "" || found.Header.Get(jetstream.MarkerReasonHeader) != "",
	}, nil
}

// Put writes at most [MaxValue] bytes, with a message id, so that a write which is sent
// again after a lost answer is one write. A key that was removed still has a revision in
// the stream, its delete marker's: creating it again expects that one. The revision is the
// message's sequence in the stream.
//
// After [storeTimeout], or when ctx ends, the error is [pasarela.ErrUnavailable]: the
// write may have been made, or may still be. A value that is too long was never sent.
func (b *bucket) Put(ctx context.Context, name string, value []byte, expected uint64) (revision uint64, err error) {
	if err := key.Check(name); err != nil {
		return 0, err
	}
	if len(value) > MaxValue {
		return 0, fmt.Errorf("write %s: value of %d bytes is over the limit of %d", name, len(value), MaxValue)
	}
	message := &nats.Msg{Subject: subjectRoot + swap(name), Data: value, Header: nats.Header{}}
	message.Header.Set(nats.MsgIdHdr, pasarela.NewUUID())
	revision, err = retry(ctx, b, request[uint64]{what: "write " + name, size: len(value), try: func(ctx context.Context) (uint64, error) {
		revision, err := b.publish(ctx, message, expected)
		if !errors.Is(err, pasarela.ErrConflict) || expected != 0 {
			return revision, err
		}
		// Expected not to exist: it may have been removed.
		at := uint64(0)
		last, err := b.last(ctx, name)
		switch {
		case errors.Is(err, pasarela.ErrNotFound): // removed between the two reads: once more
		case err != nil:
			return 0, err
		case last.Deleted:
			at = last.Revision
		default: // it exists, perhaps by another attempt, whose revision the server then returns
		}
		return b.publish(ctx, message, at)
	}})
	if err == nil && b.wrote != nil {
		b.wrote(written{name, revision, orEmpty(value)})
	}
	return revision, err
}

// Delete writes a delete marker, which watches deliver. The marker is cleared away later
// (purgedeletes.go). It reads before it writes, to tell a key that is not there
// ([pasarela.ErrNotFound]) from one with another revision ([pasarela.ErrConflict]): the
// server refuses both alike.
func (b *bucket) Delete(ctx context.Context, name string, expected uint64) error {
	current, err := b.Get(ctx, name)
	if err != nil {
		return err
	}
	if current.Revision != expected {
		return pasarela.ErrConflict
	}
	message := &nats.Msg{Subject: subjectRoot + swap(name), Header: nats.Header{}}
	message.Header.Set(nats.MsgIdHdr, pasarela.NewUUID())
	message.Header.Set(operationHeader, operationDelete)
	revision, err := retry(ctx, b, request[uint64]{what: "remove " + name, try: func(ctx context.Context) (uint64, error) {
		return b.publish(ctx, message, expected)
	}})
	if err == nil && b.wrote != nil {
		b.wrote(written{name, revision, nil})
	}
	return err
}

// revisionOf is the revision of a write that is the last of its subject, else 0. A server that has
// just become the leader may not know the id of an earlier attempt, and refuse the next one
// because of it.
func (b *bucket) revisionOf(ctx context.Context, message *nats.Msg) uint64 {
	found, err := b.stream.GetLastMsgForSubject(ctx, message.Subject)
	if err != nil || found.Header.Get(nats.MsgIdHdr) != message.Header.Get(nats.MsgIdHdr) {
		return 0
	}
	return found.Sequence
}

func orEmpty(value []byte) []byte {
	if value == nil {
		return []byte{}
	}
	return value
}

// publish sends a write that holds only if its subject's last revision is
// expected. The id in its header makes it one write however often it is sent: the
// server looks at ids first, and returns the revision of the first.
func (b *bucket) publish(ctx context.Context, message *nats.Msg, expected uint64) (uint64, error) {
	sent := &nats.Msg{Subject: message.Subject, Data: message.Data, Header: nats.Header{}}
	for name, values := range message.Header {
		sent.Header[name] = values
	}
	ack, err := b.js.PublishMsg(ctx, sent, jetstream.WithExpectLastSequencePerSubject(expected))
	revision := uint64(0)
	switch err = bucketError(err); {
	case err == nil:
		revision = ack.Sequence
	case b.replicated && errors.Is(err, pasarela.ErrConflict):
		revision = b.revisionOf(ctx, message)
	}
	if revision == 0 {
		return 0, err
	}
	if expected != 0 {
		b.old.replaced(swap(strings.TrimPrefix(message.Subject, subjectRoot)), revision)
	}
	return revision, nil
}

// List sorts by key: neither way of reading returns that order. An embedded store has one
// server, whose watch sees every write; of a cluster each value is read from the leader,
// [listReaders] at a time, so a list of n keys is n+1 requests. Keys that are removed
// meanwhile are left out.
func (b *bucket) List(ctx context.Context, prefix string) ([]pasarela.Entry, error) {
	list := b.listWatched
	if b.replicated {
		list = b.listLeader
	}
	found, err := list(ctx, prefix)
	sort.Slice(found, func(i, j int) bool { return found[i].Key < found[j].Key })
	return found, err
}

// listWatched lists by a watch, which the one server there is serves from what
// it holds.
func (b *bucket) listWatched(ctx context.Context, prefix string) (found []pasarela.Entry, err error) {
	watching, enough := context.WithCancel(ctx)
	defer enough()
	complete := false
	err = b.watch(watching, prefix, func(entry pasarela.Entry) {
		if entry.Key == "" {
			complete = true
			enough()
			return
		}
		found = append(found, entry)
	}, jetstream.IgnoreDeletes())
	switch {
	case err != nil:
		return nil, unavailable("list "+prefix, err)
	case !complete:
		return nil, fmt.Errorf("list %s: %w", prefix, ctx.Err())
	}
	return found, nil
}

// listLeader asks the stream's leader for the keys and for the value of each: a watch may
// be served by a replica that does not have the newest writes yet.
func (b *bucket) listLeader(ctx context.Context, prefix string) ([]pasarela.Entry, error) {
	keys, err := retry(ctx, b, request[[]string]{what: "list " + prefix, try: func(ctx context.Context) (keys []string, err error) {
		info, err := b.stream.Info(ctx, jetstream.WithSubjectFilter(subjectRoot+filter(prefix)))
		if err != nil {
			return nil, err
		}
		for subject := range info.State.Subjects {
			if name := swap(strings.TrimPrefix(subject, subjectRoot)); strings.HasPrefix(name, prefix) {
				keys = append(keys, name)
			}
		}
		return keys, nil
	}})
	if err != nil {
		return nil, err
	}
	return b.getAll(ctx, keys)
}

// getAll reads many keys; those that are removed are left out.
func (b *bucket) getAll(ctx context.Context, keys []string) ([]pasarela.Entry, error) {
	var mu sync.Mutex
	var found []pasarela.Entry
	var failed error
	var readers sync.WaitGroup
	next := make(chan string)
	for range min(listReaders, len(keys)) {
		readers.Go(func() {
			for name := range next {
				entry, err := b.Get(ctx, name)
				mu.Lock()
				switch {
				case err == nil:
					found = append(found, entry)
				case !errors.Is(err, pasarela.ErrNotFound) && failed == nil:
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	for _, name := range keys {
		next <- name
	}
	close(next)
	readers.Wait()
	if failed != nil {
		return nil, failed
	}
	return found, nil
}

// touch writes the present time at name, whatever is there.
func (b *bucket) touch(ctx context.Context, name string) error {
	revision, err := retry(ctx, b, request[uint64]{what: "write " + name, try: func(ctx context.Context) (uint64, error) {
		return b.kv.Put(ctx, swap(name), []byte(time.Now().UTC().Format(time.RFC3339)))
	}})
	if err == nil {
		b.old.replaced(name, revision)
	}
	return err
}

// entryOf copies the value, since nats.go uses its buffer again.
func entryOf(found jetstream.KeyValueEntry) pasarela.Entry {
	return pasarela.Entry{
		Key:      swap(found.Key()),
		Value:    bytes.Clone(found.Value()),
		Revision: found.Revision(),
		Deleted:  found.Operation() != jetstream.KeyValuePut,
	}
}

// swap exchanges '/' and '.'; it is its own inverse. A key's '/' becomes '.', which separates
// the tokens of NATS's subjects, so that a prefix of keys is a subject to filter by.
func swap(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '/':
			return '.'
		case '.':
			return '/'
		}
		return r
	}, name)
}

// filter is the narrowest subject that covers all keys under prefix.
func filter(prefix string) string {
	last := strings.LastIndexByte(prefix, '/')
	if last < 0 {
		return ">"
	}
	return swap(prefix[:last]) + ".>"
}
