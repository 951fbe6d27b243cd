package entrance

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// parse reads a handshake that came in one piece; ok is false for everything else,
// which is not to say that it is wrong.
func parse(head string) (r *http.Request, ok bool) {
	line, rest, _ := strings.Cut(head, "\r\n")
	target, ok := requestTarget(line)
	if !ok || !strings.HasSuffix(rest, "\r\n\r\n") && rest != "\r\n" {
		return nil, false
	}
	u, err := url.ParseRequestURI(target)
	if err != nil || u.Host != "" {
		return nil, false
	}
	r = &http.Request{
		Method: http.MethodGet, URL: u, RequestURI: target, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
	}
	if !readHeader(r, strings.TrimSuffix(rest, "\r\n")) || r.Host == "" {
		return nil, false
	}
	return r, strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// requestTarget takes the path out of "GET /path HTTP/1.1".
func requestTarget(line string) (target string, ok bool) {
	line, isGet := strings.CutPrefix(line, "GET ")
	target, version, _ := strings.Cut(line, " ")
	return target, isGet && version == "HTTP/1.1" && strings.HasPrefix(target, "/")
}

// maxFields bounds the headers that are read here; net/http counts bytes.
const maxFields = 64

// readHeader fills r.Header and r.Host from lines, each with its end.
func readHeader(r *http.Request, lines string) bool {
	count := strings.Count(lines, "\r\n")
	if count > maxFields {
		return false
	}
	r.Header = make(http.Header, count)
	values := make([]string, count) // one allocation for all
	for i := range count {
		line, rest, _ := strings.Cut(lines, "\r\n")
		lines = rest
		name, value, found := strings.Cut(line, ":")
		key, ok := canonical(name)
		value = strings.Trim(value, " \t")
		if !found || !ok || !plainValue(value) {
			return false
		}
		switch key {
		case "Host":
			if r.Host != "" || !plainHost(value) {
				return false
			}
			r.Host = value
			continue
		case "Content-Length", "Transfer-Encoding", "Expect", "Trailer":
			return false
		}
		if known, repeated := r.Header[key]; repeated {
			r.Header[key] = append(known, value)
			continue
		}
		values[i] = value
		r.Header[key] = values[i : i+1 : i+1]
	}
	return lines == ""
}

// canonical is a header's name as net/http spells it.
func canonical(name string) (key string, ok bool) {
	if name == "" {
		return "", false
	}
	for i := range len(name) {
		c := name[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && c != '-' && (c < '0' || c > '9') && c != '_' {
			return "", false
		}
	}
	switch name { // those of every handshake, of which net/textproto would make a new string
	case "Sec-WebSocket-Key", "sec-websocket-key":
		return "Sec-Websocket-Key", true
	case "Sec-WebSocket-Version", "sec-websocket-version":
		return "Sec-Websocket-Version", true
	case "Sec-WebSocket-Extensions", "sec-websocket-extensions":
		return "Sec-Websocket-Extensions", true
	case "Sec-WebSocket-Protocol", "sec-websocket-protocol":
		return "Sec-Websocket-Protocol", true
	}
	return textproto.CanonicalMIMEHeaderKey(name), true
}

// plainValue says whether a value has no control characters.
func plainValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// plainHost says whether a Host is a name or an address with perhaps a port.
func plainHost(host string) bool {
	for i := range len(host) {
		c := host[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte("-._:[]", c) < 0 {
			return false
		}
	}
	return host != ""
}
