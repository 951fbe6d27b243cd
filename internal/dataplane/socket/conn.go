package socket

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pasarela-ws/pasarela"
)

// Answers of Send and Close that callers decide on.
var (
	// ErrClosed: the connection is closed or closing. For @connections: 410.
	ErrClosed = errors.New("socket: connection is closed")
	// ErrSlowReader: too much waits for this client already (Limits.QueueSize);
	// the message was not queued. For @connections: 429.
	ErrSlowReader = errors.New("socket: the client reads too slowly, its queue is full")
	// ErrCloseFrame: code or reason cannot stand in a close frame.
	ErrCloseFrame = errors.New("socket: this code or reason cannot be sent in a close frame (codes 1000-1003, 1007-1014, 3000-4999; reason UTF-8 of at most 123 bytes)")
	// ErrNotText: a text message that is not UTF-8.
	ErrNotText = errors.New("socket: a text message must be UTF-8")
)

// Conn is one WebSocket connection. All methods may be called at any time from
// any goroutine, and none but WaitSent waits for the network.
type Conn struct {
	pool         *Pool
	transport    transport
	limits       *LiveLimits
	user         any
	nc           net.Conn // nil where the descriptor alone is kept
	fd           int32
	shard        uint8
	openedAt     time.Duration // since the pool's start, as all times here
	lastReceived atomic.Int64  // last frame from the client
	lastActive   atomic.Int64  // last frame from the client but pongs, or last Send
	wheelEntry   wheelEntry    // belongs to the wheel

	// These belong to the goroutine that reads; there is at most one at a time.
	in          decoder
	unprocessed []byte // read, but not looked at because of a pause
	discarding  bool   // bytes that arrive are read and dropped (after a close frame or a protocol error)

	mu        sync.Mutex
	state     state
	reading   bool // a goroutine is looking at what arrived
	paused    bool // nothing is read until resumeReading
	draining  bool // closes when no message is in flight and none waits to go out
	admitted  bool // the in-flight limiter let this read begin, and must be called at its end
	writing   bool // a goroutine writes what waits
	watched   uint8
	inFlight  int32
	sendQueue *sendQueue
	end       *pendingClose
	pinged    time.Duration // when the ping went out whose answer is missing; 0: none
}

// state only ever grows.
type state uint8

const (
	opened        state = iota
	closing             // our close frame goes out first; the client's is awaited
	closeReceived       // the client's close frame came; ours goes out, then it is over
	failing             // the client broke a rule: our close frame, then only its EOF counts
	tornDown            // both directions are broken; the reader ends it
	ended               // OnClose has been called, or is being called
)

// pendingClose is how a connection that is no longer open ends.
type pendingClose struct {
	why         Close
	deadline    time.Duration // when it is cut
	undelivered int           // messages
}

// User returns what was given to Adopt.
func (c *Conn) User() any { return c.user }

// ConnectedAt returns when Adopt took the connection over.
func (c *Conn) ConnectedAt() time.Time { return c.pool.start.Add(c.openedAt) }

// LastActiveAt returns when the last frame came in (pongs do not count) or the
// last message was accepted for sending.
func (c *Conn) LastActiveAt() time.Time {
	return c.pool.start.Add(time.Duration(c.lastActive.Load()))
}

// Limits returns the limits in force.
func (c *Conn) Limits() Limits { return *c.limits.current.Load() }

// Open says whether Send can still succeed.
func (c *Conn) Open() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state == opened
}

// Send accepts a message for the client; payload may be reused at once. Text must
// be UTF-8. It returns [ErrClosed], [ErrSlowReader] or [ErrNotText]. Like AWS's,
// acceptance does not mean that the client has read it (aws-dataplane §8.5).
func (c *Conn) Send(op Opcode, payload []byte) error {
	if op == Text && !validBytes(payload) {
		return ErrNotText
	}
	lim := c.limits.current.Load()
	wire := c.pool.buffers.get(wireSize(len(payload), lim.OutFrame))
	wire = appendMessage(wire, op, payload, lim.OutFrame)
	err := c.sendFrames(wire, lim, false)
	c.pool.buffers.put(wire)
	return err
}

// Prepared is a message that is encoded once and sent to many connections.
type Prepared struct{ wire []byte }

// Prepare encodes a message in frames of at most 32 KiB. Text must be UTF-8.
func Prepare(op Opcode, payload []byte) (*Prepared, error) {
	if op == Text && !validBytes(payload) {
		return nil, ErrNotText
	}
	wire := make([]byte, 0, wireSize(len(payload), pasarela.MaxFrameBytes))
	return &Prepared{wire: appendMessage(wire, op, payload, pasarela.MaxFrameBytes)}, nil
}

// Payload is a copy of the message that was prepared.
func (m *Prepared) Payload() []byte {
	payload := make([]byte, 0, len(m.wire))
	for wire := m.wire; len(wire) > 0; {
		at, length := 2, int(wire[1])
		switch length {
		case 126:
			at, length = 4, int(binary.BigEndian.Uint16(wire[2:]))
		case 127:
			at, length = 10, int(binary.BigEndian.Uint64(wire[2:]))
		}
		payload = append(payload, wire[at:at+length]...)
		wire = wire[at+length:]
	}
	return payload
}

// SendPrepared is Send of a prepared message. What waits is shared, not copied.
func (c *Conn) SendPrepared(m *Prepared) error {
	return c.sendFrames(m.wire, c.limits.current.Load(), true)
}

// sendFrames gives frames to the network as far as it takes them, and queues the rest.
func (c *Conn) sendFrames(wire []byte, lim *Limits, shared bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != opened {
		return ErrClosed
	}
	if c.sendQueue != nil && c.sendQueue.bytes > 0 && c.sendQueue.bytes+len(wire) > lim.QueueSize {
		c.count().refused.Add(1)
		return ErrSlowReader
	}
	if !c.write(wire, shared) {
		return ErrClosed
	}
	c.lastActive.Store(int64(c.pool.now()))
	c.count().messagesOut.Add(1)
	return nil
}

// write sends data frames, or queues what the network does not take; false when
// the connection is broken. c.mu is held.
func (c *Conn) write(wire []byte, shared bool) bool {
	n, ok := c.writeNow(wire)
	if !ok || n == len(wire) {
		return ok
	}
	if !shared {
		wire = bytes.Clone(wire)
	}
	c.queue().add(wire, n)
	c.transport.flush(c)
	return c.state < tornDown
}

// writeNow writes as much as the network takes at once, if nothing waits before it.
func (c *Conn) writeNow(wire []byte) (n int, ok bool) {
	if c.sendQueue != nil {
		return 0, true
	}
	n, err := c.transport.write(c, wire)
	c.count().bytesOut.Add(int64(n))
	if err != nil {
		c.abort(ConnectionLost.Close())
		return n, false
	}
	return n, true
}

// control sends a ping, pong or close frame, or queues what the network does not
// take. c.mu is held.
func (c *Conn) control(frame []byte) {
	n, ok := c.writeNow(frame)
	switch {
	case !ok:
		return
	case n == len(frame):
		c.queueEmptied()
		return
	case n > 0:
		c.queue().partial = bytes.Clone(frame[n:])
	default:
		c.queue().control(bytes.Clone(frame))
	}
	c.transport.flush(c)
}

// queue returns the send queue, which from now on has a time limit.
func (c *Conn) queue() *sendQueue {
	if c.sendQueue == nil {
		now := c.pool.now()
		c.sendQueue = &sendQueue{since: now}
		c.pool.wheel.moveEarlier(c, now+c.limits.current.Load().WriteStall)
	}
	return c.sendQueue
}

// queueEmptied goes on after the last waiting byte went out. c.mu is held.
func (c *Conn) queueEmptied() {
	if c.sendQueue != nil {
		return
	}
	switch c.state {
	case opened:
		c.closeIfIdle()
	case failing:
		c.transport.halfClose(c)
	case closeReceived:
		c.teardown()
	}
}

// Close sends a close frame behind what waits to be sent and ends the connection
// when the client confirms it, or after Limits.CloseWait. OnClose follows, once and
// on another goroutine; Send returns [ErrClosed] from now on. A cause that sends
// no frame, such as [SlowReader], cuts the connection. Close returns [ErrClosed]
// when the connection is closing already, and [ErrCloseFrame].
func (c *Conn) Close(why Close) error {
	if why.Cause == CauseNone || why.Cause >= Causes || catalogue[why.Cause].sent && !why.Valid() {
		return ErrCloseFrame
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != opened {
		return ErrClosed
	}
	if catalogue[why.Cause].sent {
		c.sendClose(closing, why)
		c.unpause()
	} else {
		c.abort(why)
	}
	return nil
}

// sendClose sends the close frame that a new state asks for. c.mu is held.
func (c *Conn) sendClose(next state, why Close) {
	by := c.pool.now() + c.limits.current.Load().CloseWait
	if c.end == nil {
		c.end = &pendingClose{why: why, deadline: by}
	}
	silent := c.state == opened // no close frame of ours is under way
	c.state = next
	c.pool.wheel.moveEarlier(c, by)
	switch {
	case silent:
		frame := appendClose(c.pool.buffers.get(2+maxControl), why.Code, why.Reason)
		c.control(frame)
		c.pool.buffers.put(frame)
	case c.sendQueue == nil:
		c.queueEmptied()
	}
}

// abort ends the connection without a close frame. c.mu is held.
func (c *Conn) abort(why Close) {
	if c.end == nil {
		c.end = &pendingClose{why: why}
	}
	c.teardown()
}

// teardown makes the reader end the connection. c.mu is held.
func (c *Conn) teardown() {
	if c.state >= tornDown {
		return
	}
	if c.sendQueue != nil {
		c.end.undelivered += c.sendQueue.messages()
	}
	c.endQueue(true)
	c.state, c.paused = tornDown, false
	c.transport.teardown(c)
}

// unpause continues reading. c.mu is held.
func (c *Conn) unpause() {
	if c.paused {
		c.paused = false
		c.transport.resume(c)
	}
}

// resumeReading reads on if the connection still has reason to; it says whether it did.
// admitted says that the in-flight limiter let it, whose admitNext follows at the end of
// the read.
func (c *Conn) resumeReading(admitted bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.paused || c.state == opened && (c.draining || c.atInFlightLimit(c.limits.current.Load())) {
		return false
	}
	c.admitted = c.admitted || admitted
	c.unpause()
	return true
}

// atInFlightLimit says whether as many messages are in flight as may be. c.mu is held.
func (c *Conn) atInFlightLimit(lim *Limits) bool { return int(c.inFlight) >= lim.InFlight }

// closeWhenIdle closes the connection with [Shutdown] once its messages are answered and the
// client has been given all that waits for it; no new messages begin.
func (c *Conn) closeWhenIdle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.draining = true
	if c.state == opened {
		c.closeIfIdle()
	}
}

// closeIfIdle closes an open connection that is leaving and has nothing to wait for.
// c.mu is held.
func (c *Conn) closeIfIdle() {
	if c.draining && c.inFlight == 0 && c.sendQueue == nil {
		c.closeWith(Shutdown)
	}
}

func (c *Conn) count() *counters { return &c.pool.counts[c.shard] }
