package proxies

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// A Header is the way in which the proxies of a node pass on the client's
// address.
type Header string

// The headers of which a node can be set to read one. A proxy writes one of them and
// passes the others on as the client sent them, so a node believes one only.
const (
	XForwarded    Header = "x-forwarded"    // X-Forwarded-For, -Proto and -Port
	Forwarded     Header = "forwarded"      // RFC 7239
	ProxyProtocol Header = "proxy-protocol" // before the first request of a connection
)

// Names of the headers, as net/http spells them.
const (
	forName       = "X-Forwarded-For"
	protoName     = "X-Forwarded-Proto"
	portName      = "X-Forwarded-Port"
	forwardedName = "Forwarded"
)

// A hop is what one proxy states about its caller: address and scheme.
type hop struct {
	address netip.AddrPort // port 0: not given
	proto   string         // http, https, or "" where it is not given
}

// Handler gives next each request as if its client had connected without the trusted
// proxies: RemoteAddr is the client's, with port 0 where none is known, and TLS is not nil
// when the client spoke TLS. X-Forwarded-Proto and -Port are correct where they are set,
// and removed from requests that did not come from a trusted proxy. Entries of
// X-Forwarded-For or Forwarded that the client itself sent are kept. header is XForwarded
// or Forwarded.
func (l List) Handler(header Header, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.resolve(header, r)
		next.ServeHTTP(w, r)
	})
}

func (l List) resolve(header Header, r *http.Request) {
	proto, port := r.Header[protoName], r.Header.Get(portName)
	delete(r.Header, protoName)
	delete(r.Header, portName)
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !l.Contains(peer.Addr()) {
		return
	}
	client := hop{address: peer}
	if header == Forwarded {
		port = ""
		l.walk(r.Header, forwardedName, elementsOf, parseElement, &client)
	} else if hops := l.walk(r.Header, forName, entriesOf, parseEntry, &client); hops > 0 || len(proto) > 0 {
		client.proto = protoOf(at(entriesOf(proto), hops))
	}
	l.apply(r, client, port)
}

// apply sets the request's address and TLS state to the client's.
func (l List) apply(r *http.Request, client hop, port string) {
	r.RemoteAddr = client.address.String()
	if client.proto == "" {
		client.proto = "http"
		if r.TLS != nil {
			client.proto = "https"
		}
	}
	switch {
	case client.proto == "http":
		r.TLS = nil
	case r.TLS == nil:
		r.TLS = new(tls.ConnectionState)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		port = map[string]string{"http": "80", "https": "443"}[client.proto]
	}
	r.Header[protoName], r.Header[portName] = []string{client.proto}, []string{port}
}

// walk goes from the last hop of a header towards the client, as far as the hops are of
// trusted proxies and can be read, and fills in the client. The rest of the header is
// what the client sent itself. It counts the hops.
func (l List) walk(header http.Header, name string, split func([]string) []string, parse func(string) (hop, bool), client *hop) (hops int) {
	entries := split(header[name])
	for len(entries) > 0 && l.Contains(client.address.Addr()) {
		last := len(entries) - 1
		before, ok := parse(entries[last])
		if !ok {
			break
		}
		entries, *client = entries[:last], before
		hops++
	}
	if len(entries) == 0 {
		delete(header, name)
	} else {
		header[name] = []string{strings.Join(entries, ", ")}
	}
	return hops
}

// entriesOf are the parts of a header's values between commas, without those that are empty.
func entriesOf(values []string) (entries []string) {
	for _, value := range values {
		for entry := range strings.SplitSeq(value, ",") {
			if entry = strings.TrimSpace(entry); entry != "" {
				entries = append(entries, entry)
			}
		}
	}
	return entries
}

// at is the entry that many hops from the end, or the first one where the list is
// shorter: some proxies replace the list instead of appending to it.
func at(entries []string, hops int) string {
	if len(entries) == 0 {
		return ""
	}
	return entries[max(len(entries)-max(hops, 1), 0)]
}

func parseEntry(text string) (hop, bool) {
	address, ok := parseAddress(text)
	return hop{address: address}, ok
}

// parseAddress reads an address with or without a port: 192.0.2.7, 192.0.2.7:80,
// 2001:db8::7, [2001:db8::7], [2001:db8::7]:80.
func parseAddress(text string) (netip.AddrPort, bool) {
	if both, err := netip.ParseAddrPort(text); err == nil && both.Addr().Zone() == "" {
		return netip.AddrPortFrom(both.Addr().Unmap(), both.Port()), true
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		text, ok = strings.CutSuffix(inner, "]")
		if !ok {
			return netip.AddrPort{}, false
		}
	}
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(address.Unmap(), 0), true
}

// protoOf is the scheme that a proxy names; those of WebSocket are HTTP's.
func protoOf(text string) string {
	switch strings.ToLower(text) {
	case "http", "ws":
		return "http"
	case "https", "wss":
		return "https"
	}
	return ""
}
