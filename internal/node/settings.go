package node

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/node/local"
	"github.com/pasarela-ws/pasarela/internal/proxies"
)

// Settings are all settings of a node; everything else is an AWS resource and is set by
// the API. The zero value of each means its default.
type Settings struct {
	DataDir        string   // where state, credentials and logs lie
	Listen         string   // host:port; 127.0.0.1:4566
	PublicEndpoint string   // how clients reach it, http(s)://host[:port]; made of Listen
	DomainSuffix   string   // {api}.execute-api.{region}.{suffix}; none: APIs are reached by path
	Region         string   // us-east-1
	AccountID      string   // 12 digits, generated at the first start
	TLSCert        string   // PEM file, read again when it changes
	TLSKey         string   // PEM file
	ACMEDomains    []string // whose certificates an authority makes; in place of TLSCert
	ACMEEmail      string   // where the authority writes to; nowhere
	ACMEDirectory  string   // URL of the authority's directory; Let's Encrypt
	TrustedProxies string   // addresses and CIDR blocks of proxies whose forwarding headers are believed, by commas; default none
	ProxyHeader    string   // what they say it by: x-forwarded (the default), forwarded or proxy-protocol
	NATSURL        string   // a cluster that holds the state instead of DataDir
	NodeName       string   // unique among the nodes of a cluster; the host's name
	LogLevel       string   // debug, info, warn or error
	Egress         string   // backends that may be called, by commas: hosts and CIDR blocks, !denied ones, link-local, own
	// Connections to one backend host, of which one route has at most half, and calls of
	// one route that may wait for one (A-GATEWAY-30); 2048 and 8192.
	BackendConnections, BackendWaiting int

	StopPatience       time.Duration // bounds the end of the node; [DefaultStopPatience]
	DrainDelay         time.Duration // between "not ready" and refusing connections; none
	DisconnectPatience time.Duration // how long a $disconnect is tried; two minutes
	// ExportEvery is how often everything that is configured is written into a file beside
	// the data, at least a minute; never. Of the files the newest 48 stay.
	ExportEvery time.Duration
	// NodeCredentialsForIntegrations signs AWS integrations without a role with this node's own
	// credentials for AWS (A-INTEGRATION-1).
	NodeCredentialsForIntegrations bool
	IgnoreTypes                    []string // types of resources that stacks skip, with * for any letters
	// PlainHTTP serves everything by net/http alone: no fast path, and no write to the
	// private state of crypto/tls. Clients see no difference
	// (internal/fastpath/README.md).
	PlainHTTP bool
	NoIOUring bool // no io_uring, by which one message for many is sent to 64 of them at a time
	// Functions runs Lambda functions as processes of this machine. Their code is not the
	// operator's own (A-FUNCTIONS-1); with FunctionsUser they run with the permissions of
	// that user.
	Functions     bool
	FunctionsUser string
	// Local serves programs made for LocalStack and accepts every caller (A-NODE-20);
	// LocalInit is the folder whose scripts [Node.RunInit] runs.
	Local     bool
	LocalInit string
	Strict    bool // AWS's responses also where pasarela does better (A-GATEWAY, docs/compatibility.md)
}

// Defaults of Settings.
const (
	DefaultListen = "127.0.0.1:4566"
	DefaultRegion = "us-east-1"
	// DefaultLocalInit is where the scripts of --local lie.
	DefaultLocalInit = local.DefaultInitFolder
)

// complete fills in defaults and refuses values that cannot be, naming the setting.
func (s Settings) complete() (Settings, error) {
	if s.DataDir == "" {
		return s, language.Errorf("node.no_data")
	}
	if s.Listen == "" {
		s.Listen = DefaultListen
	}
	if s.StopPatience == 0 {
		s.StopPatience = DefaultStopPatience
	}
	if s.NodeName == "" {
		name, err := os.Hostname()
		if err != nil {
			return s, language.Errorf("node.no_host_name", "error", err)
		}
		s.NodeName = name
	}
	return s, errors.Join(
		s.checkListen(), s.checkLocal(), s.checkPublicEndpoint(), s.checkTLS(), s.checkACME(), s.checkProxies(),
		matches("--region", s.Region, regionForm, "node.form_region"),
		matches("--account-id", s.AccountID, accountForm, "node.form_account"),
		matches("--domain-suffix", s.DomainSuffix, hostForm, "node.form_host"),
		s.checkEgress(),
		notNegative("--stop-patience", s.StopPatience), notNegative("--drain-delay", s.DrainDelay), notNegative("--disconnect-patience", s.DisconnectPatience),
		s.checkDrainDelay(), s.checkExports(),
		notNegative("--backend-connections", s.BackendConnections), notNegative("--backend-waiting", s.BackendWaiting),
		matches("--node-name", s.NodeName, nameForm, "node.form_name"),
	)
}

var (
	regionForm  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d$`)
	accountForm = regexp.MustCompile(`^\d{12}$`)
	hostForm    = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	nameForm    = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
)

func matches(setting, value string, form *regexp.Regexp, what language.ID) error {
	if value == "" || form.MatchString(value) {
		return nil
	}
	return notForm(setting, value, what)
}

// notForm is the error of a setting that does not have the required form.
func notForm(setting, value string, what language.ID) error {
	return language.Errorf("node.not_form", "setting", setting, "value", strconv.Quote(value), "form", what)
}

func notNegative[T int | time.Duration](setting string, value T) error {
	if value < 0 {
		return language.Errorf("node.negative", "setting", setting, "value", value)
	}
	return nil
}

func (s *Settings) checkDrainDelay() error {
	if s.DrainDelay > s.StopPatience/2 {
		return language.Errorf("node.drain_delay", "delay", s.DrainDelay, "patience", s.StopPatience)
	}
	return nil
}

func (s *Settings) checkExports() error {
	if s.ExportEvery > 0 && s.ExportEvery < minExport {
		return language.Errorf("node.export_every", "every", s.ExportEvery, "least", minExport)
	}
	return notNegative("--export-every", s.ExportEvery)
}

func (s *Settings) checkListen() error {
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		return notForm("--listen", s.Listen, "node.form_address")
	}
	return nil
}

// checkLocal refuses --local at an address that other machines reach, since every caller
// is accepted.
func (s *Settings) checkLocal() error {
	host, _, err := net.SplitHostPort(s.Listen)
	switch {
	case !s.Local || err != nil:
		return nil
	case s.Strict:
		return language.Errorf("node.local_strict")
	case s.NATSURL != "":
		return language.Errorf("node.local_cluster")
	case !local.MayListen(host, local.InContainer()):
		return language.Errorf("node.local_address", "address", s.Listen)
	}
	return nil
}

// checkPublicEndpoint requires scheme and host alone: URLs are made by appending a path.
func (s *Settings) checkPublicEndpoint() error {
	if s.PublicEndpoint == "" {
		return nil
	}
	s.PublicEndpoint = strings.TrimSuffix(s.PublicEndpoint, "/")
	u, err := url.Parse(s.PublicEndpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return notForm("--public-endpoint", s.PublicEndpoint, "node.form_public")
	}
	return nil
}

func (s *Settings) checkTLS() error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return language.Errorf("node.half_tls")
	}
	return nil
}

// checkProxies requires a header of a known name, and trusted proxies where connections
// begin with a PROXY header.
func (s *Settings) checkProxies() error {
	trusted, err := proxies.Parse(s.TrustedProxies)
	if err != nil {
		return fmt.Errorf("--trusted-proxies: %w", err)
	}
	switch proxies.Header(s.ProxyHeader) {
	case "":
		s.ProxyHeader = string(proxies.XForwarded)
	case proxies.XForwarded, proxies.Forwarded:
	case proxies.ProxyProtocol:
		if len(trusted) == 0 {
			return language.Errorf("node.no_proxies")
		}
	default:
		return notForm("--proxy-header", s.ProxyHeader, "node.form_proxy_header")
	}
	return nil
}

// proxies are the trusted proxies; [Settings.complete] has read them before.
func (s *Settings) proxies() proxies.List {
	trusted, _ := proxies.Parse(s.TrustedProxies)
	return trusted
}

// readsForwarded says whether headers of requests tell who the client is.
func (s *Settings) readsForwarded() bool {
	return len(s.proxies()) > 0 && proxies.Header(s.ProxyHeader) != proxies.ProxyProtocol
}

// checkEgress compiles the rules as the node will, so that a wrong one fails the start.
func (s *Settings) checkEgress() error {
	rules := s.egress()
	for _, word := range [...]string{egressLinkLocal, egressOwn} {
		if slices.Contains(rules.Deny, word) {
			return language.Errorf("node.egress_word", "word", word)
		}
	}
	client, err := backend.NewClient(backend.Options{Egress: rules})
	if err != nil {
		return fmt.Errorf("--egress: %w", err)
	}
	client.Close()
	return nil
}

// egress reads the list of --egress: api.example.com,10.0.0.0/8,!10.1.0.0/16,link-local,own.
func (s *Settings) egress() backend.Egress {
	var e backend.Egress
	for entry := range strings.SplitSeq(s.Egress, ",") {
		entry = strings.TrimSpace(entry)
		denied, isDenied := strings.CutPrefix(entry, "!")
		switch {
		case entry == "":
		case entry == egressLinkLocal:
			e.AllowLinkLocal = true
		case entry == egressOwn:
			e.AllowOwn = true
		case isDenied:
			e.Deny = append(e.Deny, denied)
		default:
			e.Allow = append(e.Allow, entry)
		}
	}
	return e
}

// Words of --egress that allow what is forbidden by default.
const (
	egressLinkLocal = "link-local"
	egressOwn       = "own"
)

// fixedAddress is the address on which the node will listen; none if the system is to
// choose the port.
func (s *Settings) fixedAddress() (address net.Addr, known bool) {
	at, err := net.ResolveTCPAddr("tcp", s.Listen)
	return at, err == nil && at.Port != 0
}

// endpoint is how clients reach the node that listens at addr.
func (s *Settings) endpoint(addr net.Addr) string {
	if s.PublicEndpoint != "" {
		return s.PublicEndpoint
	}
	scheme := "http"
	if s.servesTLS() {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return scheme + "://" + addr.String()
	}
	if len(s.ACMEDomains) > 0 {
		if host = s.ACMEDomains[0]; port == "443" {
			return scheme + "://" + host
		}
		return scheme + "://" + net.JoinHostPort(host, port)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // every address: this machine's own is one that works
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
