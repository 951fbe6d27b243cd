package integration

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// What a [Client] answers besides a response.
var (
	// ErrTimeout: no complete answer within the time given.
	ErrTimeout = errors.New("no answer in time")
	// ErrTooLarge: the answer is longer than MaxResponse.
	ErrTooLarge = errors.New("the answer is too large")
	// ErrBusy: all connections to that host are in use.
	ErrBusy = errors.New("too many calls to this host are under way")
	// ErrAddress: the URL is not one of an HTTP server.
	ErrAddress = errors.New("not the URL of an HTTP server")
	// ErrTLS: the backend's certificate or handshake is not acceptable.
	ErrTLS = errors.New("TLS failed")
)

// ClientOptions bound what a [Client] does. Zero values are defaults.
type ClientOptions struct {
	Egress      Egress
	MaxResponse int           // bytes of body; 10 MiB, API Gateway's largest payload
	MaxConns    int           // connections to one host; 1024
	IdleConn    time.Duration // an unused connection is kept so long; 30 s
	LookAfter   time.Duration // a kept connection that rested for longer is looked at before it is used; 500 ms
	RootCAs     *tls.Config   // RootCAs of it are trusted instead of the system's; for tests and private CAs
}

// Client makes HTTP calls. It follows no redirect and repeats no request of which
// a byte may have left. It is safe for concurrent use.
type Client struct {
	options ClientOptions
	egress  *egress

	mu    sync.Mutex
	hosts sync.Map // hostKey -> *fasthttp.HostClient
	count int
}

// hostKey is what connections may be shared by.
type hostKey struct {
	scheme, host, address string
	tls                   *tls.Config
}

// maxHosts bounds how many pools of connections there are; the longest unused
// gives way.
const maxHosts = 4096

// NewClient makes a client, or says which target of the egress lists cannot be read.
func NewClient(o ClientOptions) (*Client, error) {
	rules, err := compileEgress(o.Egress)
	if err != nil {
		return nil, err
	}
	if o.MaxResponse <= 0 {
		o.MaxResponse = 10 << 20
	}
	if o.MaxConns <= 0 {
		o.MaxConns = 1024
	}
	if o.IdleConn <= 0 {
		o.IdleConn = 30 * time.Second
	}
	if o.LookAfter <= 0 {
		o.LookAfter = 500 * time.Millisecond
	}
	return &Client{options: o, egress: rules}, nil
}

// Close ends the connections that are not in use.
func (c *Client) Close() {
	c.hosts.Range(func(_, host any) bool {
		host.(*fasthttp.HostClient).CloseIdleConnections()
		return true
	})
}

// Call is one HTTP request and, after [Client.Do], its answer. Calls are reused:
// [AcquireCall], [Call.Release]. What its methods return is valid until Release.
type Call struct {
	Timeout time.Duration
	// Target, when set, is host:port to dial instead of the URL's: the private
	// target of a VPC link keeps the Host header of the URL.
	Target string
	TLS    *tls.Config // nil: the system's roots and no certificate of ours

	request  *fasthttp.Request
	response *fasthttp.Response
}

var calls = sync.Pool{New: func() any { return new(Call) }}

// AcquireCall returns an empty call.
func AcquireCall() *Call {
	c := calls.Get().(*Call)
	c.request, c.response = fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	c.request.Header.DisableNormalizing() // templates and mappings choose the case of names
	c.request.Header.SetNoDefaultContentType(true)
	return c
}

// Release gives the call back. Nothing that came from it may be used any more.
func (c *Call) Release() {
	fasthttp.ReleaseRequest(c.request)
	fasthttp.ReleaseResponse(c.response)
	*c = Call{}
	calls.Put(c)
}

// SetMethod sets the verb.
func (c *Call) SetMethod(method string) { c.request.Header.SetMethod(method) }

// SetHeader sets a header, replacing earlier values; the name goes out as it is.
func (c *Call) SetHeader(name, value string) {
	switch {
	case strings.EqualFold(name, "host"):
		c.request.UseHostHeader = true
		c.request.Header.SetHost(value)
	default:
		c.request.Header.Set(name, value)
	}
}

// AddHeader adds one more value of a header.
func (c *Call) AddHeader(name, value string) { c.request.Header.Add(name, value) }

// SetBody sets the body, which is copied.
func (c *Call) SetBody(body []byte) { c.request.SetBody(body) }

// BodyWriter lets a template write the body in place.
func (c *Call) BodyWriter() io.Writer { return c.request.BodyWriter() }

// Body is the request's body as it will go out.
func (c *Call) Body() []byte { return c.request.Body() }

// EachHeader visits the request's headers.
func (c *Call) EachHeader(visit func(name, value []byte)) {
	for name, value := range c.request.Header.All() {
		visit(name, value)
	}
}

// Status is the answer's status.
func (c *Call) Status() int { return c.response.StatusCode() }

// ResponseBody is the answer's body.
func (c *Call) ResponseBody() []byte { return c.response.Body() }

// ResponseHeader is the last value of a header of the answer; names compare
// without case.
func (c *Call) ResponseHeader(name string) string {
	last := ""
	for key, value := range c.response.Header.All() {
		if len(key) == len(name) && strings.EqualFold(string(key), name) {
			last = string(value)
		}
	}
	return last
}

// EachResponseHeader visits the answer's headers.
func (c *Call) EachResponseHeader(visit func(name, value []byte)) {
	for name, value := range c.response.Header.All() {
		visit(name, value)
	}
}

// Do sends the call to target, an absolute http or https URL, and waits for the
// whole answer. The error is one of this package's, wrapped with what happened.
func (c *Client) Do(call *Call, target string) error {
	host, err := c.prepare(call, target)
	if err != nil {
		return err
	}
	if err := host.DoTimeout(call.request, call.response, call.Timeout); err != nil {
		return explain(err)
	}
	return nil
}

func (c *Client) prepare(call *Call, target string) (*fasthttp.HostClient, error) {
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || scheme != "http" && scheme != "https" {
		return nil, fmt.Errorf("%q: %w", target, ErrAddress)
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	if authority == "" || strings.ContainsAny(target, " \r\n\t") || strings.Contains(authority, "@") {
		return nil, fmt.Errorf("%q: %w", target, ErrAddress)
	}
	call.request.SetRequestURI(target)
	key := hostKey{scheme: scheme, host: authority, address: call.Target}
	if scheme == "https" {
		key.tls = call.TLS
	}
	if host, ok := c.hosts.Load(key); ok {
		return host.(*fasthttp.HostClient), nil
	}
	if _, err := url.Parse(target); err != nil { // once for each host; fasthttp itself parses everything
		return nil, fmt.Errorf("%q: %w", target, ErrAddress)
	}
	return c.newHost(key)
}

// newHost makes the pool of connections to one host.
func (c *Client) newHost(key hostKey) (*fasthttp.HostClient, error) {
	name, address, err := addressOf(key)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Control: c.egress.control(name), KeepAlive: time.Minute}
	host := &fasthttp.HostClient{
		Addr:  address,
		IsTLS: key.scheme == "https",
		DialTimeout: func(_ string, timeout time.Duration) (net.Conn, error) {
			return c.dial(dialer, address, timeout)
		},
		MaxConns:                      c.options.MaxConns,
		MaxIdleConnDuration:           c.options.IdleConn,
		MaxResponseBodySize:           c.options.MaxResponse,
		ReadBufferSize:                16 << 10, // also bounds the answer's headers
		NoDefaultUserAgentHeader:      true,
		DisableHeaderNamesNormalizing: true,
		DisablePathNormalizing:        true,
		SecureErrorLogMessage:         true,
		ConnPoolStrategy:              fasthttp.LIFO,          // few warm connections, the rest end as idle
		MaxIdemponentCallAttempts:     c.options.MaxConns + 1, // after a restart of the backend every kept one is stale
		RetryIfErr: func(_ *fasthttp.Request, _ int, err error) (bool, bool) {
			return false, errors.Is(err, errStale)
		},
	}
	if host.IsTLS {
		host.TLSConfig = c.tlsFor(key, name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count >= maxHosts {
		c.dropOldest()
	}
	actual, loaded := c.hosts.LoadOrStore(key, host)
	if !loaded {
		c.count++
	}
	return actual.(*fasthttp.HostClient), nil
}

func addressOf(key hostKey) (name, address string, err error) {
	address = key.host
	if key.address != "" {
		address = key.address
	}
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		name, port = strings.Trim(address, "[]"), "80"
		if key.scheme == "https" {
			port = "443"
		}
	}
	if name == "" {
		return "", "", fmt.Errorf("%q: %w", key.host, ErrAddress)
	}
	return name, net.JoinHostPort(name, port), nil
}

func (c *Client) tlsFor(key hostKey, name string) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(16)}
	if key.tls != nil {
		config = key.tls.Clone()
	}
	if config.RootCAs == nil && c.options.RootCAs != nil {
		config.RootCAs = c.options.RootCAs.RootCAs
	}
	if config.ServerName == "" {
		config.ServerName = name
		if key.address != "" { // a VPC link's target answers for the URL's host
			if host, _, err := net.SplitHostPort(key.host); err == nil {
				config.ServerName = host
			} else {
				config.ServerName = strings.Trim(key.host, "[]")
			}
		}
	}
	return config
}

// dropOldest forgets the host that was unused for longest. c.mu is held.
func (c *Client) dropOldest() {
	var oldest any
	var since time.Time
	c.hosts.Range(func(key, host any) bool {
		h := host.(*fasthttp.HostClient)
		if at := h.LastUseTime(); h.PendingRequests() == 0 && (oldest == nil || at.Before(since)) {
			oldest, since = key, at
		}
		return true
	})
	if oldest == nil {
		return
	}
	if host, ok := c.hosts.LoadAndDelete(oldest); ok {
		host.(*fasthttp.HostClient).CloseIdleConnections()
		c.count--
	}
}

func (c *Client) dial(dialer *net.Dialer, address string, timeout time.Duration) (net.Conn, error) {
	const longest = 10 * time.Second // to connect; a backend behind a firewall that drops packets
	if timeout <= 0 || timeout > longest {
		timeout = longest
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("connecting to %s took more than %v: %w", address, timeout, ErrTimeout)
		}
		return nil, err
	}
	return newConn(conn, c.options.LookAfter), nil
}

// explain turns fasthttp's errors into this package's.
func explain(err error) error {
	var network net.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.Is(err, ErrTimeout), errors.Is(err, fasthttp.ErrTimeout), errors.Is(err, fasthttp.ErrTLSHandshakeTimeout),
		errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("%w (%v)", ErrTimeout, err)
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		return ErrTooLarge
	case errors.Is(err, fasthttp.ErrNoFreeConns):
		return ErrBusy
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		return fmt.Errorf("%w: %v", ErrTLS, err)
	}
	return err
}
