package proxies_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/proxies"
)

func TestLists(t *testing.T) {
	l, err := proxies.Parse("10.0.0.0/8, 192.0.2.7,2001:db8::/32,::ffff:192.0.2.9")
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "11.0.0.1": false, "192.0.2.7": true, "192.0.2.8": false,
		"2001:db8::9": true, "2001:db9::9": false, "192.0.2.9": true, "fe80::1%eth0": false,
	} {
		if got := l.Contains(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	for _, text := range []string{"proxy.example", "10.0.0.0/33", "fe80::1%eth0", "10.0.0.1-10.0.0.9"} {
		if _, err := proxies.Parse(text); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// resolve is what the handler behind sees of a request from an address.
func resolve(t testing.TB, header proxies.Header, from string, secure bool, sent http.Header) *http.Request {
	t.Helper()
	trusted, err := proxies.Parse("10.0.0.0/8,127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "http://example.com/", nil)
	r.RemoteAddr, r.Header = from, sent
	if secure {
		r.TLS = new(tls.ConnectionState)
	}
	var seen *http.Request
	trusted.Handler(header, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r })).ServeHTTP(httptest.NewRecorder(), r)
	return seen
}

func TestTheClientBehindProxies(t *testing.T) {
	const x, f = proxies.XForwarded, proxies.Forwarded
	for _, c := range []struct {
		name, from string
		header     proxies.Header
		secure     bool
		sent       http.Header
		// what is seen
		client, proto, port, left string
	}{
		{name: "a proxy that says nothing", header: x, from: "10.0.0.1:5", sent: http.Header{}, client: "10.0.0.1:5", proto: "http", port: "80"},
		{name: "one proxy", header: x, from: "10.0.0.1:5", sent: http.Header{"X-Forwarded-For": {"203.0.113.9"}, "X-Forwarded-Proto": {"https"}}, client: "203.0.113.9:0", proto: "https", port: "443"},
		{name: "a port of its own", header: x, from: "10.0.0.1:5", sent: http.Header{"X-Forwarded-For": {"203.0.113.9:4711"}, "X-Forwarded-Proto": {"wss"}, "X-Forwarded-Port": {"8443"}}, client: "203.0.113.9:4711", proto: "https", port: "8443"},
		{name: "the client claims to be another", header: x, from: "10.0.0.1:5", sent: http.Header{"X-Forwarded-For": {"10.9.9.9, 203.0.113.9"}, "X-Forwarded-Proto": {"https, http"}}, client: "203.0.113.9:0", proto: "http", port: "80", left: "10.9.9.9"},
		{name: "two proxies, two lines", header: x, from: "10.0.0.1:5", sent: http.Header{"X-Forwarded-For": {"1.2.3.4, 203.0.113.9", "10.0.0.2"}, "X-Forwarded-Proto": {"https"}}, client: "203.0.113.9:0", proto: "https", port: "443", left: "1.2.3.4"},
		{name: "IPv6", header: x, from: "10.0.0.1:5", sent: http.Header{"X-Forwarded-For": {"2001:db8::7"}}, client: "[2001:db8::7]:0", proto: "http", port: "80"},
		{name: "a hop that cannot be read ends the walk", header: x, from: "10.0.0.1:5", sent: http.Header{"X-Forwarded-For": {"203.0.113.9, unknown, 10.0.0.2"}}, client: "10.0.0.2:0", proto: "http", port: "80", left: "203.0.113.9, unknown"},
		{name: "all are proxies", header: x, from: "10.0.0.1:5", sent: http.Header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, client: "10.0.0.3:0", proto: "http", port: "80"},
		{name: "no proxy", header: x, from: "203.0.113.1:7", sent: http.Header{"X-Forwarded-For": {"10.0.0.9"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Port": {"9"}}, client: "203.0.113.1:7", left: "10.0.0.9"},
		{name: "the other header is the client's", header: x, from: "10.0.0.1:5", sent: http.Header{"Forwarded": {"for=192.0.2.1;proto=https"}}, client: "10.0.0.1:5", proto: "http", port: "80"},
		{name: "the proxy speaks TLS, its client did not", header: x, from: "10.0.0.1:5", secure: true, sent: http.Header{"X-Forwarded-For": {"203.0.113.9"}, "X-Forwarded-Proto": {"http"}}, client: "203.0.113.9:0", proto: "http", port: "80"},
		{name: "nonsense", header: x, from: "10.0.0.1:5", sent: http.Header{"X-Forwarded-For": {"203.0.113.9"}, "X-Forwarded-Proto": {"gopher"}, "X-Forwarded-Port": {"70000"}}, client: "203.0.113.9:0", proto: "http", port: "80"},

		{name: "RFC 7239", header: f, from: "10.0.0.1:5", sent: http.Header{"Forwarded": {`for=192.0.2.1, for="[2001:db8::7]:4711";proto=https;by=10.0.0.1;host="a,b;c"`}, "X-Forwarded-For": {"1.1.1.1"}, "X-Forwarded-Port": {"99"}}, client: "[2001:db8::7]:4711", proto: "https", port: "443"},
		{name: "RFC 7239, two proxies", header: f, from: "10.0.0.1:5", sent: http.Header{"Forwarded": {"For=203.0.113.9;Proto=HTTPS", "for=10.0.0.2;proto=http"}}, client: "203.0.113.9:0", proto: "https", port: "443"},
		{name: "RFC 7239, an obfuscated name", header: f, from: "10.0.0.1:5", sent: http.Header{"Forwarded": {"for=203.0.113.9, for=_hidden"}}, client: "10.0.0.1:5", proto: "http", port: "80"},
		{name: "RFC 7239, for= twice", header: f, from: "10.0.0.1:5", sent: http.Header{"Forwarded": {"for=203.0.113.9;for=203.0.113.8"}}, client: "10.0.0.1:5", proto: "http", port: "80"},
		{name: "RFC 7239, no proxy", header: f, from: "203.0.113.1:7", sent: http.Header{"Forwarded": {"for=10.0.0.9"}}, client: "203.0.113.1:7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := resolve(t, c.header, c.from, c.secure, c.sent)
			if r.RemoteAddr != c.client || r.Header.Get("X-Forwarded-Proto") != c.proto || r.Header.Get("X-Forwarded-Port") != c.port {
				t.Errorf("from %s by %s on %s", r.RemoteAddr, r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Port"))
			}
			if c.header == x && r.Header.Get("X-Forwarded-For") != c.left {
				t.Errorf("left is %q, want %q", r.Header.Get("X-Forwarded-For"), c.left)
			}
			if spoken := r.TLS != nil; c.proto != "" && spoken != (c.proto == "https") {
				t.Errorf("TLS: %v", spoken)
			}
		})
	}
}

// FuzzHandler: whatever is sent, the address can be parsed, and is never one that only an
// untrusted peer named.
func FuzzHandler(f *testing.F) {
	f.Add("203.0.113.9, 10.0.0.2", "https", "443", true)
	f.Add(`for="[2001:db8::7]:1";proto=https, for=unknown`, "wss,http", "0", false)
	f.Add(`for="a\",b`, ",", "-1", true)
	f.Fuzz(func(t *testing.T, value, proto, port string, trusted bool) {
		from := "203.0.113.1:7"
		if trusted {
			from = "10.0.0.1:7"
		}
		for _, header := range []proxies.Header{proxies.XForwarded, proxies.Forwarded} {
			r := resolve(t, header, from, false, http.Header{"X-Forwarded-For": {value}, "Forwarded": {value}, "X-Forwarded-Proto": {proto}, "X-Forwarded-Port": {port}})
			if _, err := netip.ParseAddrPort(r.RemoteAddr); err != nil {
				t.Errorf("%q: %v", value, err)
			}
			said := r.Header.Get("X-Forwarded-Proto")
			if !trusted && (r.RemoteAddr != from || said != "" || r.TLS != nil) || trusted && said != "http" && said != "https" {
				t.Errorf("%q: from %s by %q", value, r.RemoteAddr, said)
			}
		}
	})
}
