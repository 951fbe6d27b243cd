package requesthead

import (
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// allows applies a field that has a meaning for the request itself (Host,
// Content-Length, Connection, ...); false leaves the request to net/http.
func (b *Bounds) allows(r *http.Request, key, value string) bool {
	switch key {
	case "Host":
		if r.Host != "" || !isHost(value) {
			return false
		}
		r.Host = value
	case "Content-Length":
		length, ok := decimal(value)
		if !ok || length > b.Body || b.Body == 0 || r.Header[key] != nil {
			return false
		}
		r.ContentLength = int64(length)
	case "Connection":
		return b.keepsConnection(value)
	case "Upgrade":
		return b.Upgrade
	case "Expect", "Http2-Settings", "Te", "Trailer", "Transfer-Encoding":
		return false
	}
	return true
}

// keepsConnection says whether a Connection field asks for what HTTP/1.1 does
// anyway, or for the upgrade that is wanted. It may name fields, too, and close.
func (b *Bounds) keepsConnection(value string) bool {
	for option := range strings.SplitSeq(value, ",") {
		option = strings.TrimPrefix(option, " ")
		if !strings.EqualFold(option, "keep-alive") && !(b.Upgrade && strings.EqualFold(option, "upgrade")) {
			return false
		}
	}
	return true
}

// addsCacheControl says whether net/http would add Cache-Control: no-cache
// because of Pragma.
func addsCacheControl(h http.Header) bool {
	return h["Pragma"] != nil && h["Cache-Control"] == nil
}

// decimal reads a number of digits without leading zeros.
func decimal(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31) // accepts no sign and no space
	return int(n), err == nil && (text[0] != '0' || len(text) == 1)
}

// canonical is a field's name as net/http spells it.
func canonical(name string) string {
	switch name { // names in every handshake, for which net/textproto would allocate a string
	case "Sec-WebSocket-Key", "sec-websocket-key":
		return "Sec-Websocket-Key"
	case "Sec-WebSocket-Version", "sec-websocket-version":
		return "Sec-Websocket-Version"
	case "Sec-WebSocket-Extensions", "sec-websocket-extensions":
		return "Sec-Websocket-Extensions"
	case "Sec-WebSocket-Protocol", "sec-websocket-protocol":
		return "Sec-Websocket-Protocol"
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}

func isVisible(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

// isName accepts fewer characters than RFC 9110, 5.6.2: an underscore, for
// example, is taken for a hyphen by some servers.
func isName(text string) bool {
	for i := range len(text) {
		if c := text[i]; !isAlphanumeric(c) && c != '-' {
			return false
		}
	}
	return text != ""
}

// isValue accepts printable ASCII without spaces around it.
func isValue(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return text == "" || text[0] != ' ' && text[len(text)-1] != ' '
}

// isHost accepts names, addresses and ports; other forms are rare and left to
// net/http.
func isHost(text string) bool {
	for i := range len(text) {
		if c := text[i]; !isAlphanumeric(c) && strings.IndexByte(".-_:[]", c) < 0 {
			return false
		}
	}
	return text != ""
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
