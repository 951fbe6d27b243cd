package socket

import "time"

// outbox is what the network has not taken yet; a connection has one only then.
// Control frames go ahead of data, at the next boundary between frames; a message
// is never mixed with another one. A close frame goes last.
type outbox struct {
	begun []byte // the rest of a frame of which a part has gone out
	pong  []byte // only the newest is owed (RFC 6455 §5.5.3)
	ping  []byte
	data  [][]byte // whole frames
	close []byte
	bytes int           // of data that waits
	since time.Duration // when the network last took something
}

// add queues frames of which the first n bytes have gone out.
func (o *outbox) add(wire []byte, n int) {
	for len(wire) > 0 {
		size := ownFrame(wire)
		switch {
		case n >= size:
			n -= size
		case n > 0:
			o.begun, n = wire[n:size], 0
		default:
			o.data = append(o.data, wire[:size])
			o.bytes += size
		}
		wire = wire[size:]
	}
}

func (o *outbox) empty() bool {
	return len(o.begun)+len(o.pong)+len(o.ping)+len(o.data)+len(o.close) == 0
}

// pieces appends to to, up to its capacity, what goes out next.
func (o *outbox) pieces(to [][]byte) [][]byte {
	for _, control := range [][]byte{o.begun, o.pong, o.ping} {
		if len(control) > 0 {
			to = append(to, control)
		}
	}
	n := min(len(o.data), cap(to)-len(to))
	to = append(to, o.data[:n]...)
	if n == len(o.data) && len(o.close) > 0 && len(to) < cap(to) {
		to = append(to, o.close)
	}
	return to
}

// sent takes away the n bytes of pieces that the network has taken.
func (o *outbox) sent(n int, now time.Duration) {
	if n > 0 {
		o.since = now
	}
	if k := len(o.begun); k > 0 {
		cut := min(n, k)
		o.begun, n = o.begun[cut:], n-cut
	}
	for _, control := range []*[]byte{&o.pong, &o.ping} {
		n = o.pass(control, n)
	}
	for n > 0 && len(o.data) > 0 {
		frame := o.data[0]
		o.data[0], o.data = nil, o.data[1:]
		o.bytes -= len(frame)
		n = o.pass(&frame, n)
	}
	o.pass(&o.close, n)
}

// pass takes n bytes off a frame; a rest becomes the frame that has begun.
func (o *outbox) pass(frame *[]byte, n int) int {
	size := len(*frame)
	if n <= 0 || size == 0 {
		return n
	}
	if n < size {
		o.begun = (*frame)[n:]
	}
	*frame = nil
	return n - size
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
