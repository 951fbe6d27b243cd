package execution

import (
	"sync/atomic"
	"time"
)

// Counters are AWS's metrics of one stage or one route of it (aws-dataplane
// §10.6), and three of our own: Throttled, Pushes and Failed. AWS's counts of errors
// overlap; Failed counts each execution that is in any of them once.
type Counters struct {
	ConnectCount     atomic.Int64
	MessageCount     atomic.Int64
	IntegrationError atomic.Int64
	ClientError      atomic.Int64
	ExecutionError   atomic.Int64
	Failed           atomic.Int64
	Throttled        atomic.Int64
	Pushes           atomic.Int64
	IntegrationLatency
}

// LatencyBounds are the upper bounds of the buckets of [IntegrationLatency].
var LatencyBounds = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second, 29 * time.Second,
}

// IntegrationLatency counts integration calls by how long they took.
type IntegrationLatency struct {
	Buckets [len(LatencyBounds) + 1]atomic.Int64
	Sum     atomic.Int64 // nanoseconds
}

// Observe counts one call.
func (l *IntegrationLatency) Observe(took time.Duration) {
	at := len(LatencyBounds)
	for i, bound := range LatencyBounds {
		if took <= bound {
			at = i
			break
		}
	}
	l.Buckets[at].Add(1)
	l.Sum.Add(int64(took))
}

// Failure counts an execution that ended with err; status is what the backend had responded
// with, 0 if it had not.
func (c *Counters) Failure(err *GatewayError, status int) {
	c.Failed.Add(1)
	switch {
	case status >= 400 || err.OfBackend:
		c.IntegrationError.Add(1)
	case err.Status >= 500:
		c.ExecutionError.Add(1)
	default:
		c.ClientError.Add(1)
	}
	if err.ResponseType == Throttled || err.ResponseType == QuotaExceeded {
		c.Throttled.Add(1)
	}
}

// Answered counts an execution whose backend answered with that status: of a proxied one
// 4xx and 5xx are errors of two kinds.
func (c *Counters) Answered(status int, proxied bool) {
	if status < 400 {
		return
	}
	c.Failed.Add(1)
	c.IntegrationError.Add(1)
	switch {
	case proxied && status >= 500:
		c.ExecutionError.Add(1)
	case proxied:
		c.ClientError.Add(1)
	}
}
