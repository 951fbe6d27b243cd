//go:build linux

package socket

import "crypto/tls"

// Decoded is what the decoder made of a client's bytes, for fuzzing.
type Decoded struct {
	Messages []string // opcode byte and payload
	End      Close    // of a close frame or a violation; zero: none
	Idle     bool     // the decoder holds nothing
}

// Decode feeds data in pieces of the given sizes, again and again.
func Decode(data []byte, lim Limits, sizes ...int) Decoded {
	var out Decoded
	var d decoder
	var pool buffers
	for i := 0; len(data) > 0; i++ {
		n := len(data)
		if len(sizes) > 0 {
			n = min(n, max(1, sizes[i%len(sizes)]))
		}
		piece := append([]byte(nil), data[:n]...)
		for data = data[n:]; len(piece) > 0; {
			var ev event
			ev, piece = d.next(piece, &lim, &pool)
			switch ev.kind {
			case message, ping, pong:
				out.Messages = append(out.Messages, string([]byte{byte(ev.kind), byte(ev.op)})+string(ev.payload))
			case closeSent, violation:
				out.End = ev.close
				return out
			}
		}
	}
	out.Idle = d.in == nil
	return out
}

// StaleEvents has every loop but c's own get an event for c, as happens
// when a descriptor is closed and given out again between a look at epoll and its
// answer.
func StaleEvents(c *Conn) {
	for _, l := range c.pool.epoll.loops {
		if own, ok := c.transport.(plainTransport); ok && own.loop != l {
			l.ready(c, epollIn)
		}
	}
}

// HasGoroutine says whether a goroutine of its own reads c.
func HasGoroutine(c *Conn) bool {
	_, ok := c.transport.(*goroutineTransport)
	return ok
}

// TLSShrinkWorks says whether this Go release lets a tls.Conn's buffers go.
func TLSShrinkWorks() bool {
	t := newTLSShrink()
	t.dropBuffers(&tls.Conn{})
	return t.supported
}
