package requesthead

import (
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// allows takes what a field says of the request itself, or leaves it to net/http.
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

// addsCacheControl says whether net/http may add what no client sent.
func addsCacheControl(h http.Header) bool {
	return h["Pragma"] != nil && h["Cache-Control"] == nil
}

// decimal reads a number as clients write it: digits, of which the first is no 0
// that others follow.
func decimal(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31) // takes no sign and no blank
	return int(n), err == nil && (text[0] != '0' || len(text) == 1)
}

// canonical is a field's name as net/http spells it.
func canonical(name string) string {
	switch name { // those of every handshake, of which net/textproto would make a new string
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

// isName takes fewer letters than RFC 9110, 5.6.2 does: servers behind others have
// taken an underscore for a hyphen.
func isName(text string) bool {
	for i := range len(text) {
		if c := text[i]; !isAlphanumeric(c) && c != '-' {
			return false
		}
	}
	return text != ""
}

// isValue takes printable ASCII with no blanks around it.
func isValue(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return text == "" || text[0] != ' ' && text[len(text)-1] != ' '
}

// isHost takes names, addresses and ports; every other form is rare.
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
