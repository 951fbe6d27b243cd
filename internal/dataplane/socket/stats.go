package socket

import "sync/atomic"

// shards is how many sets of counters there are, so that cores do not share one.
const shards = 8

// counters count what happened on some of the connections.
type counters struct {
	opened, messagesIn, messagesOut, bytesIn, bytesOut, refused, undelivered atomic.Int64
	closed                                                                   [Causes]atomic.Int64
	_                                                                        [64]byte // keeps shards on cache lines of their own
}

// Stats is what a pool has done since it began. Bytes are those of frames, before
// TLS.
type Stats struct {
	Open                    int64 // connections now
	Opened                  int64
	InFlight                int64 // OnMessage calls now
	MessagesIn, MessagesOut int64
	BytesIn, BytesOut       int64
	// Refused counts messages that Send answered with ErrSlowReader.
	Refused int64
	// Undelivered counts messages that Send accepted and the network never took,
	// because the connection ended before.
	Undelivered int64
	// Closed counts ended connections by Cause.
	Closed [Causes]int64
	// IOUring says whether [Pool.SendTogether] uses io_uring.
	IOUring bool
}

// Stats returns the pool's counters.
func (p *Pool) Stats() Stats {
	s := Stats{Open: p.open.Load(), InFlight: p.inFlight.running.Load(), IOUring: p.IOUring() == nil}
	for i := range p.counts {
		c := &p.counts[i]
		s.Opened += c.opened.Load()
		s.MessagesIn += c.messagesIn.Load()
		s.MessagesOut += c.messagesOut.Load()
		s.BytesIn += c.bytesIn.Load()
		s.BytesOut += c.bytesOut.Load()
		s.Refused += c.refused.Load()
		s.Undelivered += c.undelivered.Load()
		for cause := range c.closed {
			s.Closed[cause] += c.closed[cause].Load()
		}
	}
	return s
}
