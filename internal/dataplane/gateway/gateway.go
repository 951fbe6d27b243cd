package gateway

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/execution"
	"github.com/pasarela-ws/pasarela/internal/dataplane/fairshare"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/journal"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/dataplane/usage"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/logsum"
	"github.com/pasarela-ws/pasarela/internal/traceparent"
	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

// Options of a [Gateway]. Directory and RegionAccount must be given.
type Options struct {
	RegionAccount pasarela.RegionAccount
	Directory     *stage.Directory
	// Plans checks API keys; nil refuses routes that need one.
	Plans *usage.Plans
	// Node is this node's number among those that share the store; NodeName is the name
	// on the bus of the node with a number. Without a Bus there is only this node.
	Node     uint16
	NodeName func(ctx context.Context, node uint16) (string, error)
	Bus      pasarela.Bus
	// OtherNodes are the names of the other nodes that live; nil: there is only this
	// node.
	OtherNodes func() []string
	// TakeoverPending says whether an ended run of a node, or of any node if node is
	// empty, has not been taken over yet: until then it is not known whether its
	// connections are open. nil: there are no takeovers.
	TakeoverPending func(ctx context.Context, node string) (bool, error)
	// Journal is where this run notes the connections that it holds, for the next run;
	// nil: nowhere.
	Journal pasarela.Journal
	// LocalJournal is a copy of Journal on this machine. The next run of the node reads
	// it for batches that the store did not take. nil: there is none.
	LocalJournal pasarela.Journal
	// Queue holds the calls of stages with asynchronous routes; nil: there is no queue,
	// and such stages respond with 503.
	Queue pasarela.WorkQueue
	// HoldsLease says whether no other node can have taken this run over; nil: none ever
	// can.
	HoldsLease func() bool
	// BeginRun begins another run after this one was taken over, and returns its
	// journal. Required with HoldsLease.
	BeginRun func(ctx context.Context) (pasarela.Journal, error)
	// NamedWhenTaken returns the connections that the journal of this run named when
	// another run took it over; done is false while that run is not through with it. nil:
	// it is not known.
	NamedWhenTaken func(ctx context.Context) (named map[string]bool, done bool, err error)
	// Endpoint is how clients reach the node, http(s)://host[:port], for
	// X-Forwarded-Proto and -Port. Empty: these are taken from the connection.
	Endpoint string
	// Forwarded says that X-Forwarded-Proto and -Port of a request may be trusted, since
	// those of clients that are no trusted proxy have been removed. They take precedence
	// over Endpoint.
	Forwarded bool
	// Strict responds to posts to a connection whose $connect is still running with
	// 410, as AWS does, instead of holding them.
	Strict bool
	// MaxConnections bounds the connections of this node: more are answered 503.
	// Zero: 1,000,000.
	MaxConnections int
	// MailboxBytes bounds what waits on this node for resumable connections, in bytes:
	// more is answered 429. Zero: 256 MiB.
	MailboxBytes int64
	// Account and NewConnections are the account's throttles; zero means AWS's.
	Account        throttle.Limit
	NewConnections throttle.Limit
	// ExecutionLog opens a stage's execution log; nil: there are none.
	ExecutionLog func(apiID, stage string) stage.Lines
	// Trace is called with every execution that has ended and whose trace is recorded, and
	// the W3C contexts of it and of its parent; it must not keep the record. nil: executions
	// begin no traces of their own, and only pass on those of clients.
	Trace func(r *execution.Record, traceparent, parent string, ended time.Time)
	// Sample decides whether a trace that an execution begins is recorded; nil: always.
	// A client's own trace says so itself.
	Sample func() bool
	// HistorySize bounds the memory for Explain in bytes; zero: 8 MiB.
	HistorySize int
	// DisconnectPatience is how long a $disconnect is retried that the backend does not
	// accept; zero: 2 minutes (A-GATEWAY-31).
	DisconnectPatience time.Duration
	// Abort ends the calls to backends that are under way; Close calls it. Nil: Close
	// waits for them.
	Abort func()
	// Sockets are options of the socket pool; Handler is the gateway's own.
	Sockets socket.Options
	Log     *slog.Logger
	Now     func() time.Time // nil: time.Now
}

// Gateway serves the clients of one node. It is safe for concurrent use.
type Gateway struct {
	options  Options
	endpoint publicEndpoint
	ids      *execution.IDs
	history  *execution.History
	pool     *socket.Pool
	table    *table
	stages   sync.Map // *stage.Stage -> *stageConns

	nodes                atomic.Int64 // for the equal parts of caps that have no share yet
	account              *throttle.Bucket
	newConnectionRate    *throttle.Bucket
	unserved             *throttle.Bucket // bounds log lines about URLs that no stage serves
	unauthenticatedCalls *throttle.Bucket // bounds history entries of calls without a verified signature
	openCount            atomic.Int64     // connections, those still at $connect included
	draining             atomic.Bool      // handshakes are refused
	refusing             atomic.Bool      // handshakes under way are refused too
	handshakes           inFlight         // those that began before draining
	refused              [refusals]atomic.Int64
	causes               language.Counts // of failed executions and refusals

	eventRuns              sync.Pool
	logs                   sync.Map // *stage.Stage -> stage.Lines
	disconnects            *disconnects
	journal                *journal.Writer // nil: none
	local                  *journal.Writer // a copy without messages; nil: none
	takenOverConns         takenOverConns
	owing                  sync.RWMutex // see noteOpened
	undeliveredDisconnects undelivered  // $disconnects
	undeliveredMessages    undelivered  // messages to clients
	sessions               sessions
	away                   atomic.Int64 // resumable connections whose client may come back
	resumed                atomic.Int64
	mailboxes              atomic.Int64 // bytes in mailboxes
	outcomes               outcomes
	async                  *AsyncCalls
	acks                   acks
	runBegan               atomic.Int64 // when this run of the node began, in milliseconds since 1970
	incoming               incomingConns
	forwards               forwardingTable
	others                 otherNodes
	past                   pastConns
	movedIn                atomic.Int64 // connections that came from other nodes
	recovering             atomic.Int32 // recoveries that are running
	runs                   atomic.Int64 // of this node that were taken over
	takenOverAt            atomic.Pointer[time.Time]
	resolveNow             chan struct{} // wakes runMoveResolver
	stopResolver           context.CancelFunc
	background             sync.WaitGroup
	stopBus                func()
}

const (
	defaultMaxConnections = 1_000_000
	defaultHistory        = 8 << 20
	defaultMailboxes      = 256 << 20
	disconnectsAtOnce     = 1024 // half of them for one stage
	disconnectPatience    = 2 * time.Minute
	busCallsAtOnce        = 1024
)

// clientCausedLines bounds log lines that clients can cause as often as they like.
var clientCausedLines = throttle.Limit{Rate: 1, Burst: 10}

// setDefaults replaces members that are zero by what their comments say.
func (o *Options) setDefaults() {
	if o.MaxConnections <= 0 {
		o.MaxConnections = defaultMaxConnections
	}
	if o.HistorySize <= 0 {
		o.HistorySize = defaultHistory
	}
	if o.MailboxBytes <= 0 {
		o.MailboxBytes = defaultMailboxes
	}
	if o.Account == (throttle.Limit{}) {
		o.Account = throttle.Account()
	}
	if o.NewConnections == (throttle.Limit{}) {
		o.NewConnections = throttle.Connections()
	}
	if o.DisconnectPatience <= 0 {
		o.DisconnectPatience = disconnectPatience
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// New makes a gateway that accepts connections at once. Close must be called.
func New(o Options) (*Gateway, error) {
	if o.Directory == nil {
		return nil, errors.New("gateway: Options.Directory is missing")
	}
	o.setDefaults()
	g := &Gateway{
		options: o, endpoint: parseEndpoint(o.Endpoint), ids: execution.NewIDs(o.Node), history: execution.NewHistory(o.HistorySize), table: newTable(), causes: language.NewCounts(),
		account: throttle.NewBucket(o.Account), newConnectionRate: throttle.NewBucket(o.NewConnections),
		unserved: throttle.NewBucket(clientCausedLines), unauthenticatedCalls: throttle.NewBucket(unauthenticatedLimit),
		others:                 otherNodes{bus: o.Bus, name: o.NodeName, live: o.OtherNodes, takeovers: takeoverChecks{isPending: o.TakeoverPending, live: o.OtherNodes}},
		undeliveredDisconnects: undelivered{log: logsum.Whole(o.Log), what: "$disconnects were not delivered: the backend did not take them"},
		undeliveredMessages:    undelivered{log: logsum.Whole(o.Log), what: "messages were accepted for clients and not sent before their connections ended"},
	}
	g.async = &AsyncCalls{g: g, queue: o.Queue, wake: make(chan struct{}, 1)}
	g.resolveNow = make(chan struct{}, 1)
	g.runBegan.Store(o.Now().UnixMilli())
	g.disconnects = &disconnects{
		attempt: g.runDisconnect, lost: &g.undeliveredDisconnects, limit: o.DisconnectPatience, most: max(o.MaxConnections, disconnectsAtOnce),
		slots: fairshare.Pool[*disconnection]{Limit: disconnectsAtOnce}, paused: map[*disconnection]*time.Timer{},
		all: map[*disconnection]struct{}{}, noteDone: g.settled, noteEnded: g.noteEnded, journaled: o.Journal != nil,
		mayRun: g.mayDisconnect, takenOverConns: &g.takenOverConns,
	}
	g.disconnects.workers = workerpool.New(g.disconnects.work)
	g.eventRuns.New = func() any { return &eventRun{} }
	o.Sockets.Handler = (*events)(g)
	var err error
	if g.pool, err = socket.NewPool(o.Sockets); err != nil {
		return nil, err
	}
	if why := g.pool.IOUring(); why != nil {
		o.Log.Info("messages for many connections are sent by one system call for each: io_uring is not used", "why", why)
	}
	g.openJournals()
	if o.Bus != nil {
		if g.stopBus, err = o.Bus.Handle(busSubject, busCallsAtOnce, g.serveBus); err != nil {
			g.pool.Close()
			return nil, errors.Join(err, g.endJournals(context.Background()))
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	g.stopResolver = stop
	if o.Bus != nil {
		g.background.Go(func() { g.runMoveResolver(ctx) })
	}
	g.async.start()
	return g, nil
}

// Strict says whether the gateway offers only what AWS has.
func (g *Gateway) Strict() bool { return g.options.Strict }

// Ready says whether handshakes are accepted: from [New] until [Gateway.Drain] or
// [Gateway.Close].
func (g *Gateway) Ready() bool { return !g.draining.Load() }

// eventRun is the state of one event; it is pooled.
type eventRun struct {
	integration.Invocation
	record  execution.Record
	scratch []byte // where frames, log lines and access-log rows are put together
}

func (g *Gateway) acquire(now time.Time) *eventRun {
	x := g.eventRuns.Get().(*eventRun)
	x.Begin()
	x.record.Begin(now)
	x.Record = &x.record
	x.Event.RequestTimeEpoch = now.UnixMilli()
	x.Event.RequestID = g.ids.Request(now)
	x.record.RequestID = x.Event.RequestID
	if g.options.Trace != nil {
		g.trace(x, traceparent.New(g.options.Sample == nil || g.options.Sample()), "")
	}
	return x
}

// trace gives an event its W3C trace context.
func (g *Gateway) trace(x *eventRun, own, parent string) {
	x.Traceparent, x.Parent = own, parent
	x.record.Spanned = g.options.Trace != nil && traceparent.Sampled(own)
}

func (g *Gateway) release(x *eventRun) { g.eventRuns.Put(x) }
