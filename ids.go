package pasarela

import (
	"crypto/rand"
	"strings"
)

// Lengths of identifiers as AWS makes them (aws-controlplane §3.2).
const (
	lenAPIID   = 10
	lenLongID  = 7
	lenShortID = 6
)

const idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

// NewAPIID makes the identifier of an API or an API key: 10 of [a-z0-9].
func NewAPIID() string { return randomText(idAlphabet, lenAPIID) }

// NewLongID makes the identifier of a route, an integration or an integration
// response: 7 of [a-z0-9].
func NewLongID() string { return randomText(idAlphabet, lenLongID) }

// NewShortID makes the identifier of anything else: 6 of [a-z0-9].
func NewShortID() string { return randomText(idAlphabet, lenShortID) }

// NewUUID makes a random UUID (version 4), the form of x-amzn-RequestId.
func NewUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	const hex = "0123456789abcdef"
	out := make([]byte, 0, 36)
	for i, c := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			out = append(out, '-')
		}
		out = append(out, hex[c>>4], hex[c&0x0f])
	}
	return string(out)
}

// randomText generates n symbols without bias: bytes past the last full multiple of
// the alphabet's length are discarded.
func randomText(alphabet string, n int) string {
	limit := byte(256 / len(alphabet) * len(alphabet) % 256)
	var out strings.Builder
	buf := make([]byte, 2*n)
	for out.Len() < n {
		_, _ = rand.Read(buf)
		for _, c := range buf {
			if (limit == 0 || c < limit) && out.Len() < n {
				out.WriteByte(alphabet[int(c)%len(alphabet)])
			}
		}
	}
	return out.String()
}

// EscapeKey encodes any text in the characters that [Bucket] keys allow:
// letters, digits, '-' and '_' are kept, every other byte becomes '=' and two
// hex digits.
func EscapeKey(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('=')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&0x0f])
	}
	return b.String()
}
