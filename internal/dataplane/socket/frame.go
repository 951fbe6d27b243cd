package socket

import (
	"encoding/binary"
	"unicode/utf8"
)

// Opcode is the kind of a frame (RFC 6455 §5.2).
type Opcode byte

// Opcodes. OnMessage and Send use Text and Binary only.
const (
	opContinuation Opcode = 0x0
	Text           Opcode = 0x1
	Binary         Opcode = 0x2
	opClose        Opcode = 0x8
	opPing         Opcode = 0x9
	opPong         Opcode = 0xA
)

// Bits of a frame's first two bytes, and the largest payload of a control frame.
const (
	finBit     = 0x80
	rsvBits    = 0x70
	opcodeBits = 0x0f
	maskBit    = 0x80
	lengthBits = 0x7f
	maxControl = 125
)

func (o Opcode) control() bool { return o&0x8 != 0 }

// appendFrame appends one unmasked frame.
func appendFrame(b []byte, op Opcode, fin bool, payload []byte) []byte {
	first := byte(op)
	if fin {
		first |= finBit
	}
	switch n := len(payload); {
	case n <= maxControl:
		b = append(b, first, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, first, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, 127), uint64(n))
	}
	return append(b, payload...)
}

// appendMessage appends a message as frames of at most limit bytes of payload.
func appendMessage(b []byte, op Opcode, payload []byte, limit int) []byte {
	for len(payload) > limit {
		b = appendFrame(b, op, false, payload[:limit])
		payload, op = payload[limit:], opContinuation
	}
	return appendFrame(b, op, true, payload)
}

// appendClose appends a close frame; a code that cannot be sent gives an empty one.
func appendClose(b []byte, code uint16, reason string) []byte {
	var payload [maxControl]byte
	if !sendable(code) {
		return appendFrame(b, opClose, true, nil)
	}
	binary.BigEndian.PutUint16(payload[:], code)
	n := copy(payload[2:], reason)
	return appendFrame(b, opClose, true, payload[:2+n])
}

// ownFrame returns the length on the wire of the first of our frames in wire.
func ownFrame(wire []byte) int {
	switch n := int(wire[1] & lengthBits); n {
	case 126:
		return 4 + int(binary.BigEndian.Uint16(wire[2:]))
	case 127:
		return 10 + int(binary.BigEndian.Uint64(wire[2:]))
	default:
		return 2 + n
	}
}

// unmask applies the mask to p, whose first byte is at offset at of its frame.
func unmask(p []byte, mask [4]byte, at int) {
	var turned [8]byte
	for i := range turned {
		turned[i] = mask[(at+i)&3]
	}
	word := binary.LittleEndian.Uint64(turned[:])
	for ; len(p) >= 8; p = p[8:] {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^word)
	}
	for i := range p {
		p[i] ^= turned[i]
	}
}

// wireSize returns how many bytes a message takes at most on the wire.
func wireSize(n, limit int) int { return n + 10*(n/limit+1) }

func validText(s string) bool  { return utf8.ValidString(s) }
func validBytes(b []byte) bool { return utf8.Valid(b) }
