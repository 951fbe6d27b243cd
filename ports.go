package pasarela

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Entry is one value of a [Bucket] and the revision that wrote it.
type Entry struct {
	Key      string
	Value    []byte
	Revision uint64
	Deleted  bool
}

// Bucket is a key-value store with a revision for each write (a compare-and-set needs the
// revision that was read). The name is NATS's for a key-value store in JetStream, which
// package internal/state implements it on. Keys are made of letters, digits and -_.=/ ; use
// [EscapeKey] for anything a user chose. A write is acknowledged only when it is
// on disk. Implementations are safe for concurrent use.
type Bucket interface {
	// Get returns the entry at key, or [ErrNotFound]. It sees every write that was
	// acknowledged before it began, on whatever node.
	Get(ctx context.Context, key string) (Entry, error)
	// Put writes value if the key's revision is still expected (0: the key must
	// not exist), and returns the new revision, or [ErrConflict].
	Put(ctx context.Context, key string, value []byte, expected uint64) (uint64, error)
	// Delete removes the key if its revision is still expected, or returns
	// [ErrConflict]. A key that is not there is [ErrNotFound].
	Delete(ctx context.Context, key string, expected uint64) error
	// List returns all entries whose key starts with prefix, sorted by key. Like
	// Get it sees every write that was acknowledged before it began.
	List(ctx context.Context, prefix string) ([]Entry, error)
	// Watch calls each for every entry under prefix as it is now, then once with a
	// zero Entry (every key that exists has been delivered), then for every change
	// (Deleted for removals) in the order of revisions, one call at a time, until
	// ctx ends. It returns nil when ctx ends, else the error that ended it.
	Watch(ctx context.Context, prefix string, each func(Entry)) error
}

// Errors of a Bucket and a Bus that callers distinguish. ErrNotFound and ErrConflict
// prove that a write wrote nothing. ErrUnavailable proves nothing: the write may
// have been made, or may still be, so nothing may be undone because of it.
var (
	ErrNotFound    = errors.New("pasarela: key not found")
	ErrConflict    = errors.New("pasarela: revision is not the expected one")
	ErrNodeGone    = errors.New("pasarela: the node is gone")
	ErrUnavailable = errors.New("pasarela: no answer for now")
)

// Bus is a message bus between nodes: it carries a request to one node and brings the
// answer back (NATS request-reply in internal/state).
type Bus interface {
	// Request calls node's handler of that subject; ctx bounds the wait, and
	// the handler is never started after its deadline. [ErrNodeGone] when the
	// node is known to have ended, [ErrUnavailable] when it only does not
	// answer.
	Request(ctx context.Context, node, subject string, data []byte) ([]byte, error)
	// Handle serves requests to this node until stop is called; handle runs
	// concurrently, at most limit calls at a time.
	Handle(subject string, limit int, handle func(ctx context.Context, data []byte) []byte) (stop func(), err error)
}

// ErrFull says that a [WorkQueue] is full for now.
var ErrFull = errors.New("pasarela: the queue is full")

// WorkQueue keeps tasks on disk until they are done. The tasks of a partition run one at a
// time and in order, however many nodes work on it. Partitions are named
// "api.stage.number", the stage escaped with [EscapeKey]. Implementations are safe for
// concurrent use.
type WorkQueue interface {
	// Add puts a task at the end of a partition; when it returns nil the task is on disk.
	// The same id within two minutes is the same task. [ErrFull]: nothing was added.
	Add(ctx context.Context, partition, id string, task []byte) error
	// Work runs the tasks of a partition until ctx ends. Tasks that run has not ended by
	// then, and those of a node that dies, are run again, by any node that works on the
	// partition.
	Work(ctx context.Context, partition string, run func(ctx context.Context, task []byte) TaskEnd)
	// Partitions counts the tasks of all partitions that have any.
	Partitions(ctx context.Context) (map[string]uint64, error)
	// DeadLetters are the tasks that were given up, of partitions that begin with
	// "api.stage.", oldest first, those after a number, at most limit.
	DeadLetters(ctx context.Context, prefix string, after uint64, limit int) ([]DeadLetter, error)
	// DeadLetter returns the dead letter of that number, or [ErrNotFound].
	DeadLetter(ctx context.Context, number uint64) (DeadLetter, error)
	// Discard removes the dead letter of that number, or returns [ErrNotFound].
	Discard(ctx context.Context, number uint64) error
}

// TaskEnd is how a task ended. The zero value: not yet.
type TaskEnd struct {
	Done bool
	Dead string // why it is given up; it becomes a dead letter
}

// DeadLetter is a task that was given up.
type DeadLetter struct {
	Number    uint64
	Partition string
	Time      time.Time // when it was given up
	Reason    string
	Task      []byte
}

// Run is one run of the program as a node: a node that starts again is another run.
type Run struct {
	Node string // the node's name
	ID   string // random, new at every start
}

// Journal keeps what a run notes of its connections, for the run that continues after
// it: batches of bytes, in the order in which its one writer appended them. It is
// used by one goroutine at a time.
type Journal interface {
	// Append adds a batch. When it returns nil the batch survives the end of the process
	// (in a cluster: the loss of any one server; only a power failure may lose the last
	// second of a file). [ErrConflict] says that another run has taken the journal over and
	// nothing was added. After any other error the same batch may be appended again, and is
	// there once.
	Append(ctx context.Context, batch []byte) error
	// Rewrite replaces everything by these batches. Until it returns, all of the old
	// batches are there, and perhaps some of the new.
	Rewrite(ctx context.Context, batches iter.Seq[[]byte]) error
	// Read calls each for everything that is there, in pieces that begin where a batch
	// begins. The bytes are as the disk gives them: torn or damaged ones too.
	Read(ctx context.Context, each func(data []byte)) error
	// Remove removes the journal.
	Remove(ctx context.Context) error
	// Close ends the use of the journal and leaves it where it is.
	Close() error
}
