// Package traceparent reads and makes the W3C trace context, version 00:
// 00-{trace, 32 hex}-{span, 16 hex}-{flags, 2 hex}. https://www.w3.org/TR/trace-context/
package traceparent

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
)

// Valid says whether text is a trace context of version 00: only then is it passed on.
func Valid(text string) bool {
	if len(text) != 55 || text[:3] != "00-" || text[35] != '-' || text[52] != '-' {
		return false
	}
	isHex := func(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }
	trace, span := text[3:35], text[36:52]
	return isHex(trace) && isHex(span) && isHex(text[53:]) &&
		strings.Trim(trace, "0") != "" && strings.Trim(span, "0") != ""
}

// Sampled says whether the spans of a context are recorded. It checks nothing else, to be
// fast, since most are not.
func Sampled(text string) bool {
	return len(text) == 55 && strings.IndexByte("13579bdf", text[54]) >= 0
}

// Child is a context of the same trace with a span of its own.
func Child(valid string) string {
	var span [8]byte
	random(span[:])
	return valid[:36] + hex.EncodeToString(span[:]) + valid[52:]
}

// New is the context of the first span of a trace.
func New(sampled bool) string {
	var id [24]byte
	random(id[:])
	id[0] |= 1 // neither half may be all zeros
	id[16] |= 1
	var text [55]byte
	copy(text[:], "00-")
	hex.Encode(text[3:], id[:16])
	text[35] = '-'
	hex.Encode(text[36:], id[16:])
	copy(text[52:], "-00")
	if sampled {
		text[54] = '1'
	}
	return string(text[:])
}

// random fills b, whose length is a multiple of 8. Ids must be unlikely to collide, but need
// not be unpredictable.
func random(b []byte) {
	for ; len(b) > 0; b = b[8:] {
		binary.LittleEndian.PutUint64(b, rand.Uint64())
	}
}
