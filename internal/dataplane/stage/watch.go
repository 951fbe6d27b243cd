package stage

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/authorizer"
	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/dataplane/usage"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Options of a [Watcher].
type Options struct {
	Bucket        pasarela.Bucket
	RegionAccount pasarela.RegionAccount
	Endpoint      Endpoint
	Integrations  *integration.Services // VPCLink is filled in by the Watcher
	Authorizers   *authorizer.Services  // Call and MayInvoke are filled in where they are nil
	// AccessLogs opens what an access log's destination ARN stands for.
	AccessLogs func(destinationARN string) (Lines, error)
	// Account is the limit of every route that sets none; zero means AWS's.
	Account throttle.Limit
	Log     *slog.Logger
	// Changed is called after what a stage serves was swapped, Gone after a stage
	// ceased to exist or to be deployed. Both run one at a time and must not wait.
	Changed func(*Stage)
	Gone    func(*Stage)
	// Retry is the pause before a broken watch is begun again, and the first pause before
	// a deployment that could not be read is read again; zero: a second.
	Retry time.Duration
}

// Watcher keeps the [Directory] and the usage plans in step with the store. It writes
// nothing.
type Watcher struct {
	Directory *Directory
	Plans     *usage.Plans

	options     Options
	deployments *document.Store[pasarela.Definition]
	watches     sync.WaitGroup
	cancel      context.CancelFunc
	ready       chan struct{}

	links sync.Map // VPC link id -> base URL

	mu           sync.Mutex
	waiting      int // watches that have not delivered all existing documents
	apis         map[string]*pasarela.APIDocument
	stages       map[string]map[string]*Stage
	domains      map[string]*pasarela.DomainName // by key
	unread       map[*Stage]*retriedRead
	retrySoon    chan struct{}        // holds one wake-up for retryReads
	progress     map[string]*progress // by prefix
	followed     chan struct{}        // closed and replaced when progress was made
	certificates map[string]*pasarela.ClientCertificate
}

// NewWatcher starts to watch the store. Stop must be called.
func NewWatcher(o Options) *Watcher {
	if o.Account == (throttle.Limit{}) {
		o.Account = throttle.Account()
	}
	if o.Retry <= 0 {
		o.Retry = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	k := &Watcher{
		Directory: newDirectory(o.Endpoint, o.RegionAccount), Plans: new(usage.Plans), options: o, ready: make(chan struct{}), waiting: watched,
		deployments: document.NewStore[pasarela.Definition](o.Bucket),
		apis:        map[string]*pasarela.APIDocument{}, stages: map[string]map[string]*Stage{},
		domains: map[string]*pasarela.DomainName{}, unread: map[*Stage]*retriedRead{}, retrySoon: make(chan struct{}, 1),
		progress: map[string]*progress{}, followed: make(chan struct{}), certificates: map[string]*pasarela.ClientCertificate{},
	}
	o.Integrations.VPCLink = k.vpcLink
	shareServices(o.Authorizers, o.Integrations)
	ctx, cancel := context.WithCancel(context.Background())
	k.cancel = cancel
	watch(ctx, k, pasarela.PrefixClientCertificate, func(c document.Change[pasarela.ClientCertificate]) { k.certificate(ctx, c) })
	watch(ctx, k, pasarela.PrefixVPCLink, k.link)
	watch(ctx, k, pasarela.PrefixDomainName, k.domain)
	watch(ctx, k, pasarela.PrefixKeyUsage, k.Plans.FollowUsage)
	watch(ctx, k, pasarela.PrefixAPIKey, k.Plans.FollowKey)
	watch(ctx, k, pasarela.PrefixUsagePlan, k.Plans.FollowPlan)
	watch(ctx, k, pasarela.PrefixAPI, func(c document.Change[pasarela.APIDocument]) { k.api(ctx, c) })
	k.watches.Go(func() { k.retryReads(ctx) })
	k.watches.Go(func() { k.follow(ctx, pasarela.PrefixDeployment, func() error { return k.watchDeployments(ctx) }) })
	return k
}

// Ready is closed once everything that was in the store is being served.
func (w *Watcher) Ready() <-chan struct{} { return w.ready }

// Stop ends the watches and waits for them.
func (w *Watcher) Stop() {
	w.cancel()
	w.watches.Wait()
}

// watched is how many kinds of documents must have been delivered before the Watcher is
// ready.
const watched = 7

// watch starts to follow all documents under prefix.
func watch[T any](ctx context.Context, k *Watcher, prefix string, each func(document.Change[T])) {
	store := document.NewStore[T](k.options.Bucket)
	reportSynced := sync.OnceFunc(k.synced)
	k.watches.Go(func() {
		k.follow(ctx, prefix, func() error {
			return store.Watch(ctx, prefix, func(change document.Change[T]) {
				if change.Synced() {
					for _, key := range k.absent(prefix, change.Present) {
						each(document.Change[T]{Key: key})
					}
					k.advance(prefix, change.Key, 0, false)
					reportSynced()
					return
				}
				if change.Err != nil {
					k.options.Log.ErrorContext(ctx, "cannot read what is stored; it stays as it was", "key", change.Key, "error", change.Err)
				} else {
					each(change)
				}
				k.advance(prefix, change.Key, change.Revision, change.Removed())
			})
		})
	})
}

// follow begins a watch again when it breaks off.
func (w *Watcher) follow(ctx context.Context, prefix string, begin func() error) {
	for {
		err := begin()
		if ctx.Err() != nil {
			return
		}
		w.options.Log.ErrorContext(ctx, "watching the store ended; it is started again", "prefix", prefix, "error", err)
		select {
		case <-time.After(w.options.Retry):
		case <-ctx.Done():
			return
		}
	}
}

func (w *Watcher) synced() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting--; w.waiting == 0 {
		close(w.ready)
	}
}

// watchDeployments compiles the stages whose deployment was not there before.
func (w *Watcher) watchDeployments(ctx context.Context) error {
	return w.options.Bucket.Watch(ctx, pasarela.PrefixDeployment, func(e pasarela.Entry) {
		apiID, deploymentID, ok := strings.Cut(strings.TrimPrefix(e.Key, pasarela.PrefixDeployment), "/")
		if !ok || e.Deleted {
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.again(ctx, func(doc *pasarela.APIDocument, s *pasarela.Stage) bool {
			return doc.API.APIID == apiID && s.DeploymentID == deploymentID
		})
	})
}

// again compiles the stages that match and are not up to date. k.mu is held.
func (w *Watcher) again(ctx context.Context, match func(*pasarela.APIDocument, *pasarela.Stage) bool) {
	for apiID, doc := range w.apis {
		for i := range doc.Stages {
			if source := &doc.Stages[i]; match(doc, source) {
				w.compile(ctx, doc, source, w.stages[apiID][source.StageName])
			}
		}
	}
}

// api follows an API: stages come, change and go.
func (w *Watcher) api(ctx context.Context, change document.Change[pasarela.APIDocument]) {
	apiID := strings.TrimPrefix(change.Key, pasarela.PrefixAPI)
	w.mu.Lock()
	defer w.mu.Unlock()
	doc := change.Value
	if doc == nil {
		doc = &pasarela.APIDocument{}
		delete(w.apis, apiID)
	} else {
		w.apis[apiID] = doc
	}
	known := w.stages[apiID]
	next := make(map[string]*Stage, len(doc.Stages))
	for i := range doc.Stages {
		name := doc.Stages[i].StageName
		s := known[name]
		if s == nil {
			s = &Stage{APIID: apiID, Name: name}
		}
		next[name] = s
		w.compile(ctx, doc, &doc.Stages[i], s)
	}
	w.stages[apiID] = next // also of an API without stages: why it is not served is another cause than that of none
	if change.Value == nil {
		delete(w.stages, apiID)
	}
	w.publish()
	for name, s := range known {
		if next[name] == nil {
			s.deployed.Store(nil)
			delete(w.unread, s)
			w.gone(s)
		}
	}
}

// compile brings one stage up to date. k.mu is held.
func (w *Watcher) compile(ctx context.Context, doc *pasarela.APIDocument, source *pasarela.Stage, s *Stage) {
	current := s.Deployed()
	before := w.unread[s]
	delete(w.unread, s)
	if source.DeploymentID == "" {
		s.deployed.Store(nil)
		s.problem.Store(nil)
		s.autoDeploy.Store(nil)
		if why := source.LastDeploymentStatusMessage; source.AutoDeploys() && why != "" {
			s.autoDeploy.Store(&why)
		}
		if current != nil {
			w.gone(s)
		}
		return
	}
	if current != nil && reflect.DeepEqual(current.source, *source) {
		s.problem.Store(nil) // the new state is served, or what could not be served was withdrawn
		return
	}
	next, err := w.build(ctx, doc, source, s, current)
	if err != nil {
		why := language.DeploymentNotServed.Because(err, source.DeploymentID, doc.API.APIID, s.Name)
		s.problem.Store(&why)
		w.options.Log.WarnContext(ctx, why.Error())
		if errors.Is(err, errUnread) {
			w.unread[s] = before.next(doc.API.APIID, w.options.Retry)
			select {
			case w.retrySoon <- struct{}{}:
			default:
			}
		}
		return
	}
	s.problem.Store(nil)
	s.deployed.Store(next)
	if w.options.Changed != nil {
		w.options.Changed(s)
	}
}

// build compiles a stage's deployment. An error that wraps errUnread says nothing about the
// deployment, and is tried again; any other is the stage's problem until it changes.
func (w *Watcher) build(ctx context.Context, doc *pasarela.APIDocument, source *pasarela.Stage, s *Stage, current *Deployed) (*Deployed, error) {
	key := pasarela.DeploymentKey(doc.API.APIID, source.DeploymentID)
	frozen, err := w.deployments.Get(ctx, key)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, fmt.Errorf("%w: the deployment is not in the store (yet)", errUnread)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnread, err)
	}
	var certificate *tls.Certificate
	if id := source.ClientCertificateID; id != "" {
		stored := w.certificates[id]
		if stored == nil {
			return nil, fmt.Errorf("clientCertificateId %s does not exist", id)
		}
		if certificate, err = keyPair(stored); err != nil {
			return nil, err
		}
	}
	c := &compiler{
		definition: frozen.Value, source: *source, stage: s, account: w.options.Account, certificate: certificate,
		integrations: w.options.Integrations, authorizers: w.options.Authorizers, accessLogs: w.options.AccessLogs,
	}
	return c.compile(current)
}

func (w *Watcher) gone(s *Stage) {
	if w.options.Gone != nil {
		w.options.Gone(s)
	}
}

// publish replaces the directory's table. k.mu is held.
func (w *Watcher) publish() {
	t := &table{apis: make(map[string]*api, len(w.stages)), domains: make(map[string]*domain, len(w.domains))}
	for apiID, stages := range w.stages {
		t.apis[apiID] = &api{stages: stages}
	}
	for _, doc := range w.domains {
		d := &domain{name: doc.DomainName}
		for _, m := range doc.Mappings {
			if doc.MutualTLSAuthentication != nil {
				break // no client is asked for a certificate here (A-APIS-25)
			}
			d.mappings = append(d.mappings, keyed{m.APIMappingKey, m.APIID, m.Stage})
		}
		t.domains[strings.ToLower(doc.DomainName)] = d
	}
	w.Directory.now.Store(t)
}

func (w *Watcher) domain(change document.Change[pasarela.DomainName]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if change.Removed() {
		delete(w.domains, change.Key)
	} else {
		w.domains[change.Key] = change.Value
	}
	w.publish()
}

func (w *Watcher) link(change document.Change[pasarela.VPCLink]) {
	id := strings.TrimPrefix(change.Key, pasarela.PrefixVPCLink)
	if change.Removed() {
		w.links.Delete(id)
	} else {
		w.links.Store(id, change.Value.Tags[pasarela.TagPrefix+"target"])
	}
}

func (w *Watcher) vpcLink(id string) (target string, ok bool) {
	found, _ := w.links.Load(id)
	target, _ = found.(string)
	return target, target != ""
}

func (w *Watcher) certificate(ctx context.Context, change document.Change[pasarela.ClientCertificate]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := strings.TrimPrefix(change.Key, pasarela.PrefixClientCertificate)
	if change.Removed() {
		delete(w.certificates, id)
		return
	}
	w.certificates[id] = change.Value
	w.again(ctx, func(_ *pasarela.APIDocument, s *pasarela.Stage) bool { return s.ClientCertificateID == id })
}
