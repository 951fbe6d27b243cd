package socket

import "time"

// sendQueue is what the network has not taken yet; a connection has one only then.
// Control frames go ahead of data, at the next boundary between frames; a message
// is never mixed with another one. A close frame goes last.
type sendQueue struct {
	partial       []byte        // the rest of a frame of which a part has gone out
	ends          bool          // partial is the last frame of a message
	controlFrames [][]byte      // pings and pongs, at most maxControlFrames
	data          [][]byte      // whole frames
	close         []byte        // goes last
	bytes         int           // of data that waits
	inWrite       int           // messages whose end is in a Write that has not returned
	since         time.Duration // when the network last took something
	emptied       chan struct{} // closed when nothing waits any more; nil: no caller waits for that
	cut           bool          // what waited will never go out; set before emptied is closed
}

// maxControlFrames bounds the pings and pongs that wait; after that the newest takes the
// place of the last one, for only the newest pong is owed (RFC 6455 §5.5.3).
const maxControlFrames = 16

// control queues a ping or pong, or the close frame.
func (q *sendQueue) control(frame []byte) {
	switch {
	case Opcode(frame[0]&opcodeBits) == opClose:
		q.close = frame
	case len(q.controlFrames) == maxControlFrames:
		q.controlFrames[maxControlFrames-1] = frame
	default:
		q.controlFrames = append(q.controlFrames, frame)
	}
}

// add queues the frames of wire, of which the first n bytes have gone out.
func (q *sendQueue) add(wire []byte, n int) {
	for len(wire) > 0 {
		size := ownFrame(wire)
		switch {
		case n >= size:
			n -= size
		case n > 0:
			q.partial, q.ends, n = wire[n:size], endsMessage(wire), 0
		default:
			q.data = append(q.data, wire[:size])
			q.bytes += size
		}
		wire = wire[size:]
	}
}

func (q *sendQueue) empty() bool {
	return len(q.partial)+len(q.controlFrames)+len(q.data)+len(q.close) == 0
}

// segments appends to to, up to its capacity, what goes out next.
func (q *sendQueue) segments(to [][]byte) [][]byte {
	if len(q.partial) > 0 {
		to = append(to, q.partial)
	}
	to = append(to, q.controlFrames...) // maxControlFrames is below every capacity
	n := min(len(q.data), cap(to)-len(to))
	to = append(to, q.data[:n]...)
	if n == len(q.data) && len(q.close) > 0 && len(to) < cap(to) {
		to = append(to, q.close)
	}
	return to
}

// advance removes the n bytes of what segments returned that the network has taken.
func (q *sendQueue) advance(n int, now time.Duration) {
	if n == 0 {
		return
	}
	q.since = now
	if k := len(q.partial); k > n {
		q.partial = q.partial[n:]
		return
	} else if k > 0 {
		q.partial, q.ends, n = nil, false, n-k
	}
	for n > 0 {
		n -= q.popFrame(n)
	}
}

// popFrame removes the next frame, of which n bytes went out, and keeps the rest as
// partial. It returns the frame's length.
func (q *sendQueue) popFrame(n int) int {
	var frame []byte
	switch {
	case len(q.controlFrames) > 0:
		frame, q.controlFrames[0], q.controlFrames = q.controlFrames[0], nil, q.controlFrames[1:]
	case len(q.data) > 0:
		frame, q.data[0], q.data = q.data[0], nil, q.data[1:]
		q.bytes -= len(frame)
	default:
		frame, q.close = q.close, nil
	}
	if n < len(frame) {
		q.partial, q.ends = frame[n:], endsMessage(frame)
	}
	return len(frame)
}

// messages is how many messages have not gone out to their last byte.
func (q *sendQueue) messages() int {
	n := q.inWrite
	if q.ends {
		n++
	}
	for _, frame := range q.data {
		if endsMessage(frame) {
			n++
		}
	}
	return n
}

// endsMessage says whether a frame is the last of a message; data may have pings with
// marks in it.
func endsMessage(frame []byte) bool {
	return frame[0]&finBit != 0 && !Opcode(frame[0]&opcodeBits).control()
}

// batch takes what goes out next, as far as it fits, and appends it to b. since
// stays as it is: the network has not had it yet.
func (q *sendQueue) batch(b []byte) []byte {
	var buf [64][]byte
	before := len(b)
	for _, piece := range q.segments(buf[:0]) {
		b = append(b, piece[:min(len(piece), cap(b)-len(b))]...)
	}
	q.advance(len(b)-before, q.since)
	return b
}
