// Package jobs keeps the jobs that make reports until they have ended and their
// clients are notified, across crashes and restarts.
//
// A job is one record in a JetStream key-value bucket, synced to disk with every
// write. Its state moves by compare-and-set, so a claim, a cancellation and a
// result can never both win, and one write both accepts a job and remembers its
// idempotency key. A work-queue stream beside the records would be a second copy of the
// state, to reconcile after every crash (A-REPORT-3).
package jobs

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// A State is the state of a job.
type State string

// The states. Ready, Failed and Cancelled are final.
const (
	Queued    State = "queued"
	Running   State = "running"
	Ready     State = "ready"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Final tells whether nothing more will happen to a job of this state by itself.
func (s State) Final() bool { return s == Ready || s == Failed || s == Cancelled }

// A Job is one requested report, as its record holds it.
type Job struct {
	ID           string            `json:"id"`
	Type         string            `json:"type"`
	Caller       string            `json:"caller"`               // by which fairness and permissions are decided
	Attributes   map[string]string `json:"attributes,omitempty"` // of the caller, as the integration says
	Client       string            `json:"client,omitempty"`     // whose capability gives access to it
	Source       string            `json:"source,omitempty"`     // database that it reads
	Priority     int               `json:"priority,omitempty"`   // the highest goes first; 0: normal
	ConnectionID string            `json:"connectionId,omitempty"`
	Endpoint     string            `json:"endpoint,omitempty"` // of @connections
	Language     string            `json:"language"`
	Format       string            `json:"format"`
	Parameters   map[string]string `json:"parameters,omitempty"`
	Digest       string            `json:"digest,omitempty"`   // of the request, when it came with an idempotency key
	Schedule     string            `json:"schedule,omitempty"` // that asked for it
	Deliver      []Target          `json:"deliver,omitempty"`  // where its file goes, of a schedule's
	Trace        string            `json:"trace,omitempty"`    // W3C trace context of the request

	State       State     `json:"state"`
	Owner       string    `json:"owner,omitempty"` // node that runs it or notifies its client
	Attempt     int       `json:"attempt"`         // runs begun
	Crashes     int       `json:"crashes,omitempty"`
	CancelAsked bool      `json:"cancelAsked,omitempty"`
	Created     time.Time `json:"created"`
	NotBefore   time.Time `json:"notBefore,omitzero"`
	Started     time.Time `json:"started,omitzero"`
	Finished    time.Time `json:"finished,omitzero"`
	Expires     time.Time `json:"expires,omitzero"`

	Result
	Reason   string        `json:"reason,omitempty"` // code, of failed jobs and of those that are tried again
	Cause    language.Text `json:"causes,omitzero"`  // for the operator
	Notified bool          `json:"told,omitempty"`   // the client was notified of the end, or cannot be
}

// ending is the id of one end of a job: a job that is run again ends again.
func (j *Job) ending() string { return j.ID + "/" + strconv.FormatInt(j.Finished.UnixNano(), 36) }

// A Target is one place that a schedule's report is delivered to; one field is set.
type Target struct {
	Mail       string `json:"mail,omitempty"`       // address of one recipient
	WebHook    string `json:"webHook,omitempty"`    // URL that is posted to
	Folder     string `json:"folder,omitempty"`     // name of a folder or bucket of the operator's settings
	Connection string `json:"connection,omitempty"` // id of a WebSocket connection
}

// Name is the address, URL, folder or connection.
func (t Target) Name() string { return cmp.Or(t.Mail, t.WebHook, t.Folder, t.Connection) }

// Kind is the name of the field that is set.
func (t Target) Kind() string {
	switch {
	case t.Mail != "":
		return "mail"
	case t.WebHook != "":
		return "webHook"
	case t.Folder != "":
		return "folder"
	}
	return "connection"
}

// DefinedPrefix begins the ids of schedules that definitions hold; those that people
// make are ULIDs, which have no such character.
const DefinedPrefix = "def-"

// Defined tells whether a definition's own schedule asked for the job: it needs no
// caller that the definition allows.
func (j *Job) Defined() bool { return strings.HasPrefix(j.Schedule, DefinedPrefix) }

// notifies tells whether a connection or a delivery is notified of the job's end.
func (j *Job) notifies() bool { return j.ConnectionID != "" || len(j.Deliver) > 0 }

// A Result describes a finished report.
type Result struct {
	FileName string `json:"fileName,omitempty"`
	Rows     int64  `json:"rows,omitempty"`
	Bytes    int64  `json:"bytes,omitempty"`
}

// Retried tells whether a job waits because an attempt has failed, for Reason.
func (j *Job) Retried() bool { return j.State == Queued && j.Reason != "" }

// fail notes why an attempt has failed.
func (j *Job) fail(err error) {
	j.Reason = "unexpected"
	if failure, ok := errors.AsType[*Failure](err); ok {
		j.Reason, err = failure.Reason, failure.Cause
	}
	j.Cause = language.InEach(err)
}

// Replayable tells whether an operator can have a job run again.
func (j *Job) Replayable() bool { return j.State == Failed }

// A Failure is an error of a run with its reason code and whether to retry.
type Failure struct {
	Reason string // code: [internal/report/locale.Reason] has its sentence for the client
	Retry  bool   // worth another attempt
	Cause  error
}

func (f *Failure) Error() string { return f.Reason + ": " + f.Cause.Error() }
func (f *Failure) Unwrap() error { return f.Cause }
