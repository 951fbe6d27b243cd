// Package state stores pasarela's data and lets its nodes call each other: a
// [pasarela.Bucket] and a [pasarela.Bus] on NATS JetStream, either embedded in the
// process without any open port, or on a cluster that several nodes share. The embedded
// store syncs every write before it acknowledges it.
package state

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pasarela-ws/pasarela"
)

// MaxValue bounds one value of a bucket, in bytes. Documents are compressed, so
// an API of tens of thousands of routes stays far below.
const MaxValue = 32 << 20

const (
	bucketName   = "pasarela"
	streamName   = "KV_" + bucketName
	startedKey   = "node/" // + the node's name: when it last opened the store
	probeTimeout = 10 * time.Second
)

// Options say where state lies. Exactly one of Dir and URL is given.
type Options struct {
	Dir  string // directory of the embedded store; made with mode 0700
	URL  string // of a NATS cluster with JetStream: nats://user:pass@host:4222,...
	Node string // this node's name, unique among the nodes that share a cluster
	// Home is this node's own directory beside a cluster. It is locked and contains the
	// node's instance id, by which a node that starts proves that it is the one that
	// ended; without it a start after a crash waits until the lease on the name has
	// expired.
	Home string
	// ConnectTimeout is how long to wait for a cluster that does not answer or has no leader;
	// zero: a minute.
	ConnectTimeout time.Duration
	Log            *slog.Logger
}

// Store holds the bucket and the bus of one node open.
type Store struct {
	bucket *bucket
	bus    *bus
	conn   *nats.Conn
	// Of an embedded store its directory and its run; of a cluster's the stream of journals.
	dir      string
	run      pasarela.Run
	journals jetstream.Stream
	home     string       // see Options.Home
	local    *fileJournal // see LocalJournal
	queue    workQueue
	leases   *leases               // nil for an embedded store, whose lock keeps others out
	leave    func(context.Context) // notes how far the store has come; nothing for a cluster
	stop     func()                // of the embedded server and its lock; nothing for a cluster
	log      *slog.Logger

	work   sync.WaitGroup
	cancel context.CancelFunc // ends work
}

// Open opens the store and returns when it takes writes. Recovering a large
// store takes a while; ctx bounds it. Errors say what is wrong with which
// directory or cluster, and what to do.
func Open(ctx context.Context, options Options) (*Store, error) {
	if options.Node == "" {
		return nil, errors.New("state: the node has no name")
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	open := openEmbedded
	switch {
	case options.URL != "" && options.Dir != "":
		return nil, errors.New("state: both a data directory and a NATS URL are given; a node has one store")
	case options.URL != "":
		open = openCluster
	case options.Dir == "":
		return nil, errors.New("state: neither a data directory nor a NATS URL is given")
	}
	store, err := open(ctx, options)
	if err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(context.Background())
	store.cancel = cancel
	store.work.Go(func() { store.runPurgeVersions(running) })
	store.work.Go(func() { store.runPurgeDeletes(running) })
	return store, nil
}

// Bucket is the store's key-value store. Keys are checked by package key; values have at
// most [MaxValue] bytes.
func (s *Store) Bucket() pasarela.Bucket { return s.bucket }

// Bus is this node's end of the bus. An embedded store has one too, on which only this
// node answers.
func (s *Store) Bus() pasarela.Bus { return s.bus }

// Check says whether the store takes writes now, by making one, within [probeTimeout]. GET
// /readyz asks it of an embedded store; of a cluster it asks [Store.Up], which makes no
// request. That another node has this node's name is an error before any write.
func (s *Store) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if s.leases != nil {
		if err := s.leases.check(); err != nil {
			return err
		}
	}
	return s.bucket.touch(ctx, startedKey+pasarela.EscapeKey(s.bus.node))
}

// Nodes are the names of the other nodes that are known to live, in no order: their leases
// were renewed within the last 10 s, by this node's clock. None for an embedded store.
func (s *Store) Nodes() []string {
	if s.leases == nil {
		return nil
	}
	return s.leases.live()
}

// Close ends watches and requests, gives the lease back within [probeTimeout], and closes
// the store. Everything acknowledged is on disk already.
func (s *Store) Close() {
	s.cancel()
	s.work.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	s.leave(ctx)
	s.conn.Close()
	s.stop()
}

// newStore puts bucket and bus over an open connection and proves that the
// bucket takes a write.
func newStore(ctx context.Context, conn *nats.Conn, copies int, health *health, options Options) (*Store, error) {
	opened, err := openBucket(ctx, conn, copies)
	if errors.Is(err, nats.ErrNoResponders) {
		err = fmt.Errorf("JetStream not enabled, or not ready yet: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open bucket %q: %w", bucketName, err)
	}
	opened.health = health
	bus, err := newBus(conn, options.Node)
	if err != nil {
		return nil, fmt.Errorf("join the bus: %w", err)
	}
	store := &Store{
		bucket: opened, bus: bus, conn: conn, queue: workQueue{js: opened.js, copies: max(copies, 1)}, dir: options.Dir, run: pasarela.Run{Node: options.Node, ID: pasarela.NewUUID()},
		leave: func(context.Context) {}, stop: func() {}, log: options.Log, cancel: func() {},
	}
	if err := store.Check(ctx); err != nil {
		return nil, fmt.Errorf("the store takes no write: %w", err)
	}
	return store, nil
}

// openBucket makes the bucket if there is none, and makes sure that only the leader of a
// replicated one serves reads.
func openBucket(ctx context.Context, conn *nats.Conn, copies int) (*bucket, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	if _, err := js.KeyValue(ctx, bucketName); errors.Is(err, jetstream.ErrBucketNotFound) {
		_, err = js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: bucketName, Storage: jetstream.FileStorage, Replicas: copies})
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	stream, err := js.Stream(ctx, streamName)
	if err != nil {
		return nil, err
	}
	config := stream.CachedInfo().Config
	config.Replicas = max(copies, 1)
	config.AllowDirect = copies <= 1
	config.MaxMsgsPerSubject = maxVersions
	if now := stream.CachedInfo().Config; now.Replicas != config.Replicas || now.AllowDirect != config.AllowDirect || now.MaxMsgsPerSubject != config.MaxMsgsPerSubject {
		if stream, err = js.UpdateStream(ctx, config); err != nil {
			return nil, err
		}
	}
	kv, err := js.KeyValue(ctx, bucketName) // it must know how reads are answered
	if err != nil {
		return nil, err
	}
	return &bucket{js: js, stream: stream, kv: kv, replicated: copies > 1}, nil
}
