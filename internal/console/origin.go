package console

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// contentSecurityPolicy lets the page load and call nothing but this server.
// Styles may be inline because the editor and the charts set positions by them.
// 'self' covers WebSockets to the page's own host (CSP 3); sockets are the node's
// other names.
func contentSecurityPolicy(sockets []string) string {
	connect := strings.Join(append([]string{"connect-src 'self'"}, sockets...), " ")
	return "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"img-src 'self' data:; font-src 'self' data:; " + connect + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

func headers(next http.Handler, sockets []string) http.Handler {
	policy := contentSecurityPolicy(sockets)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// ownPage says whether a request comes from the console's page in a browser on this
// machine, and directly. A page of another origin cannot send the header without a
// CORS preflight, which is refused here; a host name that resolves to this machine
// (DNS rebinding) is not a loopback name; a request through a proxy or tunnel looks
// local but is not.
func ownPage(r *http.Request) bool {
	return r.Header.Get("X-Pasarela-Console") != "" && sameOrigin(r) && local(r) && !forwarded(r.Header)
}

func sameOrigin(r *http.Request) bool {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && origin.Scheme == scheme && origin.Host != "" && origin.Host == r.Host
}

// local says whether both the caller's address and the Host are loopback, and the
// Host's port is the one on which the request was received.
func local(r *http.Request) bool {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, "80"
		if r.TLS != nil {
			port = "443"
		}
	}
	address, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	_, own, err := net.SplitHostPort(address.String())
	if err != nil || own != port {
		return false
	}
	caller, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && isLoopback(caller) && (host == "localhost" || isLoopback(strings.Trim(host, "[]")))
}

// forwarded says whether the request has a header that proxies add. Other such
// headers have the same prefixes.
func forwarded(h http.Header) bool {
	for name := range h {
		if name == "Forwarded" || name == "Via" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded") {
			return true
		}
	}
	return false
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
