package socket

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
)

// acceptGUID is appended to the client's key (RFC 6455 §1.3).
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// Handshake is a client's opening handshake that can be answered with 101.
type Handshake struct{ accept string }

// Refusal says why a request is no opening handshake: the HTTP status, the
// reason, and headers the answer must carry.
type Refusal struct {
	Status int
	Why    language.Message
	Header http.Header
}

// CheckHandshake checks r against RFC 6455 §4.2.1. What is not a WebSocket
// upgrade, or of another version than 13, is 426 with the headers that say what
// to use (A-SOCKET-2); a missing or malformed Sec-WebSocket-Key is 400.
func CheckHandshake(r *http.Request) (Handshake, *Refusal) {
	switch {
	case r.Method != http.MethodGet:
		return Handshake{}, upgradeRequired(language.HandshakeMethod)
	case !r.ProtoAtLeast(1, 1) || r.ProtoMajor > 1:
		return Handshake{}, upgradeRequired(language.HandshakeProtocol)
	case !hasToken(r.Header["Connection"], "upgrade") || !hasToken(r.Header["Upgrade"], "websocket"):
		return Handshake{}, upgradeRequired(language.HandshakeUpgrade)
	}
	if v := r.Header["Sec-Websocket-Version"]; len(v) != 1 || strings.TrimSpace(v[0]) != "13" {
		return Handshake{}, upgradeRequired(language.HandshakeVersion)
	}
	keys := r.Header["Sec-Websocket-Key"]
	if len(keys) != 1 || !validKey(strings.TrimSpace(keys[0])) {
		return Handshake{}, &Refusal{Status: http.StatusBadRequest, Why: language.HandshakeKey.Of()}
	}
	return Handshake{accept: AcceptKey(strings.TrimSpace(keys[0]))}, nil
}

func upgradeRequired(why language.Cause) *Refusal {
	return &Refusal{
		Status: http.StatusUpgradeRequired,
		Why:    why.Of(),
		Header: http.Header{
			"Connection":            {"Upgrade"},
			"Upgrade":               {"websocket"},
			"Sec-Websocket-Version": {"13"},
		},
	}
}

// validKey says whether key is 16 bytes in base64: 22 letters and "==".
func validKey(key string) bool {
	var b [18]byte
	if len(key) != 24 {
		return false
	}
	n, err := base64.StdEncoding.Decode(b[:], []byte(key))
	return err == nil && n == 16
}

// AcceptKey computes Sec-WebSocket-Accept from Sec-WebSocket-Key.
func AcceptKey(key string) string {
	h := sha1.Sum([]byte(key + acceptGUID))
	return base64.StdEncoding.EncodeToString(h[:])
}

// hasToken says whether the comma-separated header values hold token, which is
// lower case; letters compare without case.
func hasToken(values []string, token string) bool {
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.Trim(part, " \t"), token) {
				return true
			}
		}
	}
	return false
}

// OfferedProtocols returns the sub-protocols that Sec-WebSocket-Protocol offers,
// in order, over all its values. Anything that is no HTTP token, or is named
// twice, is an error: RFC 6455 §4.1 item 10.
func OfferedProtocols(h http.Header) ([]string, error) {
	var offered []string
	for _, v := range h["Sec-Websocket-Protocol"] {
		for part := range strings.SplitSeq(v, ",") {
			part = strings.Trim(part, " \t")
			if !isToken(part) {
				return nil, fmt.Errorf("Sec-WebSocket-Protocol: %q is not a token", part)
			}
			for _, o := range offered {
				if o == part {
					return nil, fmt.Errorf("Sec-WebSocket-Protocol: %q is offered twice", part)
				}
			}
			offered = append(offered, part)
		}
	}
	return offered, nil
}

// isToken says whether s is a token of RFC 9110 §5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		digit := c >= '0' && c <= '9'
		if !letter && !digit && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// errProtocolValue is a sub-protocol that would break the answer's header.
var errProtocolValue = errors.New("socket: the sub-protocol holds a character that a header cannot carry")

// Response appends the 101 answer to b: AWS's headers in AWS's order (aws-dataplane §1.5), and
// Sec-WebSocket-Protocol when protocol is not empty, passed through unchecked
// except for characters that a header cannot carry (aws-dataplane §1.6).
func (h Handshake) Response(b []byte, protocol string, now time.Time) ([]byte, error) {
	for i := range len(protocol) {
		if c := protocol[i]; c < ' ' && c != '\t' || c == 0x7f {
			return nil, errProtocolValue
		}
	}
	b = append(b, "HTTP/1.1 101 Switching Protocols\r\nDate: "...)
	b = now.UTC().AppendFormat(b, http.TimeFormat)
	b = append(b, "\r\nConnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: "...)
	b = append(b, h.accept...)
	if protocol != "" {
		b = append(b, "\r\nsec-websocket-protocol: "...)
		b = append(b, protocol...)
	}
	return append(b, "\r\n\r\n"...), nil
}

// Buffered returns a copy of what the client sent behind its handshake and
// net/http has read already, for [Pool.Adopt]; nil when there is nothing.
func Buffered(rw *bufio.ReadWriter) []byte {
	if rw == nil || rw.Reader.Buffered() == 0 {
		return nil
	}
	n := rw.Reader.Buffered()
	b := make([]byte, n)
	n, _ = rw.Reader.Read(b) // takes from the buffer; n bytes are there
	return b[:n]
}
