package functions

import (
	"log/slog"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Options of a [Runner].
type Options struct {
	Bucket        pasarela.Bucket
	RegionAccount pasarela.RegionAccount
	// Endpoint is the address that SDKs in functions call: AWS_ENDPOINT_URL.
	Endpoint string
	// Credentials are temporary ones of a function's role; nil gives functions none.
	Credentials func(roleARN, sessionName string) (Credentials, error)
	// Lines opens the log of that name.
	Lines func(log string) Lines
	// User is the user of this machine that processes run as; empty: the node's own.
	User string
	// MaxProcesses bounds the processes of all functions, ProcessesPerFunction those of
	// one version of one, Waiting the invocations of one that wait for a process.
	MaxProcesses, ProcessesPerFunction, Waiting int
	// Idle is how long a process without work is kept.
	Idle time.Duration
	// InitLimit is how long a process may take until it asks for its first event; one that
	// takes longer is started again, within the function's timeout.
	InitLimit time.Duration
	// AnsweredLimit is how long an invocation waits for a process that has answered to ask
	// for its next event, before another is started.
	AnsweredLimit time.Duration
	Log           *slog.Logger
	// Failed is called after each invocation that failed, with the function's name and
	// its error in Lambda's JSON form; it must not block. It may be nil.
	Failed func(name string, payload []byte)
}

// Defaults of Options.
const (
	DefaultMaxProcesses         = 64
	DefaultProcessesPerFunction = 32
	DefaultWaiting              = 256
	DefaultIdle                 = 5 * time.Minute
	DefaultInitLimit            = 10 * time.Second // aws-lambda §4
	DefaultAnsweredLimit        = 10 * time.Millisecond
)

// Credentials are temporary credentials of a function's role.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
	Expiration                                 time.Time
}

// Lines takes whole lines of a log and never blocks.
type Lines interface{ Write(lines []byte) }

// noLines discards a log.
type noLines struct{}

func (noLines) Write([]byte) {}

// complete sets the defaults in place of zero values.
func (o Options) complete() Options {
	for _, d := range []struct {
		value   *int
		instead int
	}{{&o.MaxProcesses, DefaultMaxProcesses}, {&o.ProcessesPerFunction, DefaultProcessesPerFunction}, {&o.Waiting, DefaultWaiting}} {
		if *d.value <= 0 {
			*d.value = d.instead
		}
	}
	if o.Idle <= 0 {
		o.Idle = DefaultIdle
	}
	if o.InitLimit <= 0 {
		o.InitLimit = DefaultInitLimit
	}
	if o.AnsweredLimit <= 0 {
		o.AnsweredLimit = DefaultAnsweredLimit
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lines == nil {
		o.Lines = func(string) Lines { return noLines{} }
	}
	return o
}
