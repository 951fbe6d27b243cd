package socket

import (
	"encoding/binary"
	"math"
)

// maxHeader is the longest header of a client's frame.
const maxHeader = 14

// header is a client's frame header.
type header struct {
	op     Opcode
	fin    bool
	mask   [4]byte
	length int
}

// parseHeader reads a header from the beginning of b. size is its length, 0 when
// b does not hold all of it yet. A violation of RFC 6455 §5.2 and RFC 6455 §5.5 that shows
// in what is there already is reported at once, as a sentence.
func parseHeader(b []byte) (h header, size int, violation string) {
	if len(b) == 0 {
		return h, 0, ""
	}
	h.op, h.fin = Opcode(b[0]&opcodeBits), b[0]&finBit != 0
	switch {
	case b[0]&rsvBits != 0:
		return h, 0, "Reserved bits are set, but no extension was agreed on"
	case h.op > Binary && h.op < opClose || h.op > opPong:
		return h, 0, "Reserved opcode"
	case h.op.control() && !h.fin:
		return h, 0, "Control frames must not be fragmented"
	case len(b) < 2:
		return h, 0, ""
	case b[1]&maskBit == 0:
		return h, 0, "Client frames must be masked"
	case h.op.control() && b[1]&lengthBits > maxControl:
		return h, 0, "Control frames carry at most 125 bytes"
	}
	return h.parseLength(b)
}

// parseLength reads the length and the mask behind the first two bytes.
func (h header) parseLength(b []byte) (header, int, string) {
	size, n := 2, uint64(b[1]&lengthBits)
	switch {
	case n == 126 && len(b) >= 4:
		size, n = 4, uint64(binary.BigEndian.Uint16(b[2:]))
		if n <= maxControl {
			return h, 0, "Frame length is not in its shortest form"
		}
	case n == 127 && len(b) >= 10:
		size, n = 10, binary.BigEndian.Uint64(b[2:])
		if n > math.MaxInt {
			return h, 0, "Frame length has its highest bit set"
		}
		if n < 1<<16 {
			return h, 0, "Frame length is not in its shortest form"
		}
	case n > maxControl:
		return h, 0, ""
	}
	if len(b) < size+4 {
		return h, 0, ""
	}
	h.length = int(n)
	copy(h.mask[:], b[size:])
	return h, size + 4, ""
}
