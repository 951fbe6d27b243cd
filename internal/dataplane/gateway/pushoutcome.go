package gateway

import (
	"sync/atomic"

	"github.com/pasarela-ws/pasarela"
)

// Outcome is the result of a push: the word in the response of @connections, and the
// label in metrics (A-GATEWAY-53).
type Outcome uint8

// Outcomes of pushes. The first four can be the response to [Push.Wait]; the others
// happen after the response and are only counted.
const (
	Accepted     Outcome = iota // accepted for a connected client, and no Wait was requested
	Sent                        // the kernel has it
	Acknowledged                // the client's pong came after it
	Queued                      // it waits for its client
	Expired                     // its Lifetime ended before it could be sent
	Gone                        // there was no such connection
	TooSlow                     // too much was queued already
	Redelivered                 // it was sent again after a resume
	Lost                        // its connection ended before it could be sent
	Unavailable                 // refused with 503: the connection may be open, its node could not take it now

	Outcomes
)

// String returns the word.
func (o Outcome) String() string {
	return [Outcomes]string{"accepted", "sent", "acknowledged", "queued", "expired", "gone", "too_slow", "redelivered", "lost", "unavailable"}[o]
}

// outcomeOf is the outcome that an error of a delivery means. Only a 410 says that there is
// no connection: backends forget one that is gone (A-GATEWAY-52), so nothing else may say it.
func outcomeOf(err error) Outcome {
	switch pasarela.CodeOf(err) {
	case pasarela.CodeGone:
		return Gone
	case pasarela.CodeLimitExceeded:
		return TooSlow
	}
	if err != nil {
		return Unavailable
	}
	return Accepted
}

// outcomes are counters by outcome.
type outcomes [Outcomes]atomic.Int64

func (o *outcomes) add(outcome Outcome, n int64) {
	if n > 0 {
		o[outcome].Add(n)
	}
}
