package gateway

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/pasarela-ws/pasarela/internal/dataplane/integration"
	"github.com/pasarela-ws/pasarela/internal/engine/event"
)

// publicEndpoint is the scheme and port at which clients reach the gateway, for backends.
// It is never taken from a client's request, which may claim anything (A-GATEWAY-33).
type publicEndpoint struct{ proto, port string }

// parseEndpoint reads scheme and port of an endpoint URL; empty if there is none.
func parseEndpoint(endpoint string) publicEndpoint {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return publicEndpoint{}
	}
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return publicEndpoint{u.Scheme, port}
}

// clientEndpoint is the scheme and port at which the client of r reached the gateway
// (A-GATEWAY-33).
func (g *Gateway) clientEndpoint(r *http.Request) publicEndpoint {
	if proto := r.Header["X-Forwarded-Proto"]; g.options.Forwarded && len(proto) == 1 {
		return publicEndpoint{proto[0], r.Header.Get("X-Forwarded-Port")}
	}
	return g.endpoint
}

// paramsOf reads query and headers of a handshake as its event shows them
// (aws-dataplane §4.6): without Connection and Upgrade, with Host, X-Amzn-Trace-Id
// and X-Forwarded-*. epoch is its time in seconds since 1970.
func paramsOf(r *http.Request, spelling map[string]string, address string, epoch int64, at publicEndpoint) event.Params {
	p := event.Params{Header: make([]event.Pair, 0, len(r.Header)+5)}
	if r.URL.RawQuery != "" {
		p.Querystring = queryOf(r.URL.RawQuery)
	}
	p.Header = append(p.Header, event.Pair{Name: "Host", Value: r.Host})
	for name, values := range r.Header {
		if name == "Connection" || name == "Upgrade" || name == integration.TraceHeader || strings.HasPrefix(name, "X-Forwarded-") {
			continue
		}
		for _, value := range values {
			p.Header = append(p.Header, event.Pair{Name: headerSpelling(name, spelling), Value: value})
		}
	}
	if at.proto == "" {
		at = publicEndpoint{"http", "80"}
		if r.TLS != nil {
			at = publicEndpoint{"https", "443"}
		}
	}
	// What the client claims comes before what is known, as AWS appends.
	forwarded := strings.Join(append(r.Header["X-Forwarded-For"], address), ", ")
	trace := integration.TraceID(r.Header.Get(integration.TraceHeader), epoch)
	p.Header = append(p.Header, event.Pair{Name: integration.TraceHeader, Value: trace}, event.Pair{Name: "X-Forwarded-For", Value: forwarded},
		event.Pair{Name: "X-Forwarded-Port", Value: at.port}, event.Pair{Name: "X-Forwarded-Proto", Value: at.proto})
	slices.SortStableFunc(p.Header, func(a, b event.Pair) int { return strings.Compare(a.Name, b.Name) })
	return p
}

// headerSpelling is a header's name as the configuration spells it, or else as WebSocket
// clients do.
func headerSpelling(name string, spelling map[string]string) string {
	if own, ok := spelling[name]; ok {
		return own
	}
	if rest, ok := strings.CutPrefix(name, "Sec-Websocket-"); ok {
		return "Sec-WebSocket-" + rest
	}
	return name
}

// maxParameters bounds the query parameters of a handshake.
const maxParameters = 1000

// queryOf reads a query in order. A parameter that cannot be unescaped is kept as it is:
// net/url would drop it.
func queryOf(raw string) []event.Pair {
	var pairs []event.Pair
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" || len(pairs) == maxParameters {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, event.Pair{Name: unescaped(name), Value: unescaped(value)})
	}
	return pairs
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return strings.ToValidUTF8(plain, "\ufffd")
	}
	return text
}
