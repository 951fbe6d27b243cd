package sigv4

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// What x-amz-content-sha256 says of a body in the framing aws-chunked.
const (
	streamingSigned          = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	streamingSignedTrailer   = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	streamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

// Limits of the framing: the line before a chunk, and the trailer, in bytes.
const (
	maxChunkLine    = 256
	maxChunkTrailer = 8 << 10
)

// Payload is [Admission.Verify] for services that take aws-chunked (S3): it returns the
// body without the framing, and the trailer. Where chunks have signatures, each is
// checked, and the trailer's too. The error is an [*Error].
func (a *Admission) Payload(body []byte) (payload []byte, trailer http.Header, err error) {
	if !framed(a.declared) {
		return body, nil, a.Verify(body)
	}
	if !a.proved {
		return nil, nil, a.malformed("'x-amz-content-sha256' must be a signed header when it is " + a.declared + ".")
	}
	d := chunks{admission: a, rest: body, previous: a.sig.hex, signed: a.declared != streamingUnsignedTrailer}
	return d.payload()
}

// Unframed is a body without the framing aws-chunked, if r says that it has it, and the
// trailer. It checks no signature: it is for servers that accept a request signed with any key.
// The error is an [*Error].
func Unframed(r *http.Request, body []byte) (payload []byte, trailer http.Header, err error) {
	declared := r.Header.Get("X-Amz-Content-Sha256")
	if !framed(declared) {
		return body, nil, nil
	}
	d := chunks{admission: &Admission{declared: declared}, rest: body}
	return d.payload()
}

func framed(declared string) bool {
	switch declared {
	case streamingSigned, streamingSignedTrailer, streamingUnsignedTrailer:
		return true
	}
	return false
}

func (a *Admission) malformed(detail string) *Error {
	return &Error{Fault: FaultPayload, Presigned: a.sig.Presigned, Detail: detail}
}

// chunks reads the framing: a line with the length in hex and ";chunk-signature=", the
// chunk, and again until the length is 0.
type chunks struct {
	admission *Admission
	rest      []byte
	previous  string // the signature before this one; the first is the request's own
	signed    bool
}

// payload is all chunks, and the trailer.
func (c *chunks) payload() (payload []byte, trailer http.Header, err error) {
	payload = make([]byte, 0, len(c.rest))
	for {
		chunk, err := c.next()
		if err != nil {
			return nil, nil, err
		}
		if len(chunk) == 0 {
			break
		}
		payload = append(payload, chunk...)
	}
	trailer, err = c.trailer(c.admission.declared != streamingSigned)
	return payload, trailer, err
}

func (c *chunks) next() ([]byte, error) {
	line, _, found := bytes.Cut(c.rest[:min(len(c.rest), maxChunkLine)], []byte("\r\n"))
	if !found {
		return nil, c.admission.malformed("The body is not in the framing aws-chunked: a line with the length of a chunk is missing.")
	}
	length, extension, _ := strings.Cut(string(line), ";")
	size, err := strconv.ParseUint(length, 16, 31)
	rest := c.rest[len(line)+len("\r\n"):]
	if err != nil || size > uint64(len(c.rest)-len(line)-len("\r\n")) {
		return nil, c.admission.malformed("The body is not in the framing aws-chunked: the length of a chunk is wrong.")
	}
	chunk := rest[:size]
	rest = rest[size:]
	if size > 0 {
		if !bytes.HasPrefix(rest, []byte("\r\n")) {
			return nil, c.admission.malformed("The body is not in the framing aws-chunked: a chunk is longer than its length.")
		}
		rest = rest[2:]
	}
	c.rest = rest
	if !c.signed {
		return chunk, nil
	}
	given, _ := strings.CutPrefix(extension, "chunk-signature=")
	empty, hash := sha256.Sum256(nil), sha256.Sum256(chunk)
	return chunk, c.check(given, "AWS4-HMAC-SHA256-PAYLOAD", hex.EncodeToString(empty[:])+"\n"+hex.EncodeToString(hash[:]))
}

// check compares a signature with the expected one, and keeps it for computing
// the next.
func (c *chunks) check(given, scheme, hashes string) error {
	s := &c.admission.sig
	text := scheme + "\n" + s.timestamp + "\n" + s.Date + "/" + s.Scope.Region + "/" + s.Scope.Service + "/" + terminator + "\n" + c.previous + "\n" + hashes
	key := c.admission.verifier.keys.signingKey(s, c.admission.secret)
	m := key.take()
	m.keyed.Reset()
	m.keyed.Write([]byte(text))
	want := hex.EncodeToString(m.keyed.Sum(nil))
	key.give(m)
	if subtle.ConstantTimeCompare([]byte(want), []byte(given)) != 1 {
		return &Error{Fault: FaultMismatch, Presigned: s.Presigned, StringToSign: text}
	}
	c.previous = want
	return nil
}

// trailer reads the headers behind the last chunk.
func (c *chunks) trailer(expected bool) (http.Header, error) {
	if !expected {
		if len(bytes.Trim(c.rest, "\r\n")) > 0 {
			return nil, c.admission.malformed("The body goes on behind its last chunk.")
		}
		return nil, nil
	}
	if len(c.rest) > maxChunkTrailer {
		return nil, c.admission.malformed("The trailer behind the last chunk is too long.")
	}
	headers, signedText, given := http.Header{}, "", ""
	for line := range strings.SplitSeq(string(c.rest), "\r\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, found := strings.Cut(line, ":")
		if !found {
			return nil, c.admission.malformed("The trailer behind the last chunk has a line that is no header.")
		}
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if name == "x-amz-trailer-signature" {
			given = value
			continue
		}
		headers[textproto.CanonicalMIMEHeaderKey(name)] = []string{value}
		signedText += name + ":" + value + "\n"
	}
	if !c.signed {
		return headers, nil
	}
	hash := sha256.Sum256([]byte(signedText))
	return headers, c.check(given, "AWS4-HMAC-SHA256-TRAILER", hex.EncodeToString(hash[:]))
}
