// Package jobs keeps the reports that were asked for until they are made and
// told, whatever happens to the process in between.
//
// A job is one record in a JetStream key-value bucket, synced to disk with every
// write. Its state moves by compare-and-set, so a claim, a cancellation and a
// result can never both win, and one write both accepts a job and remembers its
// idempotency key. A stream of work beside the records would be a second truth
// to reconcile after every kill.
package jobs

import (
	"strconv"
	"time"
)

// A State is where a job is in its life.
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

// A Job is one report that was asked for.
type Job struct {
	ID           string            `json:"id"`
	Type         string            `json:"type"`
	Caller       string            `json:"caller"`           // whose turn it is, and who may ask for what
	Client       string            `json:"client,omitempty"` // whose capability opens it
	Source       string            `json:"source,omitempty"` // database that it reads
	ConnectionID string            `json:"connectionId,omitempty"`
	Endpoint     string            `json:"endpoint,omitempty"` // of @connections
	Language     string            `json:"language"`
	Format       string            `json:"format"`
	Parameters   map[string]string `json:"parameters,omitempty"`
	Digest       string            `json:"digest,omitempty"` // of the request, when it came with an idempotency key

	State       State     `json:"state"`
	Owner       string    `json:"owner,omitempty"` // node that runs it or tells its end
	Attempt     int       `json:"attempt"`         // runs begun
	Crashes     int       `json:"crashes,omitempty"`
	CancelAsked bool      `json:"cancelAsked,omitempty"`
	Created     time.Time `json:"created"`
	NotBefore   time.Time `json:"notBefore,omitzero"`
	Started     time.Time `json:"started,omitzero"`
	Finished    time.Time `json:"finished,omitzero"`
	Expires     time.Time `json:"expires,omitzero"`

	Result
	Reason string `json:"reason,omitempty"` // code, of failed jobs
	Cause  string `json:"cause,omitempty"`  // for the operator
	Told   bool   `json:"told,omitempty"`   // the client knows the end, or cannot be told
}

// ending names one end of a job: a job that is run again ends again.
func (j *Job) ending() string { return j.ID + "/" + strconv.FormatInt(j.Finished.UnixNano(), 36) }

// A Result is what a finished report is.
type Result struct {
	FileName string `json:"fileName,omitempty"`
	Rows     int64  `json:"rows,omitempty"`
	Bytes    int64  `json:"bytes,omitempty"`
}

// Replayable tells whether an operator can have a job run again.
func (j *Job) Replayable() bool { return j.State == Failed }

// A Failure is an error of a run that says what to do next.
type Failure struct {
	Reason string // code that the person's sentence is chosen by
	Retry  bool   // worth another attempt
	Cause  error
}

func (f *Failure) Error() string { return f.Reason + ": " + f.Cause.Error() }
func (f *Failure) Unwrap() error { return f.Cause }
