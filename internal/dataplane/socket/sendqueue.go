package socket

import "time"

// sendQueue is what the network has not taken yet; a connection has one only then.
// Control frames go ahead of data, at the next boundary between frames; a message
// is never mixed with another one. A close frame goes last.
type sendQueue struct {
	partial       []byte        // the rest of a frame of which a part has gone out
	ends          bool          // begun ends a message
	controlFrames [][]byte      // pings and pongs, at most maxControlFrames
	data          [][]byte      // whole frames
	close         []byte        // goes last
	bytes         int           // of data that waits
	inHand        int           // messages whose end is in a Write that has not returned
	since         time.Duration // when the network last took something
	over          chan struct{} // closed when nothing waits any more; nil: no caller waits for that
	cut           bool          // what waited will never go out; set before over is closed
}

// maxControlFrames bounds the pings and pongs that wait; after that the newest takes the
// place of the last one, for only the newest pong is owed (RFC 6455 §5.5.3).
const maxControlFrames = 16

// control queues a ping or pong, or the close frame.
func (o *sendQueue) control(frame []byte) {
	switch {
	case Opcode(frame[0]&opcodeBits) == opClose:
		o.close = frame
	case len(o.controlFrames) == maxControlFrames:
		o.controlFrames[maxControlFrames-1] = frame
	default:
		o.controlFrames = append(o.controlFrames, frame)
	}
}

// submit queues frames of which the first n bytes have gone out.
func (o *sendQueue) add(wire []byte, n int) {
	for len(wire) > 0 {
		size := ownFrame(wire)
		switch {
		case n >= size:
			n -= size
		case n > 0:
			o.partial, o.ends, n = wire[n:size], endsMessage(wire), 0
		default:
			o.data = append(o.data, wire[:size])
			o.bytes += size
		}
		wire = wire[size:]
	}
}

func (o *sendQueue) empty() bool {
	return len(o.partial)+len(o.controlFrames)+len(o.data)+len(o.close) == 0
}

// segments appends to to, up to its capacity, what goes out next.
func (o *sendQueue) segments(to [][]byte) [][]byte {
	if len(o.partial) > 0 {
		to = append(to, o.partial)
	}
	to = append(to, o.controlFrames...) // maxControlFrames is below every capacity
	n := min(len(o.data), cap(to)-len(to))
	to = append(to, o.data[:n]...)
	if n == len(o.data) && len(o.close) > 0 && len(to) < cap(to) {
		to = append(to, o.close)
	}
	return to
}

// advance takes away the n bytes of pieces that the network has taken.
func (o *sendQueue) advance(n int, now time.Duration) {
	if n == 0 {
		return
	}
	o.since = now
	if k := len(o.partial); k > n {
		o.partial = o.partial[n:]
		return
	} else if k > 0 {
		o.partial, o.ends, n = nil, false, n-k
	}
	for n > 0 {
		n -= o.popFrame(n)
	}
}

// pass takes the next frame away, of which n bytes went out, and keeps the rest as
// the frame that has begun. It returns the frame's length.
func (o *sendQueue) popFrame(n int) int {
	var frame []byte
	switch {
	case len(o.controlFrames) > 0:
		frame, o.controlFrames[0], o.controlFrames = o.controlFrames[0], nil, o.controlFrames[1:]
	case len(o.data) > 0:
		frame, o.data[0], o.data = o.data[0], nil, o.data[1:]
		o.bytes -= len(frame)
	default:
		frame, o.close = o.close, nil
	}
	if n < len(frame) {
		o.partial, o.ends = frame[n:], endsMessage(frame)
	}
	return len(frame)
}

// messages is how many messages have not gone out to their last byte.
func (o *sendQueue) messages() int {
	n := o.inHand
	if o.ends {
		n++
	}
	for _, frame := range o.data {
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
func (o *sendQueue) batch(b []byte) []byte {
	var room [64][]byte
	before := len(b)
	for _, piece := range o.segments(room[:0]) {
		b = append(b, piece[:min(len(piece), cap(b)-len(b))]...)
	}
	o.advance(len(b)-before, o.since)
	return b
}
