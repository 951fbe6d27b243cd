// Package report is the report backend: asked over HTTP, it responds at once, makes a
// workbook in the background and notifies the client that waits on a WebSocket,
// through API Gateway's @connections. It depends on the gateway by HTTP and signatures
// only, and works in the same way behind pasarela and behind AWS.
package report

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/auditlog"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/delivery"
	"github.com/pasarela-ws/pasarela/internal/report/editor"
	"github.com/pasarela-ws/pasarela/internal/report/intake"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/notify"
	"github.com/pasarela-ws/pasarela/internal/report/samples"
	"github.com/pasarela-ws/pasarela/internal/report/schedules"
	"github.com/pasarela-ws/pasarela/internal/report/source"
	"github.com/pasarela-ws/pasarela/internal/report/web"
)

// Options set the service up.
type Options struct {
	DataDir   string // holds jobs, files, the sample shop
	PublicURL string // where clients reach Handler, such as https://reports.example.com; links begin with it

	ConnectionsEndpoint string   // URL of the stage whose @connections is posted to
	AllowedEndpoints    []string // URL prefixes that requests may name by domainName and stage
	Region              string   // of the signatures; us-east-1
	Credentials         aws.CredentialsProvider
	GatewayURL          string // wss:// URL of the stage, for the page; "" leaves the page without live progress
	PageAction          string // action of the message that the page asks by; "" has it ask in the query string while it connects

	DefinitionsDir string            // *.yaml; "" for the samples
	MayBeEmpty     bool              // DefinitionsDir may be without a definition, which is written later
	Sources        map[string]string // databases by name; "sample" is always there
	Storage        string            // s3://...; "" for DataDir
	QueueURL       string            // nats://...; "" for an embedded queue in DataDir
	Token          string            // required to create and operate; "" trusts the network
	Key            string            // signs links and capabilities, 32 bytes or more, the same for all nodes of a queue; "" for one kept in DataDir
	Hosts          []string          // names that requests without a token may call this service by, besides PublicURL's
	Workers        int               // reports made at once; 4
	MaxQueued      int               // reports waiting; 5,000
	MaxPerCaller   int               // reports of one caller waiting; 500
	MaxHistory     int               // ended reports that are remembered; 50,000
	Attempts       int               // runs of a report whose failures may pass; 4
	SourceLimits   map[string]int    // most reports of a database made at once; without: Workers
	SourceAttempts map[string]int    // runs of a report of a database whose failures may pass; without: Attempts
	StorageLimit   int64             // bytes of kept reports; 0: what the disk has, less 64 MiB
	Delivery       delivery.Options  // where reports of schedules may go
	Logger         *slog.Logger
	// Trace takes each step of a report whose request came with a W3C trace context, or that
	// a schedule asked for: the step's name, its own context and its parent's. Nil: contexts
	// are only passed on.
	Trace func(name, own, parent string, attributes map[string]string, began, ended time.Time, err error)
	// Sample decides whether the trace that a run of a schedule begins is recorded; nil: always.
	Sample          func() bool
	WarningLanguage language.Language // of what operators read: warnings at the start
}

// A Service is a running report backend.
type Service struct {
	options    Options
	log        *slog.Logger
	catalogue  *definition.Catalogue
	sources    map[string]*source.Source
	queue      *jobs.Queue
	store      *blobstore.Store
	client     *notify.Client
	intake     *intake.Intake
	auditLog   *auditlog.Log
	ready      *readiness
	web        http.Handler
	slots      source.Slots
	deliverer  *delivery.Deliverer
	schedules  *schedules.Store
	unfollow   func()     // ends the schedules' runs
	reloading  sync.Mutex // an editor's save and a change of the files may come together
	deliveries deliveries

	conversations conversations
	openings      chan string // reports whose first frame is to be sent
	retries       chan string // reports whose clients are to learn that they are tried again
	started       time.Time   // of this process: clients of reports created before may not have received accepted
	owned         sync.WaitGroup
	stop          context.CancelFunc
}

const (
	sampleSource = "sample"           // of the definitions that come with the program
	shopFile     = "sample-shop-1.db" // the number rises when the shop's content changes
)

// New reads the definitions and opens the data directory; no report is made before
// Start. Its errors are for the operator; those of definitions have file and line.
func New(options Options) (*Service, error) {
	s := &Service{options: options, log: options.Logger, catalogue: &definition.Catalogue{MayBeEmpty: options.MayBeEmpty}, sources: map[string]*source.Source{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if options.Region == "" {
		s.options.Region = "us-east-1"
	}
	s.slots = source.NewSlots()
	s.openings, s.retries = make(chan string, maxOpenings), make(chan string, maxOpenings)
	s.conversations.open, s.conversations.gone = map[string]*notify.Conversation{}, map[string]bool{}
	s.started = time.Now().UTC()
	endpoints := intake.Endpoints{Default: options.ConnectionsEndpoint, Allowed: options.AllowedEndpoints}
	if err := endpoints.Check(); err != nil {
		return nil, err
	}
	if options.Credentials == nil {
		return nil, errors.New("report: no credentials to sign @connections calls with")
	}
	if err := s.openParts(endpoints); err != nil {
		s.closeParts()
		return nil, err
	}
	return s, nil
}

// openQueue opens the queue of jobs and the schedules, which are in the same store. It waits
// five minutes at most: a large store is read in first.
func (s *Service) openQueue() (err error) {
	opening, done := context.WithTimeout(context.Background(), 5*time.Minute)
	defer done()
	s.queue, err = jobs.Open(opening, jobs.Options{
		Dir: filepath.Join(s.options.DataDir, "jobs"), URL: s.options.QueueURL,
		Workers: s.options.Workers, MaxQueued: s.options.MaxQueued, MaxPerCaller: s.options.MaxPerCaller, MaxHistory: s.options.MaxHistory,
		Attempts: s.options.Attempts, SourceLimits: s.options.SourceLimits, SourceAttempts: s.options.SourceAttempts, Log: s.log.With("component", "jobs"),
	})
	if err != nil {
		return err
	}
	s.schedules, err = schedules.Open(opening, s.queue.JetStream(), s.log.With("component", "schedules"))
	return err
}

// openParts opens what the service consists of, each part after those that it uses. After
// an error the caller closes the parts that are open.
func (s *Service) openParts(endpoints intake.Endpoints) (err error) {
	if err := os.MkdirAll(s.options.DataDir, 0o700); err != nil {
		return fmt.Errorf("report: the data directory: %w", err)
	}
	if err := s.openSources(); err != nil {
		return err
	}
	secret, err := s.secret()
	if err != nil {
		return err
	}
	s.options.Delivery.Secret = secret
	if s.deliverer, err = delivery.Open(s.options.Delivery); err != nil {
		return err
	}
	if err := s.Reload(); err != nil {
		return err
	}
	if s.store, err = blobstore.Open(filepath.Join(s.options.DataDir, "files"), s.options.Storage, blobstore.Limits{Total: s.options.StorageLimit}); err != nil {
		return err
	}
	links := blobstore.LinksWith(s.options.PublicURL, secret)
	grants, err := intake.NewGrants(secret)
	if err != nil {
		return err
	}
	s.client = notify.NewClient(s.options.Credentials, s.options.Region)
	if err := s.openQueue(); err != nil {
		return err
	}
	s.ready = s.newReadiness()
	s.intake = &intake.Intake{
		Catalogue: s.catalogue, Queue: s.queue, Store: s.store, Links: links, Board: intake.NewProgressBoard(), Grants: grants,
		Endpoints: endpoints, Expect: s.expect, Forget: s.forget,
	}
	if s.options.Trace != nil {
		s.client.OnTraced(s.tracePost)
	}
	s.client.OnSent(func(outcome string) { s.auditLog.Sent(outcome) })
	s.auditLog = auditlog.New(s.log.With("component", "audit"), auditlog.Sources{Counts: s.queue.Counts, Oldest: s.queue.Oldest, Stored: s.store.Used, Failing: s.schedules.Failing})
	s.web = web.New(web.Options{
		Intake: s.intake, Token: s.options.Token, PublicURL: s.options.PublicURL, Hosts: s.options.Hosts, GatewayURL: s.options.GatewayURL,
		Schedules: s.schedules, Deliverer: s.deliverer,
		Editor:     &editor.Editor{Catalogue: s.catalogue, Sources: s.sources, Slots: s.slots, BuiltIn: samples.Files, Dir: s.options.DefinitionsDir, Reload: s.Reload, Renamed: s.renamed},
		PageAction: s.options.PageAction, Ready: s.ready.Checks, Metrics: s.auditLog.Metrics(), AuditLog: s.auditLog, Log: s.log.With("component", "web"),
	})
	return nil
}

// secret is the key that signs links and capabilities.
func (s *Service) secret() ([]byte, error) {
	switch {
	case s.options.Key == "":
		if s.options.QueueURL != "" {
			s.log.Warn("the nodes of a queue have keys of their own: links and capabilities of one are refused by another; set REPORTS_KEY to the same on all")
		}
		return blobstore.OpenKey(s.options.DataDir)
	case len(s.options.Key) < blobstore.KeySize:
		return nil, fmt.Errorf("report: the key is shorter than %d bytes", blobstore.KeySize)
	}
	return []byte(s.options.Key), nil
}

func (s *Service) openSources() error {
	shop := filepath.Join(s.options.DataDir, shopFile)
	if err := source.MakeShop(context.Background(), shop); err != nil {
		return err
	}
	addresses := map[string]string{sampleSource: "sqlite:" + shop}
	for name, address := range s.options.Sources {
		addresses[name] = address
	}
	for name, address := range addresses {
		opened, err := source.Open(name, address)
		if err != nil {
			return err
		}
		opened.Share(s.slots)
		s.sources[name] = opened
	}
	return nil
}

// Reload reads the definitions again. If anything is wrong with them, the current ones
// stay in use, and the error lists file, line and reason.
func (s *Service) Reload() error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	fresh := &definition.Catalogue{MayBeEmpty: s.options.MayBeEmpty}
	if err := fresh.Load(s.options.DefinitionsDir, samples.Files); err != nil {
		return err
	}
	var problems definition.Problems
	for _, d := range fresh.All() {
		problems = append(problems, checkSource(d, s.sources)...)
		problems = append(problems, s.checkDefined(d)...)
	}
	if len(problems) > 0 {
		return problems
	}
	for _, d := range fresh.All() {
		for _, warning := range d.Warnings {
			s.log.Warn(s.options.WarningLanguage.Of(warning))
		}
	}
	s.catalogue.Replace(fresh)
	if s.unfollow == nil {
		return nil // Start does it
	}
	return s.keepDefined(context.Background())
}

// Handler serves the API, the page and the downloads.
func (s *Service) Handler() http.Handler { return s.web }

// Types are the names of the report types in force, in their order.
func (s *Service) Types() []string {
	var names []string
	for _, d := range s.catalogue.All() {
		names = append(names, d.Type)
	}
	return names
}

// Start recovers the jobs of an earlier process and starts the workers.
func (s *Service) Start() error {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if err := s.queue.Start(ctx, jobs.Work{Make: s.make, Notify: s.notify, Keep: s.keep, Began: s.auditLog.Began, Ended: s.auditLog.Ended, Retried: s.retried}); err != nil {
		stop()
		s.closeParts()
		return err
	}
	if err := s.follow(ctx); err != nil {
		return errors.Join(err, s.Stop(ctx))
	}
	s.owned.Go(func() { s.clean(ctx) })
	s.owned.Go(func() { s.checkRights(ctx) })
	s.owned.Go(func() { s.ready.watch(ctx) })
	for range openers {
		s.owned.Go(func() { s.openConversations(ctx) })
	}
	s.owned.Go(func() { s.reopenConversations(ctx); s.queueReminder().run(ctx) })
	return nil
}

// Stop waits for frames on their way, puts running reports back into the queue and
// closes everything, within the context's deadline. The next Start makes those reports
// again.
func (s *Service) Stop(ctx context.Context) error {
	if s.stop != nil {
		s.stop()
	}
	if s.unfollow != nil {
		s.unfollow()
	}
	err := s.queue.Stop(ctx)
	s.owned.Wait()
	s.queue = nil
	s.closeParts()
	return err
}

func (s *Service) closeParts() {
	if s.queue != nil {
		_ = s.queue.Stop(context.Background()) // nothing runs yet
	}
	for _, opened := range s.sources {
		_ = opened.Close() // only read
	}
	if s.client != nil {
		s.client.Close()
	}
}
