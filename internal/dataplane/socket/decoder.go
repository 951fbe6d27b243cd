package socket

import (
	"encoding/binary"
	"unicode/utf8"
)

// event is what a decoder found in a client's bytes.
type event struct {
	kind     eventKind
	op       Opcode // of a message
	payload  []byte // of a message, ping or pong
	borrowed bool   // payload lies in the caller's data, else it is a pooled buffer
	close    Close  // what the client's close frame says, or why it failed
}

type eventKind uint8

const (
	needMore  eventKind = iota // all data is used up
	message                    // a whole message
	ping                       // a ping
	pong                       // a pong
	closeSent                  // the client's close frame
	violation                  // the client broke a rule or a limit; nothing may be read any more
)

// decoder splits a client's bytes into messages, however they arrive. Between two
// messages it holds nothing.
type decoder struct{ in *inbound }

// inbound is a message, and a frame of it, that has not arrived completely.
type inbound struct {
	head    [maxHeader]byte
	headLen uint8
	inFrame bool
	frame   header
	at      int // bytes of the frame's payload seen
	control [maxControl]byte
	op      Opcode // of the message; opContinuation: none has begun
	text    textCheck
	message []byte
}

func failed(cause Cause, detail string) event {
	c := cause.Close()
	if detail != "" {
		c.Reason = detail
	}
	return event{kind: violation, close: c}
}

// next returns the first thing that data completes, and the data behind it. It
// unmasks in place. An error of the client is found as early as its bytes show it.
func (d *decoder) next(data []byte, lim *Limits, pool *buffers) (event, []byte) {
	for {
		if d.in == nil || !d.in.inFrame {
			h, rest, ev := d.header(data)
			if ev.kind != needMore || rest == nil {
				return ev, rest
			}
			if ev := d.admit(h, lim); ev.kind == violation {
				return ev, nil
			}
			if len(rest) >= h.length && (h.op.control() || h.fin && !d.begun()) {
				return wholeFrame(h, rest[:h.length]), rest[h.length:]
			}
			d.begin(h)
			data = rest
		}
		ev, rest := d.payload(data, pool)
		if ev.kind != needMore || len(rest) == 0 && d.in.inFrame {
			return ev, rest
		}
		data = rest
	}
}

// header takes a frame's header off data. rest is nil when data ended before it.
func (d *decoder) header(data []byte) (h header, rest []byte, ev event) {
	src, kept := data, 0
	if d.in != nil && d.in.headLen > 0 {
		kept = int(d.in.headLen)
		n := copy(d.in.head[kept:], data)
		src = d.in.head[:kept+n]
	}
	h, size, wrong := parseHeader(src)
	switch {
	case wrong != "":
		return h, nil, failed(ProtocolError, wrong)
	case size > 0:
		if d.in != nil && d.in.headLen > 0 {
			d.in.headLen = 0
			d.releaseIdle()
		}
		return h, data[size-kept:], event{}
	case len(src) > 0:
		d.need()
		d.in.headLen = uint8(copy(d.in.head[:], src))
	}
	return h, nil, event{}
}

// admit checks a header against what came before it and the limits, before any
// of its payload is kept.
func (d *decoder) admit(h header, lim *Limits) event {
	if h.op.control() {
		return event{}
	}
	total := h.length
	switch begun := d.begun(); {
	case h.op == opContinuation && !begun:
		return failed(ProtocolError, "Continuation frame, but no message has begun")
	case h.op != opContinuation && begun:
		return failed(ProtocolError, "A new message began inside a fragmented one")
	case h.op == Binary && !lim.Binary:
		return failed(BinaryRefused, "")
	case begun:
		total += len(d.in.message)
	}
	if lim.FrameSize > 0 && h.length > lim.FrameSize {
		return failed(FrameTooBig, "")
	}
	if lim.MessageSize > 0 && total > lim.MessageSize || total < 0 {
		return failed(MessageTooBig, "")
	}
	return event{}
}

func (d *decoder) begun() bool { return d.in != nil && d.in.op != opContinuation }

// releaseIdle frees the state when no message is open.
func (d *decoder) releaseIdle() {
	if d.in.op == opContinuation {
		d.in = nil
	}
}

func (d *decoder) need() {
	if d.in == nil {
		d.in = &inbound{}
	}
}

// wholeFrame is the event of a frame that lies completely in data.
func wholeFrame(h header, payload []byte) event {
	unmask(payload, h.mask, 0)
	if h.op.control() {
		return controlled(h.op, payload)
	}
	if h.op == Text && !utf8.Valid(payload) {
		return failed(InvalidText, "")
	}
	return event{kind: message, op: h.op, payload: payload, borrowed: true}
}

// begin opens a frame that does not lie completely in data or is one of several.
func (d *decoder) begin(h header) {
	d.need()
	d.in.inFrame, d.in.frame, d.in.at = true, h, 0
	if !h.op.control() && h.op != opContinuation {
		d.in.op = h.op
	}
}

// payload takes the open frame's payload off data.
func (d *decoder) payload(data []byte, pool *buffers) (event, []byte) {
	in := d.in
	n := min(len(data), in.frame.length-in.at)
	piece := data[:n]
	unmask(piece, in.frame.mask, in.at)
	if in.frame.op.control() {
		copy(in.control[in.at:], piece)
	} else {
		if in.op == Text && !in.text.more(piece) {
			return failed(InvalidText, ""), nil
		}
		in.message = append(pool.grow(in.message, n), piece...)
	}
	in.at += n
	if in.at < in.frame.length {
		return event{}, data[n:]
	}
	in.inFrame = false
	return d.finish(), data[n:]
}

// finish ends the open frame, which is complete.
func (d *decoder) finish() event {
	in := d.in
	switch {
	case in.frame.op.control():
		ev := controlled(in.frame.op, in.control[:in.frame.length])
		d.releaseIdle()
		return ev
	case !in.frame.fin:
		return event{}
	case in.op == Text && !in.text.done():
		return failed(InvalidText, "")
	}
	d.in = nil
	return event{kind: message, op: in.op, payload: in.message}
}

// controlled is the event of a control frame.
func controlled(op Opcode, payload []byte) event {
	switch op {
	case opPing:
		return event{kind: ping, payload: payload, borrowed: true}
	case opPong:
		return event{kind: pong, payload: payload, borrowed: true}
	}
	switch {
	case len(payload) == 0:
		return event{kind: closeSent, close: ClientClosed.Close()}
	case len(payload) == 1:
		return failed(ProtocolError, "A close frame carries no byte or at least two")
	case !utf8.Valid(payload[2:]):
		return failed(InvalidText, "Close reason is not UTF-8")
	}
	code := binary.BigEndian.Uint16(payload)
	if !sendable(code) {
		return failed(ProtocolError, "Close code must not be sent")
	}
	return event{kind: closeSent, close: ClientClosed.With(code, string(payload[2:]))}
}
