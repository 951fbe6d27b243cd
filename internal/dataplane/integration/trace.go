package integration

import (
	"encoding/hex"
	"math/rand/v2"
	"regexp"
)

// TraceHeader is what backends, functions and authorizers find the trace of AWS
// X-Ray by.
const TraceHeader = "X-Amzn-Trace-Id"

// TraceID is the X-Amzn-Trace-Id of a handshake at that time (seconds since 1970):
// the client's, when it is one, or a new one (aws-dataplane §4.6).
func TraceID(given string, epoch int64) string {
	if traceForm.MatchString(given) {
		return given
	}
	var buf [64]byte
	return string(appendTraceID(buf[:0], epoch))
}

// traceForm is Root=1-{8 hex}-{24 hex} with what X-Ray adds to it.
var traceForm = regexp.MustCompile(`^(Self=[0-9a-f-]{1,40};)?Root=1-[0-9a-f]{8}-[0-9a-f]{24}(;(Parent=[0-9a-f]{16}|Sampled=[01?]|Lineage=[0-9a-f:|]{1,60}))*$`)

// appendTraceID writes X-Amzn-Trace-Id: Root=1-{epoch in seconds, 8 hex}-{24 hex}.
func appendTraceID(dst []byte, epoch int64) []byte {
	var raw [16]byte
	seconds := uint32(epoch)
	raw[0], raw[1], raw[2], raw[3] = byte(seconds>>24), byte(seconds>>16), byte(seconds>>8), byte(seconds)
	random(raw[4:])
	dst = append(dst, "Root=1-"...)
	dst = hex.AppendEncode(dst, raw[:4])
	dst = append(dst, '-')
	return hex.AppendEncode(dst, raw[4:])
}

// random fills b with pseudo-random bytes: trace ids must be unique, not secret.
func random(b []byte) {
	for i := 0; i < len(b); i += 8 {
		v := rand.Uint64()
		for j := i; j < len(b) && j < i+8; j++ {
			b[j], v = byte(v), v>>8
		}
	}
}
