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
	"github.com/pasarela-ws/pasarela/internal/traceparent"
	"github.com/pasarela-ws/pasarela/internal/workerpool"
)

// Options of a [Gateway]. Directory, RegionAccount and Integrations must be given.
type Options struct {
	RegionAccount pasarela.RegionAccount
	Directory     *stage.Directory
	// Plans checks API keys; nil refuses routes that need one.
	Plans *usage.Plans
	// Node numbers this node among those that share the state; NodeName is what
	// the bus calls the node of a number. Bus nil: there is only this node.
	Node     uint16
	NodeName func(ctx context.Context, node uint16) (string, error)
	Bus      pasarela.Bus
	// OtherNodes are the names of the nodes that live, without this one; nil: there is
	// only this node.
	OtherNodes func() []string
	// Undecided says whether runs of a node that have ended, or of any node where that is
	// empty, have not been taken over yet: whether their connections are open is not known then; nil:
	// it is always known.
	TakeoverPending func(ctx context.Context, node string) (bool, error)
	// Journal is where this run notes what it holds, for the next; nil: nowhere.
	Journal pasarela.Journal
	// LocalJournal is a copy of it on this machine: the next run of the node reads it when
	// the store did not take Journal's batches. Nil: there is none.
	LocalJournal pasarela.Journal
	// Queue is where calls of stages wait that have asynchronous routes; nil: there are
	// none, and such stages answer 503.
	Queue pasarela.WorkQueue
	// Sure says whether no other node can have taken this run over; nil: it never can.
	HoldsLease func() bool
	// BeginAnew begins another run after this one was taken over, and returns its
	// journal. It is needed where Sure is.
	BeginAnew func(ctx context.Context) (pasarela.Journal, error)
	// Endpoint is how clients reach the node, http(s)://host[:port], for
	// X-Forwarded-Proto and -Port. Empty: as the connection shows.
	Endpoint string
	// Forwarded says that X-Forwarded-Proto and -Port of a request are true where they
	// are there: those of clients that are no trusted proxy have been removed. They win over Endpoint.
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
	// ExecutionLog opens where a stage's execution log is written; nil: nowhere.
	ExecutionLog func(apiID, stage string) stage.Lines
	// Trace takes every execution that is over, with the W3C contexts of it and of
	// its parent; it must not keep the record. Nil: executions begin no traces of
	// their own and only pass on those of clients.
	Trace func(r *execution.Record, traceparent, parent string, ended time.Time)
	// Sample decides whether a trace that an execution begins is recorded; nil: always.
	// A client's own trace says so itself.
	Sample func() bool
	// HistorySize bounds the memory for Explain in bytes; zero: 8 MiB.
	HistorySize int
	// DisconnectPatience is how long a $disconnect is tried that the backend does not
	// take; zero: 2 minutes (A-GATEWAY-31).
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
	stages   sync.Map // *stage.Stage -> *slot

	nodes                atomic.Int64 // among which caps are divided that have no share yet
	account              *throttle.Bucket
	connections          *throttle.Bucket
	misdirected          *throttle.Bucket // bounds the log lines about calls for another API's connection
	unserved             *throttle.Bucket // bounds those about URLs that lead nowhere
	unauthenticatedCalls *throttle.Bucket // bounds notes of calls without a verified signature
	open                 atomic.Int64     // connections, those still at $connect included
	draining             atomic.Bool      // handshakes are refused
	refusing             atomic.Bool      // and those under way come too late
	handshakes           inFlight         // those that were let in before the draining
	refused              [refusals]atomic.Int64
	causes               language.Counts // of failed executions and refusals

	exchanges              sync.Pool
	logs                   sync.Map // *stage.Stage -> stage.Lines
	disconnects            *disconnects
	journal                *journal.Writer // nil: none
	local                  *journal.Writer // a copy without messages; nil: none
	takenOverConns         takenOverConns
	undeliveredDisconnects undelivered // $disconnects
	undeliveredMessages    undelivered // messages to clients
	sessions               sessions
	away                   atomic.Int64 // resumable connections whose client may come back
	resumed                atomic.Int64
	mailboxes              atomic.Int64 // bytes in mailboxes
	outcomes               outcomes
	asyncWork              asyncWorkers
	queued                 atomic.Int64 // calls that were put into the queue
	deadLetters            atomic.Int64 // calls that were given up
	asyncDepth             atomic.Int64 // calls in the queue of all nodes, at the last look
	acks                   acks
	began                  time.Time
	incoming               incomingConns
	forwards               forwardingTable
	movedIn                atomic.Int64  // connections that came from other nodes
	recovering             atomic.Int32  // recoveries under way
	resolveNow             chan struct{} // wakes runMoveResolver
	stopResolver           context.CancelFunc
	noTakeover             struct { // see takeoverPending
		mu    sync.Mutex
		at    time.Time
		nodes []string
	}
	background sync.WaitGroup
	stopBus    func()
}

const (
	defaultMaxConnections = 1_000_000
	defaultHistory        = 8 << 20
	defaultMailboxes      = 256 << 20
	disconnectsAtOnce     = 1024 // half of them for one stage
	disconnectPatience    = 2 * time.Minute
	busCallsAtOnce        = 1024
)

// clientCausedLines bounds log lines that clients can bring about as often as they like.
var clientCausedLines = throttle.Limit{Rate: 1, Burst: 10}

// New makes a gateway that takes connections at once. Close must be called.
func New(o Options) (*Gateway, error) {
	if o.Directory == nil {
		return nil, errors.New("gateway: Options.Directory is missing")
	}
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
	g := &Gateway{
		options: o, endpoint: parseEndpoint(o.Endpoint), ids: execution.NewIDs(o.Node), history: execution.NewHistory(o.HistorySize), table: newTable(), causes: language.NewCounts(),
		account: throttle.NewBucket(o.Account), connections: throttle.NewBucket(o.NewConnections),
		misdirected: throttle.NewBucket(clientCausedLines), unserved: throttle.NewBucket(clientCausedLines), unauthenticatedCalls: throttle.NewBucket(unauthenticatedLimit),
		undeliveredDisconnects: undelivered{log: o.Log, what: "$disconnects were not delivered: the backend did not take them"},
		undeliveredMessages:    undelivered{log: o.Log, what: "messages were accepted for clients and not sent before their connections ended"},
	}
	g.began, g.resolveNow = o.Now(), make(chan struct{}, 1)
	g.disconnects = &disconnects{
		attempt: g.runDisconnect, lost: &g.undeliveredDisconnects, patience: o.DisconnectPatience, most: max(o.MaxConnections, disconnectsAtOnce),
		slots: fairshare.Pool[*disconnection]{Limit: disconnectsAtOnce}, paused: map[*disconnection]*time.Timer{},
		all: map[*disconnection]struct{}{}, settled: g.settled, keeps: o.Journal != nil,
		mayRun: g.mayDisconnect, takenOverConns: &g.takenOverConns,
	}
	g.disconnects.workers = workerpool.New(g.disconnects.work)
	g.exchanges.New = func() any { return &exchange{} }
	o.Sockets.Handler = (*events)(g)
	var err error
	if g.pool, err = socket.NewPool(o.Sockets); err != nil {
		return nil, err
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
	g.startAsync()
	return g, nil
}

// Strict says whether the gateway leaves out what AWS does not have.
func (g *Gateway) Strict() bool { return g.options.Strict }

// Ready says whether handshakes are taken.
func (g *Gateway) Ready() bool { return !g.draining.Load() }

// exchange is the state of one event, used again for the next.
type exchange struct {
	integration.Exchange
	record execution.Record
	row    []byte
}

func (g *Gateway) acquire(now time.Time) *exchange {
	x := g.exchanges.Get().(*exchange)
	x.Begin()
	x.record.Begin(now)
	x.Record = &x.record
	x.Event.RequestTimeEpoch = now.UnixMilli()
	x.Event.RequestID = g.ids.Request(now)
	x.record.RequestID = x.Event.RequestID
	if g.options.Trace != nil {
		x.Traceparent = traceparent.New(g.options.Sample == nil || g.options.Sample())
	}
	return x
}

func (g *Gateway) release(x *exchange) { g.exchanges.Put(x) }
