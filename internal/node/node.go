package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/awsapi/connections"
	"github.com/pasarela-ws/pasarela/internal/awsapi/extension"
	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
	"github.com/pasarela-ws/pasarela/internal/console"
	"github.com/pasarela-ws/pasarela/internal/controlplane/apis"
	"github.com/pasarela-ws/pasarela/internal/controlplane/identity"
	"github.com/pasarela-ws/pasarela/internal/controlplane/lambda"
	"github.com/pasarela-ws/pasarela/internal/controlplane/s3"
	"github.com/pasarela-ws/pasarela/internal/controlplane/ssm"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack"
	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/dataplane/functions"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/dataplane/stage"
	"github.com/pasarela-ws/pasarela/internal/dataplane/usage"
	"github.com/pasarela-ws/pasarela/internal/logsum"
	"github.com/pasarela-ws/pasarela/internal/node/local"
	"github.com/pasarela-ws/pasarela/internal/node/logfeed"
	"github.com/pasarela-ws/pasarela/internal/node/metrics"
	"github.com/pasarela-ws/pasarela/internal/node/minutecounts"
	"github.com/pasarela-ws/pasarela/internal/node/tracing"
	"github.com/pasarela-ws/pasarela/internal/proxies"
	"github.com/pasarela-ws/pasarela/internal/state"
	"github.com/pasarela-ws/pasarela/sigv4"
)

// Options of a node besides its settings.
type Options struct {
	Settings
	Log *slog.Logger
	// Version is shown by the console and in metrics.
	Version string
	// Objects returns code of functions that is in no bucket of the store, by bucket and
	// key, such as what `dev` has zipped; nil: there is none.
	Objects func(bucket, key string) (data []byte, ok bool)
	// FunctionFailed is called after each invocation of a function that failed, with its
	// error in Lambda's JSON form; it must not block. It may be nil.
	FunctionFailed func(name string, payload []byte)
	// ServiceEndpoints are where AWS integrations find services, by SDK name,
	// besides what AWS_ENDPOINT_URL_* in the environment say.
	ServiceEndpoints map[string]string
}

// Node is a node that runs.
type Node struct {
	options        Options
	regionAccount  pasarela.RegionAccount
	endpoint       string
	store          *state.Store
	identity       *identity.Service
	apis           *apis.Service
	stacks         *stack.Service
	logSums        *logsum.Handler
	listener       *listener
	issuer         *issuer // nil without --acme-domain
	credentials    Credentials
	guard          *wire.Guard
	feed           *logfeed.Feed
	logs           *stageLogs
	watcher        *stage.Watcher
	usage          *usage.Writer
	gateway        *gateway.Gateway
	backends       *backend.Client
	pages          *console.Console
	functions      *functions.Runner // nil: this node runs none
	lambda         *lambda.Service
	objects        *s3.Service
	parameters     *ssm.Service
	connectionsAPI *connections.Service
	traces         *tracing.Exporter // nil: to no collector
	minuteCounts   *minutecounts.Table
	init           *local.Init                                                // nil without --local
	nodeQueries    setOnce[func(ctx context.Context, question []byte) []byte] // replies to other nodes

	work      sync.WaitGroup // goroutines of the node's own
	cancel    context.CancelFunc
	ready     readiness
	stopSteps []stopStep // in the order of starting; run in reverse
}

// Start starts a node and returns when it serves. ctx bounds the start only;
// [Node.Stop] must be called.
func Start(ctx context.Context, options Options) (*Node, error) {
	settings, err := options.Settings.complete()
	if err != nil {
		return nil, err
	}
	options.Settings = settings
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	sums := logsum.New(options.Log.Handler())
	options.Log = slog.New(sums)
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	n := &Node{options: options, logSums: sums, cancel: cancel, feed: logfeed.New()}
	for _, step := range []func(context.Context, context.Context) error{
		n.openStore, n.openNodeQueries, n.openIdentity, n.openListener, n.openDataPlane, n.openClusterLimits, n.openControlPlane, n.serve,
	} {
		if err := step(ctx, running); err != nil {
			return nil, errors.Join(err, n.Stop(context.WithoutCancel(ctx)))
		}
	}
	return n, nil
}

// openStore opens the embedded store, or joins the cluster; after it region and account,
// which are parts of all ARNs, are known.
func (n *Node) openStore(ctx, _ context.Context) (err error) {
	s := n.options.Settings
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return fmt.Errorf("--data: %w", err)
	}
	where := state.Options{Dir: s.DataDir, Node: s.NodeName, Log: n.options.Log}
	if s.NATSURL != "" {
		where.Dir, where.Home, where.URL = "", s.DataDir, s.NATSURL
	}
	if n.store, err = state.Open(ctx, where); err != nil {
		return err
	}
	n.onStop("the store", func(context.Context) error { n.store.Close(); return nil })
	n.regionAccount, err = loadRegionAccount(ctx, n.store.Bucket(), s)
	return err
}

// openListener opens the port once the credentials file is written, so that a program
// that waits for the port finds the file. Only when the system chooses the port is it
// opened first, as the file names it.
func (n *Node) openListener(_, running context.Context) (err error) {
	withdraw := func() error { return nil }
	if address, known := n.options.fixedAddress(); known {
		if withdraw, err = n.publishCredentials(n.options.endpoint(address)); err != nil {
			return err
		}
	}
	if len(n.options.ACMEDomains) > 0 {
		n.issuer = newIssuer(running, n.options.Settings, n.store.Bucket(), n.options.Log)
	}
	if n.listener, err = listen(n.options.Settings, n.issuer, n.options.Log); err != nil {
		return errors.Join(err, withdraw())
	}
	n.onStop("the listener", func(ctx context.Context) error { n.feed.Close(); return n.listener.stop(ctx) })
	if n.endpoint = n.options.endpoint(n.listener.base.Addr()); n.endpoint != n.credentials.Endpoint {
		_, err = n.publishCredentials(n.endpoint)
	}
	return err
}

// openIdentity comes before the listener, so that no request arrives before it can be
// authenticated.
func (n *Node) openIdentity(ctx, _ context.Context) (err error) {
	n.identity, err = identity.Open(ctx, identity.Options{Bucket: n.store.Bucket(), RegionAccount: n.regionAccount, Log: n.options.Log})
	if err != nil {
		return fmt.Errorf("open identities: %w", err)
	}
	n.onStop("the identities", func(context.Context) error { n.identity.Close(); return nil })
	// Clients sign for the region that they happen to be configured with; only AWS itself
	// requires the right one.
	n.guard = &wire.Guard{
		RegionAccount: n.regionAccount, Verifier: sigv4.New(sigv4.Options{}), Keys: n.identity, Authorizer: n.identity,
		AnyRegion: !n.options.Strict, Bodies: wire.NewBodies(bodiesSize, bodiesWait),
	}
	if n.options.Local {
		n.openLocal()
	}
	return nil
}

// serve is the last step: from here on requests are answered.
func (n *Node) serve(_, running context.Context) error {
	if err := n.openConsole(); err != nil {
		return err
	}
	n.ready.check = n.check
	services := n.extensionServices()
	n.nodeQueries.set(new(extension.NodeHandler(services)))
	router := n.router(running, services)
	pages := map[string]http.Handler{
		"/":      homepage{router, n.options.Version},
		pingPath: http.HandlerFunc(ping), spingPath: http.HandlerFunc(ping), readyPath: &n.ready, readyzPath: &n.ready,
		metricsPath: fromPrivateNetwork(n.endpoint, metrics.New(metrics.Sources{
			Gateway: n.gateway, Directory: n.watcher.Directory, Backends: n.backends.Stats, LogDropped: n.logs.dropped,
			BodiesRefused: n.guard.Bodies.Refused, StoreUp: n.storeUp, Version: n.options.Version,
		})),
	}
	maps.Copy(pages, n.localPages(router.Services()))
	n.listener.serve(n.behindProxies(&rootHandler{
		pages: pages, console: n.pages, services: router, directory: n.watcher.Directory,
	}), n.behindProxies(router), n.connectionsAPI.Admits)
	if n.issuer != nil { // the authority asks this port
		n.run(running, "certificates of --acme-domain", n.issuer.run)
	}
	return nil
}

// behindProxies gives next the requests as they were before trusted proxies passed them
// on. It comes after the fast path, on whose kept connections a proxy sends requests of
// many clients.
func (n *Node) behindProxies(next http.Handler) http.Handler {
	if !n.options.readsForwarded() {
		return next
	}
	return n.options.proxies().Handler(proxies.Header(n.options.ProxyHeader), next)
}

// check says whether the node can do its work. A node of a cluster whose store does not
// respond still serves its sockets, and connects and pushes to itself: it is degraded,
// not down, since balancers must not take all nodes out of service at once (A-NODE-13).
func (n *Node) check(ctx context.Context) (degraded, failed error) {
	if n.options.NATSURL == "" {
		return nil, errors.Join(n.identity.Healthy(), n.store.Check(ctx))
	}
	up, failed := n.store.Up()
	if !up {
		degraded = errors.New("the store does not answer: sockets, connects and pushes on this node go on, changes and pushes to other nodes do not")
	}
	return errors.Join(degraded, n.identity.Healthy()), failed
}

// storeUp is [metrics.Sources.StoreUp].
func (n *Node) storeUp() bool {
	up, err := n.store.Up()
	return up && err == nil
}

// run keeps work going for as long as the node runs: work that ends earlier is started
// again after a pause, because the store may become reachable again.
func (n *Node) run(running context.Context, name string, work func(context.Context) error) {
	n.work.Go(func() {
		for running.Err() == nil {
			err := work(running)
			if running.Err() != nil {
				return
			}
			n.options.Log.Error("work ended and is started again", "work", name, "error", err, "in", restartPause)
			select {
			case <-running.Done():
			case <-time.After(restartPause):
			}
		}
	})
}

const (
	restartPause = time.Second
	historySize  = 4 << 20   // bytes of executions that "explain" remembers: some ten thousand
	bodiesSize   = 144 << 20 // bytes of large request bodies under way: two of the largest files
	bodiesWait   = 5 * time.Second
)

// Failed tells that the node cannot go on serving.
func (n *Node) Failed() <-chan error { return n.listener.served }

// Endpoint is how clients reach the node: http://127.0.0.1:4566.
func (n *Node) Endpoint() string { return n.endpoint }

// Credentials are the administrator's; without keys when all root keys are gone.
func (n *Node) Credentials() Credentials { return n.credentials }

// RegionAccount is the region and the account of the node.
func (n *Node) RegionAccount() pasarela.RegionAccount { return n.regionAccount }

// APIs is the control plane's service, for programs that hold the node.
func (n *Node) APIs() *apis.Service { return n.apis }

// Lambda is the operations on functions, for programs that hold the node.
func (n *Node) Lambda() *lambda.Service { return n.lambda }

// Stacks are CloudFormation's operations, for programs that hold the node.
func (n *Node) Stacks() *stack.Service { return n.stacks }

// Root is the account's root user, for programs that hold the node.
func (n *Node) Root() pasarela.Principal {
	return pasarela.Principal{ARN: n.identity.RootARN(), AccountID: n.regionAccount.AccountID, UserID: n.regionAccount.AccountID, Type: pasarela.PrincipalRoot}
}

// Identity is the account's identities, for programs that hold the node.
func (n *Node) Identity() *identity.Service { return n.identity }

// WaitServed waits until a stage is compiled and served: deployments travel
// through the store, and an acknowledged one may be a moment away.
func (n *Node) WaitServed(ctx context.Context, apiID, stageName string) error {
	return n.WaitDeployed(ctx, apiID, stageName, "")
}

// WaitDeployed is WaitServed for one deployment.
func (n *Node) WaitDeployed(ctx context.Context, apiID, stageName, deploymentID string) error {
	ctx, cancel := context.WithTimeout(ctx, servedTimeout)
	defer cancel()
	for {
		found, ok := n.watcher.Directory.Stage(apiID, stageName)
		if ok && found.Deployed() != nil && (deploymentID == "" || found.Deployed().DeploymentID == deploymentID) {
			return nil
		}
		select {
		case <-time.After(servedPause):
		case <-ctx.Done():
			if ok && !found.Problem().IsZero() {
				return fmt.Errorf("stage %s of API %s is not served: %s", stageName, apiID, found.Problem())
			}
			return fmt.Errorf("stage %s of API %s is not served: %w", stageName, apiID, ctx.Err())
		}
	}
}

const (
	servedTimeout = 15 * time.Second
	servedPause   = 5 * time.Millisecond
)
