package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/report/jobs"
)

// A role is what a request may do beyond the public calls. A-REPORT-4.
type role int

const (
	anonymous role = iota // nothing more
	client                // look at and end the reports of one client
	operator              // everything
)

// An identity is who a request comes from.
type identity struct {
	role   role
	client string // of role client
}

// mayAccess tells whether the identity may access a report.
func (i identity) mayAccess(job jobs.Job) bool {
	return i.role == operator || i.role == client && i.client == job.Client
}

func (i identity) String() string {
	if i.role == operator {
		return "operator"
	}
	return i.client
}

// identify says who a request comes from: Authorization: Bearer holds the service's
// token or a client's capability. Without a configured token, a request from this
// machine without credentials is the operator's.
func (s *server) identify(r *http.Request) identity {
	shown, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if s.token != "" && bearer && same(shown, s.token) {
		return identity{role: operator}
	}
	if bearer && s.intake != nil {
		if name, ok := s.intake.Grants.Read(shown, time.Now()); ok {
			return identity{client, name}
		}
	}
	if s.trusts(r) && r.Header.Get("Authorization") == "" {
		return identity{role: operator}
	}
	return identity{}
}

// trusts tells whether who sends a request is the operator without showing a token.
func (s *server) trusts(r *http.Request) bool { return s.token == "" && local(r) }

func same(a, b string) bool {
	first, second := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(first[:], second[:]) == 1
}

// local tells whether a request certainly comes from a program of this machine: by its address, by the
// Host header, without a proxy's headers (behind a proxy every client has a local address), and not from
// another origin's page in a local browser. The name stops DNS rebinding.
func local(r *http.Request) bool {
	for _, header := range [...]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if _, proxied := r.Header[header]; proxied {
			return false
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() || !loopbackName(hostname(r.Host)) {
		return false
	}
	return ownPage(r)
}

// ownPage tells whether a request does not come from a page of another origin.
// Programs send neither of the two headers.
func ownPage(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	parsed, err := url.Parse(origin)
	return err == nil && strings.EqualFold(parsed.Host, r.Host)
}

// hostname is the name of a Host header, without port and brackets.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

func loopbackName(name string) bool {
	if address, err := netip.ParseAddr(name); err == nil {
		return address.Unmap().IsLoopback()
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// private are the suffixes of names that cannot be registered, so that no page on the
// Internet has one (RFC 6761, RFC 6762, RFC 8375, ICANN's resolution on .internal;
// cluster.local is Kubernetes' own).
var private = [...]string{".localhost", ".local", ".internal", ".home.arpa"}

// knownHost tells whether a request calls this service by a name that can only be
// meant for it: an address, a private name, or one that the operator has set. A
// page that rebinds a name of its own to this machine calls it by that name.
func (s *server) knownHost(r *http.Request) bool {
	name := hostname(r.Host)
	if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(name, ".") {
		return true
	}
	for _, end := range private {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	for _, host := range s.hosts {
		if name == hostname(host) {
			return true
		}
	}
	return false
}

// creator admits requests that may create reports: the token's holder or, without a
// token, any client that uses a known name of this service.
func (s *server) creator(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch who := s.identify(r); {
		case s.token == "" && !s.knownHost(r):
			fail(w, r, http.StatusForbidden, problem{Code: "forbidden", Field: "Host"}, language.Errorf("reports_api.host", "host", hostname(r.Host)))
		case s.token == "" || who.role == operator:
			serve(w, r)
		default:
			refuseRole(w, r, who)
		}
	}
}

// operators admits the operator only.
func (s *server) operators(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who := s.identify(r)
		if who.role != operator {
			refuseRole(w, r, who)
			return
		}
		serve(w, r)
	}
}

// refuseRole refuses a request that needs the operator's role.
func refuseRole(w http.ResponseWriter, r *http.Request, who identity) {
	if who.role == client {
		fail(w, r, http.StatusForbidden, problem{Code: "forbidden"}, language.Errorf("reports_api.operator_only"))
		return
	}
	unknown(w, r)
}

// unknown refuses a request without valid credentials.
func unknown(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="reports"`)
	fail(w, r, http.StatusUnauthorized, problem{Code: "unauthorized"}, language.Errorf("reports_api.unauthorized"))
}

// permittedJob finds the report that a request names, if the client may access it;
// otherwise it responds as if there were none, so that ids cannot be probed.
func (s *server) permittedJob(w http.ResponseWriter, r *http.Request) (job jobs.Job, who identity, ok bool) {
	who = s.identify(r)
	if who.role == anonymous {
		unknown(w, r)
		return job, who, false
	}
	job, ok = s.intake.Queue.Get(r.PathValue("id"))
	if !ok || !who.mayAccess(job) {
		s.refuse(w, r, jobs.ErrUnknown)
		return job, who, false
	}
	return job, who, true
}
