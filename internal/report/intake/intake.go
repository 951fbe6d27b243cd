// Package intake accepts requests for reports: it validates a request and makes a job
// of it, or says which field is wrong, and returns the state of jobs.
package intake

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/blobstore"
	"github.com/pasarela-ws/pasarela/internal/report/definition"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
	"github.com/pasarela-ws/pasarela/internal/report/locale"
)

// Bounds of what a request may hold, in bytes.
const (
	maxConnectionID   = 128
	maxCaller         = 128
	maxIdempotencyKey = 255
)

// ErrNotAllowed says that the caller may not have this type of report.
var ErrNotAllowed error = language.Errorf("reports_api.not_allowed")

// A Request is one request for a report.
type Request struct {
	ConnectionID   string
	Type           string
	Caller         string            // who asks, as the integration says; the client or the connection by default
	Attributes     map[string]string // of the caller, as the integration says
	Client         string            // a capability that the client was given before; "" for a client that is new
	Language       string
	Format         string
	DomainName     string // with Stage: where @connections is, if not where configured
	Stage          string
	Parameters     map[string]string
	Lists          []string // parameters that were given as a list of values
	IdempotencyKey string
	Trace          string        // W3C trace context; "" for none
	Schedule       string        // that asks; "" for a person
	Deliver        []jobs.Target // of a schedule
}

// An Intake accepts requests. All fields are set once, before use.
type Intake struct {
	Catalogue *definition.Catalogue
	Queue     *jobs.Queue
	Store     *blobstore.Store
	Links     *blobstore.Links
	Board     *ProgressBoard
	Grants    *Grants
	Endpoints Endpoints
	// Expect is called for every job before a worker can see it. Then one of the
	// functions that it returns is called: accepted, with the place in the queue, once
	// the job is on disk, else dropped. None of them may block.
	Expect func(job jobs.Job) (accepted func(place int), dropped func())
	// Forget removes an ended report with its files.
	Forget func(ctx context.Context, job jobs.Job) error
}

// Submit accepts a request. Repeated means that it had been accepted before, under
// the same idempotency key. The error is a *definition.FieldError,
// ErrNotAllowed, blobstore.ErrFull, or one of jobs.Queue.Submit.
func (in *Intake) Submit(ctx context.Context, request Request) (report Report, repeated bool, err error) {
	job, err := in.job(request)
	if err != nil {
		return Report{}, false, err
	}
	if err := in.Store.RoomFor(in.Queue.Pending()); err != nil {
		return Report{}, false, err
	}
	accepted, dropped := in.Expect(job)
	job, place, repeated, err := in.Queue.Submit(ctx, job)
	if err != nil || repeated {
		dropped()
	} else {
		accepted(place)
	}
	if err != nil {
		return Report{}, false, err
	}
	report = in.report(job, place)
	report.Access = in.Grants.Make(job.Client, time.Now())
	return report, repeated, nil
}

// Check returns the error that Submit would return for an invalid request; it does not
// check for room.
func (in *Intake) Check(request Request) error {
	_, err := in.job(request)
	return err
}

// identify sets whose job it is: the client of the request's capability, which a run of a
// schedule had when the schedule was made, and the caller.
func (in *Intake) identify(job *jobs.Job, request Request) error {
	switch {
	case request.Schedule != "":
		job.Client = request.Client
	case request.Client != "":
		client, ok := in.Grants.Read(request.Client, time.Now())
		if !ok {
			return definition.NewFieldError("client", language.Errorf("reports_api.capability_new"))
		}
		job.Client = client
	}
	job.Caller = cmp.Or(request.Caller, job.Client, request.ConnectionID)
	return nil
}

// choose sets the language and the format that the request asks for, in place of the type's.
func choose(job *jobs.Job, request Request) error {
	if request.Language != "" {
		spoken, ok := locale.Parse(request.Language)
		if !ok {
			return definition.NewFieldError("language", language.Errorf("reports_api.language", "value", strconv.Quote(request.Language)))
		}
		job.Language = string(spoken)
	}
	if request.Format != "" {
		if request.Format != string(definition.XLSX) && request.Format != string(definition.CSV) {
			return definition.NewFieldError("format", language.Errorf("reports_api.format", "value", strconv.Quote(request.Format)))
		}
		job.Format = request.Format
	}
	return nil
}

// job is the job that a request asks for, checked against its type's definition and the
// rights of its caller. Errors are [ErrNotAllowed] and [definition.FieldError].
func (in *Intake) job(request Request) (jobs.Job, error) {
	wanted, err := in.wanted(request)
	if err != nil {
		return jobs.Job{}, err
	}
	endpoint, err := in.Endpoints.find(request)
	if err != nil {
		return jobs.Job{}, err
	}
	job := jobs.Job{
		Type: wanted.Type, Attributes: request.Attributes, ConnectionID: request.ConnectionID, Endpoint: endpoint,
		Language: string(wanted.Language), Format: string(wanted.Format), Source: wanted.Source,
		Schedule: request.Schedule, Deliver: request.Deliver,
	}
	if err := in.identify(&job, request); err != nil {
		return jobs.Job{}, err
	}
	if !job.Defined() && !wanted.Allows(job.Caller) {
		return jobs.Job{}, language.Errorf("reports_api.not_allowed_caller", "why", ErrNotAllowed, "type", job.Type, "caller", strconv.Quote(job.Caller))
	}
	if missing, ok := wanted.AllowsAttributes(request.Attributes); !ok && !job.Defined() {
		return jobs.Job{}, language.Errorf("reports_api.not_allowed_by", "why", ErrNotAllowed, "type", job.Type, "name", missing)
	}
	if err := choose(&job, request); err != nil {
		return jobs.Job{}, err
	}
	for _, name := range request.Lists {
		if !wanted.IsList(name) {
			return jobs.Job{}, definition.NewFieldError(name, language.Errorf("reports_api.no_list"))
		}
	}
	values, err := wanted.Check(request.Parameters)
	if err != nil {
		return jobs.Job{}, err
	}
	job.Parameters = values
	job = identified(job, request.IdempotencyKey)
	// Not part of the request that an idempotency key identifies:
	job.Trace, job.Priority = request.Trace, wanted.Priority.Rank()
	return job, nil
}

func (in *Intake) wanted(request Request) (*definition.Definition, error) {
	switch {
	case request.ConnectionID == "" && request.Schedule == "":
		return nil, definition.NewFieldError("connectionId", language.Errorf("reports_api.connection_needed"))
	case len(request.ConnectionID) > maxConnectionID || strings.ContainsAny(request.ConnectionID, "/?#\x00 "):
		return nil, definition.NewFieldError("connectionId", language.Errorf("reports_api.connection_form"))
	case len(request.Caller) > maxCaller:
		return nil, definition.NewFieldError("caller", language.Errorf("reports_api.long", "most", maxCaller))
	case len(request.IdempotencyKey) > maxIdempotencyKey:
		return nil, definition.NewFieldError("Idempotency-Key", language.Errorf("reports_api.long", "most", maxIdempotencyKey))
	case request.Type == "":
		return nil, definition.NewFieldError("type", language.Errorf("reports_api.type_needed", "choice", in.choice(request)))
	}
	wanted, ok := in.Catalogue.Get(request.Type)
	if !ok {
		return nil, definition.NewFieldError("type", language.Errorf("reports_api.type_unknown", "type", strconv.Quote(request.Type), "choice", in.choice(request)))
	}
	return wanted, nil
}

// choice says which types the request's caller may ask for; of others it learns nothing.
func (in *Intake) choice(request Request) error {
	var job jobs.Job
	if err := in.identify(&job, request); err != nil {
		return err
	}
	all := in.Catalogue.All()
	var types []string
	for _, d := range all {
		if _, ok := d.AllowsAttributes(request.Attributes); ok && d.Allows(job.Caller) {
			types = append(types, d.Type)
		}
	}
	switch {
	case len(all) == 0:
		return language.Errorf("reports_api.no_types")
	case len(types) == 0:
		return language.Errorf("reports_api.no_types_allowed")
	}
	return language.Errorf("reports_api.types", "types", strings.Join(types, ", "))
}

// identified gives a job its id. With an idempotency key the id is derived from
// it and the caller, so that the record itself stores the key.
//
// An id is not secret and gives no access: that depends on Client, which is made
// here for a client that has none yet.
func identified(job jobs.Job, key string) jobs.Job {
	if key == "" {
		job.ID = ulid.MustNew(ulid.Now(), rand.Reader).String()
		job.Client = cmp.Or(job.Client, newClient())
		return job
	}
	request, _ := json.Marshal(job) // strings and maps of strings
	digest := sha256.Sum256(request)
	job.Digest = hex.EncodeToString(digest[:16])
	from := sha256.Sum256([]byte(fmt.Sprintf("%d:%s%s", len(job.Caller), job.Caller, key)))
	job.ID = ulid.ULID(from[:16]).String()
	job.Client = cmp.Or(job.Client, newClient())
	return job
}

// Status returns the state of a report.
func (in *Intake) Status(id string) (Report, bool) {
	job, ok := in.Queue.Get(id)
	if !ok {
		return Report{}, false
	}
	return in.report(job, in.Queue.Place(id)), true
}

// Remove removes an ended report, its file and its preview. The error is
// jobs.ErrUnknown or jobs.ErrNotEnded.
func (in *Intake) Remove(ctx context.Context, id string) (Report, error) {
	job, ok := in.Queue.Get(id)
	switch {
	case !ok:
		return Report{}, jobs.ErrUnknown
	case !job.State.Final():
		return Report{}, jobs.ErrNotEnded
	}
	return in.report(job, 0), in.Forget(ctx, job)
}

// Link is where a finished report is downloaded, until it expires.
func (in *Intake) Link(job jobs.Job) string { return in.Links.Make(job.ID, job.FileName, job.Expires) }

// Title is what a report of the job's type is called, in the job's language.
func (in *Intake) Title(job jobs.Job) string {
	if known, ok := in.Catalogue.Get(job.Type); ok {
		return known.Title.In(locale.Language(job.Language))
	}
	return job.Type
}

func rounded(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }
