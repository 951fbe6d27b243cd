package node

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/dataplane/usage"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/node/minutecounts"
)

// drainSpread is the time over which the sockets of a node that stops are
// closed, so that their clients do not all come back at once.
const drainSpread = 3 * time.Second

// openDataPlane starts to serve what is deployed. The Watcher reports changes
// to the gateway, which looks stages up in the Watcher's directory.
func (n *Node) openDataPlane(ctx, running context.Context) (err error) {
	egress := n.options.egress()
	if own, ok := n.listener.base.Addr().(*net.TCPAddr); ok {
		egress.Own = append(egress.Own, own.AddrPort())
	}
	client, err := backend.NewClient(backend.Options{
		Egress: egress, MaxConns: n.options.BackendConnections, MaxWaiting: n.options.BackendWaiting,
	})
	if err != nil {
		return err
	}
	n.backends = client
	n.onStop("calls to backends", func(context.Context) error { client.Close(); return nil })
	n.logs = newStageLogs(n.options.DataDir+"/logs", n.feed, n.options.Log)
	n.onStop("the logs", func(context.Context) error { n.logs.close(); return nil })
	if err := n.openFunctions(ctx); err != nil {
		return err
	}
	observer := new(stageObserver)
	watcher, err := n.newWatcher(client, observer)
	if err != nil {
		return err
	}
	n.watcher = watcher
	n.onStop("the deployed stages", func(context.Context) error { watcher.Stop(); return nil })
	n.usage = usage.NewWriter(watcher.Plans, n.store.Bucket(), n.options.Log)
	n.onStop("the counts of API keys", func(context.Context) error { n.usage.Stop(); return nil })
	if n.gateway, err = n.newGateway(ctx); err != nil {
		return err
	}
	observer.gateway.set(n.gateway)
	n.minuteCounts = newMinuteCounts(n.gateway, watcher.Directory)
	observer.minuteCounts.set(n.minuteCounts)
	n.onStop("the connections", n.stopGateway)
	select {
	case <-watcher.Ready():
		n.work.Go(func() { n.recoverLost(running) })
		return nil
	case <-ctx.Done():
		return fmt.Errorf("compiling what is deployed: %w", ctx.Err())
	}
}

// newWatcher makes what compiles deployed stages. Integrations and authorizers get from it
// what they need of the node: a client, roles, credentials.
func (n *Node) newWatcher(client *backend.Client, f *stageObserver) (*stage.Watcher, error) {
	endpoint, err := url.Parse(n.endpoint)
	if err != nil {
		return nil, err
	}
	endpoints := serviceEndpoints(os.Environ())
	maps.Copy(endpoints, n.options.ServiceEndpoints)
	services := &integration.Services{
		RegionAccount: n.regionAccount, Client: client, Roles: n.identity.ServiceRoles,
		Endpoints: endpoints, Credentials: serviceCredentials(os.Getenv), LendCredentials: n.options.NodeCredentialsForIntegrations,
		CallerAllows: func(who pasarela.Principal, action, resource string) error {
			return n.identity.Authorize(context.Background(), who, action, resource, pasarela.RequestContext{})
		},
	}
	if n.functions != nil {
		services.Functions = integrationFunctions{n.functions}
	}
	return stage.NewWatcher(stage.Options{
		Bucket: n.store.Bucket(), RegionAccount: n.regionAccount,
		Endpoint:     n.stageEndpoint(endpoint.Host),
		Integrations: services,
		Authorizers:  &authorizer.Services{RegionAccount: n.regionAccount, Signatures: n.guard},
		Account:      n.limits(throttle.Account()),
		AccessLogs:   n.logs.access, Log: n.options.Log, Changed: f.changed, Gone: f.gone,
	}), nil
}

// newGateway makes what holds the connections. The node's number goes into every connection
// id, so that any node finds the one that has the connection.
func (n *Node) newGateway(ctx context.Context) (*gateway.Gateway, error) {
	number, err := number(ctx, n.store.Bucket(), n.options.NodeName)
	if err != nil {
		return nil, err
	}
	names := &nodeNames{bucket: n.store.Bucket()}
	if err := n.openTraces(ctx); err != nil {
		return nil, err
	}
	var holdsLease func() bool // nil: no other node takes over a run on a data directory of its own
	if n.options.NATSURL != "" {
		holdsLease = n.store.HoldsLease
	}
	options := gateway.Options{
		TakeoverPending: n.store.TakeoverPending,
		Journal:         n.store.Journal(n.store.Run()), LocalJournal: n.store.LocalJournal(), HoldsLease: holdsLease, BeginRun: n.beginRun, NamedWhenTaken: n.namedWhenTaken, Queue: n.store.WorkQueue(),
		RegionAccount: n.regionAccount, Directory: n.watcher.Directory, Plans: n.watcher.Plans,
		Node: number, NodeName: names.of, Bus: n.store.Bus(), OtherNodes: n.store.Nodes,
		Account: n.limits(throttle.Account()), NewConnections: n.limits(throttle.Connections()),
		Endpoint: n.endpoint, Forwarded: n.options.readsForwarded(), DisconnectPatience: n.options.DisconnectPatience, Abort: n.backends.Stop,
		Sockets: socket.Options{NoTLSShrink: n.options.PlainHTTP, NoIOUring: n.options.NoIOUring},
		Strict:  n.options.Strict, MaxConnections: maxConnections(), ExecutionLog: n.logs.execution, HistorySize: historySize, Log: n.options.Log,
	}
	n.traceExecutions(&options)
	return gateway.New(options)
}

// limits is what holds where an operator has set no throttle: AWS's default for
// an account under --strict, else all that the machine can do (A-NODE-4).
func (n *Node) limits(aws throttle.Limit) throttle.Limit {
	if n.options.Strict {
		return aws
	}
	return throttle.Limit{Rate: unlimitedRate, Burst: unlimitedRate}
}

// unlimitedRate is one per nanosecond, a bucket's resolution.
const unlimitedRate = 1_000_000_000

// drainPart is how much of the time that is left may pass until connections that do
// not close by themselves, calls and $disconnects are ended; the rest is for that.
const drainPart = 0.9

// stopGateway closes the sockets within the time that is left for it.
func (n *Node) stopGateway(ctx context.Context) error {
	draining, cancel := within(ctx, drainPart)
	defer cancel()
	err := n.gateway.Drain(draining, drainSpread)
	if err := errors.Join(err, n.gateway.Close(ctx)); err != nil {
		return fmt.Errorf("connections were cut: %w", err)
	}
	return nil
}

// within is a context that ends when that part of the time until ctx's deadline is over.
func within(ctx context.Context, part float64) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(part*float64(time.Until(deadline))))
}

// stageObserver passes what the Watcher reports on to the gateway and to the history of
// metrics, which are made after it. Until then there are no connections that could follow.
type stageObserver struct {
	gateway      setOnce[gateway.Gateway]
	minuteCounts setOnce[minutecounts.Table]
}

func (o *stageObserver) changed(s *stage.Stage) {
	if g := o.gateway.get(); g != nil {
		g.StageChanged(s)
	}
	if counts, now := o.minuteCounts.get(), s.Deployed(); counts != nil && now != nil {
		counts.Deployed(s.APIID, s.Name, s, now.DeploymentID)
	}
}

func (o *stageObserver) gone(s *stage.Stage) {
	if g := o.gateway.get(); g != nil {
		g.StageGone(s)
	}
}

// setOnce is a value that is set once, after those that read it were made.
type setOnce[T any] struct {
	mu    sync.RWMutex
	value *T
}

func (s *setOnce[T]) set(value *T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = value
}

func (s *setOnce[T]) get() *T {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.value
}

// nodeNames remembers the names of nodes by number; a number keeps its name.
type nodeNames struct {
	bucket pasarela.Bucket
	known  sync.Map // uint16 -> string
}

// of returns [pasarela.ErrNodeGone] for a number that no node ever had, and any
// other error when it cannot tell.
func (n *nodeNames) of(ctx context.Context, number uint16) (string, error) {
	if name, ok := n.known.Load(number); ok {
		return name.(string), nil
	}
	name, err := nodeName(ctx, n.bucket, number)
	if errors.Is(err, pasarela.ErrNotFound) {
		return "", pasarela.ErrNodeGone
	}
	if err != nil {
		return "", err
	}
	n.known.Store(number, name)
	return name, nil
}

// serviceEndpoints reads AWS_ENDPOINT_URL_LAMBDA and the like: where AWS integrations
// find services other than AWS's own endpoints. AWS_ENDPOINT_URL itself is ignored,
// because shells that use pasarela set it to pasarela's own address.
func serviceEndpoints(environment []string) map[string]string {
	const prefix = "AWS_ENDPOINT_URL_"
	found := map[string]string{}
	for _, line := range environment {
		name, value, _ := strings.Cut(line, "=")
		if service, ok := strings.CutPrefix(name, prefix); ok && value != "" {
			found[strings.ReplaceAll(strings.ToLower(service), "_", "-")] = strings.TrimSuffix(value, "/")
		}
	}
	return found
}

func serviceCredentials(lookup func(string) string) integration.Credentials {
	return integration.Credentials{
		AccessKeyID: lookup("AWS_ACCESS_KEY_ID"), SecretAccessKey: lookup("AWS_SECRET_ACCESS_KEY"), SessionToken: lookup("AWS_SESSION_TOKEN"),
	}
}
