package stack

import (
	"context"
	"errors"
	"log/slog"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/controlplane/stack/resource"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Callers makes the services that stacks call.
type Callers interface {
	// As are the services for a principal.
	As(who pasarela.Principal) resource.Services
	// Role is the principal of CloudFormation in a role that trusts it; who needs
	// iam:PassRole on it. The error is a [pasarela.Error].
	Role(ctx context.Context, who pasarela.Principal, roleARN string) (pasarela.Principal, error)
}

// Options of a [Service]; all but IgnoreTypes, URLSuffix, Transforms,
// AwaitServed, Note, Fault, Endpoint and Now are required.
type Options struct {
	Bucket        pasarela.Bucket
	RegionAccount pasarela.RegionAccount
	Types         *resource.Registry
	Callers       Callers
	Node          string // unique among the nodes that live
	// IgnoreTypes are types that stacks skip, with * for any letters: AWS::DynamoDB::*.
	IgnoreTypes []string
	URLSuffix   string // of AWS::URLSuffix; amazonaws.com when empty
	// Transforms expand templates by the names in their section Transform, before
	// they are read. parameters are the values for Ref.
	Transforms map[string]func(top, parameters map[string]any) (map[string]any, error)
	// AwaitServed returns when the API with that id serves what its stages with
	// AutoDeploy follow, or when ctx ends; nil: a stack does not wait for it (A-STACK-9).
	AwaitServed func(ctx context.Context, apiID string)
	// Note is a sentence for the events of resources of a type that are made here and do
	// not do all that AWS's do; "" for none. Nil: no type has one.
	Note func(typeName string) string
	// Fault is why a stage with AutoDeploy could not follow the last edit of its API, and ""
	// when it has; nil: a stack does not say it (A-STACK-9).
	Fault func(ctx context.Context, apiID, stageName string) string
	// Endpoint is the apiEndpoint of an API of this server, "" where it has no such API;
	// nil: addresses stay as templates make them (A-STACK-12). An error is the store's.
	Endpoint func(ctx context.Context, apiID string) (string, error)
	Now      func() time.Time // time.Now when nil
	Log      *slog.Logger
}

// Service does CloudFormation's operations. Its methods are safe for concurrent use.
// Operations on stacks run while [Service.Run] does.
type Service struct {
	Options
	stacks     *document.Store[Stack]
	changeSets *document.Store[ChangeSet]
	address    *regexp.Regexp // of APIs on AWS

	wake    chan wakeUp
	mu      sync.Mutex
	running map[string]bool          // by name: whether the stack is nested
	waiting map[string]chan struct{} // by name; closed when this node has ended an operation
	work    sync.WaitGroup
}

// wakeUp is a message to [Service.Run] that a stack has an operation for this node.
type wakeUp struct {
	name   string
	nested bool
}

// New makes a service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.URLSuffix == "" {
		o.URLSuffix = "amazonaws.com"
	}
	s := &Service{
		Options: o, stacks: document.NewStore[Stack](o.Bucket), changeSets: document.NewStore[ChangeSet](o.Bucket),
		address: addressForm(o.RegionAccount.Region, o.URLSuffix),
		wake:    make(chan wakeUp, 64), running: map[string]bool{}, waiting: map[string]chan struct{}{},
	}
	if s.Types != nil {
		s.Types = s.Types.Completed(typeStack, s.nest)
	}
	return s
}

// Times of the lease on an operation.
const (
	lease      = 15 * time.Second
	renewal    = 5 * time.Second
	maxRunning = 16 // operations of a node at once
)

func (s *Service) now() time.Time { return s.Now().UTC() }

// Run runs operations on stacks until ctx ends, also those that another node or an earlier
// start of this one has left (A-STACK-7). It looks for these every [renewal], and runs at
// most [maxRunning] at once, and [maxNested] of nested stacks. It returns, without an
// error, when none of them works any more; what was under way goes on at the next start.
func (s *Service) Run(ctx context.Context) error {
	defer s.work.Wait()
	s.adopt(ctx)
	s.removeLeft(ctx)
	ticker, cleaning := time.NewTicker(renewal), time.NewTicker(leftAfter)
	defer ticker.Stop()
	defer cleaning.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case stack := <-s.wake:
			s.begin(ctx, stack.name, stack.nested)
		case <-ticker.C:
			s.adopt(ctx)
		case <-cleaning.C:
			s.removeLeft(ctx)
		}
	}
}

// settleLimit is how long a call waits for the operation that it has begun (A-STACK-4).
const settleLimit = 10 * time.Second

// start sends [Service.Run] a wake-up for an operation that was written for this node,
// and waits a moment for its end. Run also polls, so the operation runs even if the
// wake-up is lost.
func (s *Service) start(ctx context.Context, name string, nested bool) {
	s.mu.Lock()
	ended := s.waiting[name]
	if ended == nil {
		ended = make(chan struct{})
		s.waiting[name] = ended
	}
	s.mu.Unlock()
	select {
	case s.wake <- wakeUp{name, nested}:
	default:
	}
	timer := time.NewTimer(settleLimit)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// ended wakes those that wait for this node's operation on a stack.
func (s *Service) ended(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, name)
	if ended := s.waiting[name]; ended != nil {
		close(ended)
		delete(s.waiting, name)
	}
}

// adopt begins the operations that no node works on.
func (s *Service) adopt(ctx context.Context) {
	all, err := s.stacks.List(ctx, prefixLive)
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Error("cannot list the operations on stacks", "error", err)
		}
		return
	}
	for _, each := range all {
		op := each.Value.Operation
		if op != nil && (op.Node == s.Node || s.now().After(op.Until)) {
			s.begin(ctx, each.Value.Name, each.Value.ParentID != "")
		}
	}
}

// begin takes the lease on a stack's operation and runs it, unless this node does so
// already or has enough to do.
func (s *Service) begin(ctx context.Context, name string, nested bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit := maxRunning
	if nested { // which have bounds of their own: the stacks above them wait
		limit = maxNested
	}
	_, runs := s.running[name]
	alike := 0
	for _, other := range s.running {
		if other == nested {
			alike++
		}
	}
	if runs || alike >= limit || ctx.Err() != nil {
		return
	}
	s.running[name] = nested
	s.work.Go(func() {
		defer s.ended(name)
		s.run(ctx, name)
	})
}

// errNotOurs says that an operation has ended or that another node runs it.
var errNotOurs = errors.New("the operation is not this node's")

// run claims a stack's operation and runs it to its end, or goes on with one whose node has
// not renewed its lease. Of several nodes one does so.
func (s *Service) run(ctx context.Context, name string) {
	resumed := false
	doc, err := s.stacks.Update(ctx, prefixLive+name, func(stack *Stack) error {
		op := stack.Operation
		if op == nil || op.Node != s.Node && !s.now().After(op.Until) {
			return errNotOurs
		}
		resumed = op.Started
		op.Node, op.Until, op.Started = s.Node, s.now().Add(lease), true
		return nil
	})
	if err != nil {
		if !errors.Is(err, errNotOurs) && !errors.Is(err, pasarela.ErrNotFound) && ctx.Err() == nil {
			s.Log.Error("cannot start the operation on a stack", "stack", name, "error", err)
		}
		return
	}
	r := &run{service: s, stack: doc.Value, operation: *doc.Value.Operation, resumed: resumed, dirty: make(chan struct{}, 1), write: make(chan struct{}, 1)}
	if err := r.do(ctx); err != nil && ctx.Err() == nil {
		s.Log.Error("the operation on a stack was left", "stack", name, "error", err)
	}
	if !r.ended {
		return // the next run goes on with it
	}
	if err := s.removeNotExecuted(ctx, r.operation.ChangeSet); err != nil && ctx.Err() == nil {
		s.Log.Error("change sets of nested stacks that were not executed are left", "stack", name, "error", err)
	}
}

// ignored says whether stacks skip a type.
func (s *Service) ignored(typeName string) bool { return Ignores(s.IgnoreTypes, typeName) }

// Ignores says whether a type is one of the patterns of [Options.IgnoreTypes]. A * stands
// for any letters but ::.
func Ignores(patterns []string, typeName string) bool {
	for _, pattern := range patterns {
		if ok, _ := path.Match(strings.ReplaceAll(pattern, "::", "/"), strings.ReplaceAll(typeName, "::", "/")); ok {
			return true
		}
	}
	return false
}

// find is a stack by its name, or by its ARN also after its end.
func (s *Service) find(ctx context.Context, nameOrID string) (*Stack, error) {
	name, id, byID := nameOf(nameOrID)
	if name == "" {
		return nil, pasarela.ErrNotFound
	}
	doc, err := s.stacks.Get(ctx, prefixLive+pasarela.EscapeKey(name))
	if err == nil && (!byID || doc.Value.ID == nameOrID) {
		return doc.Value, nil
	}
	if err == nil || errors.Is(err, pasarela.ErrNotFound) {
		if !byID {
			return nil, pasarela.ErrNotFound
		}
		doc, err = s.stacks.Get(ctx, prefixDeleted+pasarela.EscapeKey(id))
		if err == nil && doc.Value.ID != nameOrID { // its ARN has another name than permissions were asked for
			return nil, pasarela.ErrNotFound
		}
	}
	return doc.Value, err
}

// nameOf parses arn:aws:cloudformation:{region}:{account}:stack/{name}/{id}.
func nameOf(nameOrID string) (name, id string, isID bool) {
	arn, ok := pasarela.ParseARN(nameOrID)
	if !ok {
		return nameOrID, "", false
	}
	parts := strings.Split(arn.Resource, "/")
	if len(parts) != 3 || parts[0] != "stack" {
		return nameOrID, "", false
	}
	return parts[1], parts[2], true
}

// change edits the document of a live stack.
func (s *Service) change(ctx context.Context, name string, edit func(*Stack) error) (*Stack, error) {
	doc, err := s.stacks.Update(ctx, prefixLive+pasarela.EscapeKey(name), edit)
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, noStack(name)
	}
	return doc.Value, err
}

// all are the live stacks.
func (s *Service) all(ctx context.Context) ([]*Stack, error) {
	docs, err := s.stacks.List(ctx, prefixLive)
	return document.Values(docs), err
}
