package gateway

import "sync/atomic"

// Outcome is what became of a message for a client: at once the word in the answer of
// @connections and the label in metrics (A-GATEWAY-53).
type Outcome uint8

// Outcomes of pushes. The first four answer [Push.Wait]; of the others only counts are
// kept, since they come about after the answer.
const (
	Accepted     Outcome = iota // for a client that is there; nothing more was asked
	Sent                        // the kernel has it
	Acknowledged                // the client's pong came after it
	Queued                      // it waits for its client
	Expired                     // its Lifetime ended before it could be sent
	Gone                        // there was no such connection
	TooSlow                     // too much waited already
	Redelivered                 // it was sent again after a resume
	Lost                        // its connection ended before it could be sent

	Outcomes
)

// String returns the word.
func (o Outcome) String() string {
	return [Outcomes]string{"accepted", "sent", "acknowledged", "queued", "expired", "gone", "too_slow", "redelivered", "lost"}[o]
}

// outcomes counts.
type outcomes [Outcomes]atomic.Int64

func (o *outcomes) add(outcome Outcome, n int64) {
	if n > 0 {
		o[outcome].Add(n)
	}
}
