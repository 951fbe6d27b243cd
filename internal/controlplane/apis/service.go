package apis

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/state/document"
)

// Checker finds what of a definition would not run, so that what is deployed can be
// served. [EngineChecker] uses the engines; a node adds the data plane's own
// compilation.
type Checker interface {
	// Check lists what of the parts given would run on no stage; others may be missing.
	Check(parts pasarela.Definition) []Fault
	// CheckStage lists what of a whole definition a stage with these settings could
	// not serve; a nil stage is any, whose variables are not known yet.
	CheckStage(definition pasarela.Definition, stage *pasarela.Stage) []Fault
}

// Fault is one thing in a definition that would not run.
type Fault struct {
	Resource string // "api", "route", "integration", "integrationResponse", "routeResponse", "model", "authorizer"
	ID       string // of the resource; empty for the API
	Member   string // wire name, with a key where the member is a map: requestTemplates.$default
	Message  language.Message
}

func (f Fault) String() string {
	where := f.Resource
	if f.ID != "" {
		where += " " + f.ID
	}
	if f.Member != "" {
		where += ", " + f.Member
	}
	return where + ": " + f.Message.Error()
}

// RolePasser decides whether the caller in ctx may hand a role to API Gateway
// (iam:PassRole). It returns a [pasarela.Error] when not.
type RolePasser interface {
	PassRole(ctx context.Context, roleARN string) error
}

// Meter has the usage of API keys under usage plans.
type Meter interface {
	// Usage returns used and remaining requests of a key for every day (UTC) from
	// from to to, both included.
	Usage(ctx context.Context, plan pasarela.UsagePlan, keyID string, from, to time.Time) ([][2]int, error)
	// Grant sets how many requests the key has left in the present period of the
	// plan's quota.
	Grant(ctx context.Context, plan pasarela.UsagePlan, keyID string, remaining int) error
}

// Change is a write to the store: a document at a revision, or the removal of one
// that was last at a revision.
type Change struct {
	Key      string
	Revision uint64
	Removed  bool
}

// ServingNodes are the nodes that serve what is written.
type ServingNodes interface {
	// Await returns when every live node serves a change, or, when ctx ends, an error
	// that names those that do not.
	Await(ctx context.Context, change Change) error
}

// Options of a [Service] and of the services in it. Bucket, RegionAccount, Endpoint and Log are required.
type Options struct {
	Bucket        pasarela.Bucket
	RegionAccount pasarela.RegionAccount
	// Endpoint is the apiEndpoint of an API: wss://{apiId}.execute-api.{region}.{suffix}
	// or any other base to which /{stage} is appended.
	Endpoint func(apiID string) string
	// DomainSuffix ends the names of regional domain targets; amazonaws.com when empty.
	DomainSuffix string
	// Checker checks definitions; [EngineChecker] when nil.
	Checker Checker
	// RolePasser checks iam:PassRole; nil allows every role.
	RolePasser RolePasser
	// Meter counts uses of API keys; nil: there are none.
	Meter Meter
	// ServingNodes are awaited by operations that change what clients meet; nil: there is no
	// wait.
	ServingNodes ServingNodes
	// RequireCloudWatchRole refuses logging on stages without an account role,
	// as AWS does. Off, logs need no role (A-APIS-1).
	RequireCloudWatchRole bool
	// CustomIDTags are tags by which CreateApi is told the id of the API; none: an id is
	// always random (A-NODE-22).
	CustomIDTags []string
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	Log *slog.Logger
}

// Service does the operations on APIs and on what a deployment freezes of them: routes,
// integrations, authorizers, models and responses. They are one type, five operations for
// each kind of resource, because they share one document ("api/{id}") and one way to write
// it (Service.editDefinition): a cascade, such as an integration with its responses, is one write,
// and a reference from one kind to another is checked in the edit that makes it. What has a
// document or a permission of its own has a service of its own. The methods of all are safe
// for concurrent use; writes to one document happen one after the other, and those that lost
// a race between nodes are run again inside.
type Service struct {
	Options
	UsagePlans         *UsagePlans
	DomainNames        *DomainNames
	ClientCertificates *ClientCertificates
	VPCLinks           *VPCLinks
	Stages             *Stages
	Deployments        *Deployments
	Tagging            *Tagging
	Account            *AccountSettings
	Backup             *Backup

	decoded     decodedCache
	apis        *document.Store[pasarela.APIDocument]
	definitions *document.Store[pasarela.Definition]
	account     *document.Store[pasarela.Account]
}

// New makes the service over a bucket.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Checker == nil {
		o.Checker = EngineChecker{}
	}
	if o.DomainSuffix == "" {
		o.DomainSuffix = "amazonaws.com"
	}
	s := &Service{
		Options:     o,
		definitions: document.NewStore[pasarela.Definition](o.Bucket),
		account:     document.NewStore[pasarela.Account](o.Bucket),
	}
	s.apis = document.NewStoreOfKnown(o.Bucket, s.decoded.copyOf)
	s.UsagePlans = &UsagePlans{
		Options: &s.Options, apis: s,
		keys:   document.NewStore[pasarela.APIKey](o.Bucket),
		claims: document.NewStore[claim](o.Bucket),
		plans:  document.NewStore[pasarela.UsagePlan](o.Bucket),
		usages: document.NewStore[pasarela.KeyUsage](o.Bucket),
	}
	s.DomainNames = &DomainNames{&s.Options, s, document.NewStore[pasarela.DomainName](o.Bucket)}
	s.ClientCertificates = &ClientCertificates{&s.Options, s, document.NewStore[pasarela.ClientCertificate](o.Bucket)}
	s.VPCLinks = &VPCLinks{&s.Options, document.NewStore[pasarela.VPCLink](o.Bucket)}
	s.Stages, s.Deployments, s.Tagging, s.Account, s.Backup = &Stages{s}, &Deployments{s}, &Tagging{s}, &AccountSettings{s}, &Backup{s}
	return s
}

// now is the time as AWS shows it: UTC, whole seconds (aws-controlplane §2).
func (o *Options) now() time.Time { return o.Now().UTC().Truncate(time.Second) }

// read is the document of an API, shared with other readers: not to be changed.
func (s *Service) read(ctx context.Context, apiID string) (*pasarela.APIDocument, error) {
	if !isID(apiID) {
		return nil, s.noAPI(apiID)
	}
	doc, err := s.decoded.get(ctx, s.Bucket, s.apis, pasarela.APIDocumentKey(apiID))
	if errors.Is(err, pasarela.ErrNotFound) {
		return nil, s.noAPI(apiID)
	}
	return doc, err
}

// change edits the document of an API. edit may run more than once, when another write came
// between: what it sets outside the document is that of its last run.
func (s *Service) change(ctx context.Context, apiID string, edit func(*pasarela.APIDocument) error) error {
	_, err := s.changeAt(ctx, apiID, edit)
	return err
}

// changeAt is change that returns the revision which has the edit.
func (s *Service) changeAt(ctx context.Context, apiID string, edit func(*pasarela.APIDocument) error) (revision uint64, err error) {
	if !isID(apiID) {
		return 0, s.noAPI(apiID)
	}
	doc, err := s.apis.Update(ctx, pasarela.APIDocumentKey(apiID), edit)
	switch {
	case err == nil:
		s.decoded.keep(doc)
	case errors.Is(err, pasarela.ErrNotFound):
		return 0, s.noAPI(apiID)
	case errors.Is(err, pasarela.ErrConflict):
		return 0, pasarela.Errorf(pasarela.CodeConflict, "Unable to complete operation due to concurrent modification. Please try again later.")
	}
	return doc.Revision, err
}

// changeServed is change that returns once the change is served, or after servedLimit
// with a line in the log (A-APIS-17).
func (s *Service) changeServed(ctx context.Context, apiID string, edit func(*pasarela.APIDocument) error) error {
	revision, err := s.changeAt(ctx, apiID, edit)
	if err == nil {
		s.awaitServed(ctx, Change{Key: pasarela.APIDocumentKey(apiID), Revision: revision})
	}
	return err
}

// editDefinition edits what a deployment freezes. It counts the edit
// ([pasarela.APIDocument.Edits]): Deployments.Run watches the counts and moves the stages that
// deploy automatically. No node serves the edit before a deployment has it, so nothing is
// waited for.
func (s *Service) editDefinition(ctx context.Context, apiID string, edit func(*pasarela.Definition) error) error {
	return s.editDefinitionIn(ctx, apiID, func(doc *pasarela.APIDocument) error { return edit(&doc.Definition) })
}

// editDefinitionIn is editDefinition for an edit that also reads the rest of the document.
func (s *Service) editDefinitionIn(ctx context.Context, apiID string, edit func(*pasarela.APIDocument) error) error {
	return s.change(ctx, apiID, func(doc *pasarela.APIDocument) error {
		doc.Edits++
		return edit(doc)
	})
}
