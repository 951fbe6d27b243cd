package socket

import (
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Limits bound one connection. Zero means "no limit" unless a field says
// otherwise; sizes are bytes of payload.
type Limits struct {
	// FrameSize is the largest frame a client may send; beyond it 1009.
	FrameSize int
	// MessageSize is the largest message over all its frames; beyond it 1009.
	MessageSize int
	// Binary lets binary messages in; AWS closes with 1003.
	Binary bool
	// Idle closes with 1001 when nothing was received or sent for so long.
	// and no message is in flight. Pongs do not count (A-SOCKET-4).
	Idle time.Duration
	// Life closes with 1001 so long after Adopt, whatever happens meanwhile.
	Life time.Duration
	// PingEvery sends a ping to a client that has been silent for so long; zero,
	// as on AWS, sends none. PongWithin is how long its answer (or anything else
	// from the client) may take; zero means 20 seconds.
	PingEvery  time.Duration
	PongWithin time.Duration
	// InFlight is how many OnMessage calls of one connection may run at once;
	// reading pauses there. 1 keeps messages in order; zero means 32 (A-SOCKET-5).
	InFlight int
	// QueueSize is how many bytes may wait for a slow reader before Send returns
	// [ErrSlowReader]. An empty queue takes any message; zero means 512 KiB.
	QueueSize int
	// WriteStall drops a connection whose peer has taken nothing of what waits
	// for so long; zero means 30 seconds (A-SOCKET-6).
	WriteStall time.Duration
	// CloseWait is how long the peer may take to answer a close frame before the
	// connection is cut; zero means 5 seconds (A-SOCKET-7).
	CloseWait time.Duration
	// OutFrame is the largest frame sent; longer messages go in several. Zero
	// means 32 KiB, AWS's limit for frames in both directions (aws-dataplane §1.10).
	OutFrame int
}

// DefaultLimits are AWS's quotas (aws-dataplane §1.9, aws-dataplane §1.11, aws-dataplane §11).
func DefaultLimits() Limits {
	return Limits{
		FrameSize:   pasarela.MaxFrameBytes,
		MessageSize: pasarela.MaxMessageBytes,
		Idle:        pasarela.IdleTimeout,
		Life:        pasarela.ConnectionDuration,
	}
}

// filled replaces the zeros that stand for a default.
func (l Limits) filled() Limits {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&l.PongWithin, 20*time.Second)
	set(&l.WriteStall, 30*time.Second)
	set(&l.CloseWait, 5*time.Second)
	if l.InFlight <= 0 {
		l.InFlight = 32
	}
	if l.QueueSize <= 0 {
		l.QueueSize = 512 << 10
	}
	if l.OutFrame <= 0 {
		l.OutFrame = pasarela.MaxFrameBytes
	}
	return l
}

// LiveLimits are Limits that many connections share and that change while they
// live: sizes hold from the next frame on, times within [RecheckEvery].
// Those who share them also share one part of [Options.InFlight].
type LiveLimits struct {
	current  atomic.Pointer[Limits]
	inFlight stageInFlight
}

// NewLiveLimits makes LiveLimits that start as l.
func NewLiveLimits(l Limits) *LiveLimits {
	live := &LiveLimits{}
	live.Store(l)
	return live
}

// Store replaces the limits for all connections that share them.
func (v *LiveLimits) Store(l Limits) {
	l = l.filled()
	v.current.Store(&l)
}

// Load returns the limits in force, defaults filled in.
func (v *LiveLimits) Load() Limits { return *v.current.Load() }
