package socket

import "time"

// outbox is what the network has not taken yet; a connection has one only then.
// Control frames go ahead of data, at the next boundary between frames; a message
// is never mixed with another one. A close frame goes last.
type outbox struct {
	begun  []byte        // the rest of a frame of which a part has gone out
	ends   bool          // begun ends a message
	urgent [][]byte      // pings and pongs, at most maxUrgent
	data   [][]byte      // whole frames
	close  []byte        // goes last
	bytes  int           // of data that waits
	inHand int           // messages whose end is in a Write that has not returned
	since  time.Duration // when the network last took something
}

// maxUrgent bounds the pings and pongs that wait; after that the newest takes the
// place of the last one, for only the newest pong is owed (RFC 6455 §5.5.3).
const maxUrgent = 16

// control queues a ping or pong, or the close frame.
func (o *outbox) control(frame []byte) {
	switch {
	case Opcode(frame[0]&opcodeBits) == opClose:
		o.close = frame
	case len(o.urgent) == maxUrgent:
		o.urgent[maxUrgent-1] = frame
	default:
		o.urgent = append(o.urgent, frame)
	}
}

// add queues frames of which the first n bytes have gone out.
func (o *outbox) add(wire []byte, n int) {
	for len(wire) > 0 {
		size := ownFrame(wire)
		switch {
		case n >= size:
			n -= size
		case n > 0:
			o.begun, o.ends, n = wire[n:size], wire[0]&finBit != 0, 0
		default:
			o.data = append(o.data, wire[:size])
			o.bytes += size
		}
		wire = wire[size:]
	}
}

func (o *outbox) empty() bool {
	return len(o.begun)+len(o.urgent)+len(o.data)+len(o.close) == 0
}

// pieces appends to to, up to its capacity, what goes out next.
func (o *outbox) pieces(to [][]byte) [][]byte {
	if len(o.begun) > 0 {
		to = append(to, o.begun)
	}
	to = append(to, o.urgent...) // maxUrgent is below every capacity
	n := min(len(o.data), cap(to)-len(to))
	to = append(to, o.data[:n]...)
	if n == len(o.data) && len(o.close) > 0 && len(to) < cap(to) {
		to = append(to, o.close)
	}
	return to
}

// sent takes away the n bytes of pieces that the network has taken.
func (o *outbox) sent(n int, now time.Duration) {
	if n == 0 {
		return
	}
	o.since = now
	if k := len(o.begun); k > n {
		o.begun = o.begun[n:]
		return
	} else if k > 0 {
		o.begun, o.ends, n = nil, false, n-k
	}
	for n > 0 {
		n -= o.pass(n)
	}
}

// pass takes the next frame away, of which n bytes went out, and keeps the rest as
// the frame that has begun. It returns the frame's length.
func (o *outbox) pass(n int) int {
	var frame []byte
	switch {
	case len(o.urgent) > 0:
		frame, o.urgent[0], o.urgent = o.urgent[0], nil, o.urgent[1:]
	case len(o.data) > 0:
		frame, o.data[0], o.data = o.data[0], nil, o.data[1:]
		o.bytes -= len(frame)
	default:
		frame, o.close = o.close, nil
	}
	if n < len(frame) {
		o.begun, o.ends = frame[n:], frame[0]&finBit != 0 && !Opcode(frame[0]&opcodeBits).control()
	}
	return len(frame)
}

// messages is how many messages have not gone out to their last byte.
func (o *outbox) messages() int {
	n := o.inHand
	if o.ends {
		n++
	}
	for _, frame := range o.data {
		if frame[0]&finBit != 0 {
			n++
		}
	}
	return n
}

// batch takes what goes out next, as far as it fits, and appends it to b. since
// stays as it is: the network has not had it yet.
func (o *outbox) batch(b []byte) []byte {
	var room [64][]byte
	before := len(b)
	for _, piece := range o.pieces(room[:0]) {
		b = append(b, piece[:min(len(piece), cap(b)-len(b))]...)
	}
	o.sent(len(b)-before, o.since)
	return b
}
