// Package state is where pasarela keeps things and how its nodes talk: a
// [pasarela.Bucket] and a [pasarela.Bus] on NATS JetStream, either embedded in
// the process without any open port, or a cluster of its own that several nodes
// share. Every acknowledged write of the embedded store is on disk.
package state

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	startedKey   = "node/" // + the node's name: when it last opened the store
	probeTimeout = 10 * time.Second
)

// Options say where state lies. Exactly one of Dir and URL is given.
type Options struct {
	Dir  string // directory of the embedded store; made with mode 0700
	URL  string // of a NATS cluster with JetStream: nats://user:pass@host:4222,...
	Node string // this node's name, unique among the nodes that share a cluster
	Log  *slog.Logger
}

// Store holds the bucket and the bus of one node open.
type Store struct {
	bucket *bucket
	bus    *bus
	conn   *nats.Conn
	leave  func(context.Context) // notes how far the store has come; nothing for a cluster
	stop   func()                // of the embedded server and its lock; nothing for a cluster
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
	switch {
	case options.URL != "" && options.Dir != "":
		return nil, errors.New("state: both a data directory and a NATS URL are given; a node has one store")
	case options.URL != "":
		return openCluster(ctx, options)
	case options.Dir != "":
		return openEmbedded(ctx, options)
	}
	return nil, errors.New("state: neither a data directory nor a NATS URL is given")
}

// Bucket is the store's versioned map.
func (s *Store) Bucket() pasarela.Bucket { return s.bucket }

// Bus is this node's end of the bus.
func (s *Store) Bus() pasarela.Bus { return s.bus }

// Check says whether the store takes writes now, by making one.
func (s *Store) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return s.bucket.touch(ctx, startedKey+pasarela.EscapeKey(s.bus.node))
}

// Close ends watches and requests and closes the store. Everything acknowledged
// is on disk already.
func (s *Store) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
	defer cancel()
	s.leave(ctx)
	s.conn.Close()
	s.stop()
}

// newStore puts bucket and bus over an open connection and proves that the
// bucket takes a write.
func newStore(ctx context.Context, conn *nats.Conn, config jetstream.KeyValueConfig, health context.Context, options Options) (*Store, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	kv, err := js.CreateOrUpdateKeyValue(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open bucket %q: %w", config.Bucket, err)
	}
	store := &Store{
		bucket: &bucket{kv: kv, health: health}, bus: newBus(conn, options.Node), conn: conn,
		leave: func(context.Context) {}, stop: func() {},
	}
	if err := store.Check(ctx); err != nil {
		return nil, fmt.Errorf("the store takes no write: %w", err)
	}
	return store, nil
}
