package backend

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// What [Client.Do] returns besides a response.
var (
	// ErrTimeout: no complete answer within the time given.
	ErrTimeout = errors.New("no answer in time")
	// ErrTooLarge: the answer is longer than MaxResponse.
	ErrTooLarge = errors.New("the answer is too large")
	// ErrBusy: more calls wait for a connection to that host than may.
	ErrBusy = errors.New("too many calls to this host are waiting")
	// ErrQueued: the call waited for a connection all the time it had, and was not
	// sent. It comes with ErrTimeout.
	ErrQueued = errors.New("no connection came free")
	// ErrStopped: the client was stopped while the call was waiting or under way.
	ErrStopped = errors.New("the gateway is stopping")
	// ErrAddress: the URL is not an address of an HTTP server.
	ErrAddress = errors.New("not the URL of an HTTP server")
	// ErrRequest: a method or a header name that HTTP cannot carry. Nothing was sent.
	ErrRequest = errors.New("HTTP cannot carry this method or header")
	// ErrUnsent: no connection could be made, so that nothing was sent. It comes with
	// another error of these, or with the network's.
	ErrUnsent = errors.New("no connection")
	// ErrRefused: no server listens at the address, or its name does not resolve.
	ErrRefused = errors.New("no server listens there")
	// ErrTLS: the backend's certificate or handshake is not acceptable.
	ErrTLS = errors.New("TLS failed")
)

// Undelivered says of an error of [Client.Do] whether the backend certainly did not take
// the request, since it was never sent. If the connection broke later the backend may
// have acted on it, and the request counts as delivered.
func Undelivered(err error) bool {
	for _, why := range [...]error{ErrUnsent, ErrBusy, ErrQueued, ErrStopped} {
		if errors.Is(err, why) {
			return true
		}
	}
	return false
}

// Options bound what a [Client] does. Zero values are defaults.
type Options struct {
	Egress      Egress
	MaxResponse int           // bytes of body; 10 MiB, API Gateway's largest payload
	MaxConns    int           // connections to one host, of which one route has at most half; [DefaultMaxConns]
	MaxWaiting  int           // calls of one route that wait for a connection to one host; [DefaultMaxWaiting]
	IdleConn    time.Duration // an unused connection is kept so long; 30 s
	RootCAs     *tls.Config   // RootCAs of it are trusted instead of the system's; for tests and private CAs
}

// Defaults of Options.
const (
	DefaultMaxConns   = 2048
	DefaultMaxWaiting = 8192
)

// Client makes HTTP calls. It is safe for concurrent use.
type Client struct {
	options Options
	egress  *egress
	closed  atomic.Bool
	ctx     context.Context // ended by Stop
	stop    context.CancelFunc

	waiting, refused, expired, stale atomic.Int64

	hosts atomic.Pointer[map[hostKey]*host] // replaced as a whole
	mu    sync.Mutex                        // of those who replace it
}

// hostKey identifies the connections that calls may share.
type hostKey struct {
	scheme, authority string
	target            string      // of a VPC link
	tls               *tls.Config // of https
}

// maxHosts bounds how many hosts are remembered; the one unused for longest is removed
// first.
const maxHosts = 4096

// NewClient makes a client, or says which target of the egress lists cannot be read.
func NewClient(o Options) (*Client, error) {
	rules, err := compileEgress(o.Egress)
	if err != nil {
		return nil, err
	}
	if o.MaxResponse <= 0 {
		o.MaxResponse = 10 << 20
	}
	if o.MaxConns <= 0 {
		o.MaxConns = DefaultMaxConns
	}
	if o.MaxWaiting <= 0 {
		o.MaxWaiting = DefaultMaxWaiting
	}
	if o.IdleConn <= 0 {
		o.IdleConn = 30 * time.Second
	}
	c := &Client{options: o, egress: rules}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.hosts.Store(&map[hostKey]*host{})
	return c, nil
}

// Close closes the connections that are not in use at once, and the others when their
// calls have ended.
func (c *Client) Close() {
	c.closed.Store(true)
	for _, h := range *c.hosts.Load() {
		h.close()
	}
}

// Stop fails the calls that wait or are under way with [ErrStopped], and all later ones.
func (c *Client) Stop() {
	c.closed.Store(true)
	c.stop()
	for _, h := range *c.hosts.Load() {
		h.cut()
	}
}

// Stats are a client's counters.
type Stats struct {
	Hosts, Open, Waiting int64 // known hosts; connections; calls that wait for one
	Refused              int64 // calls that found too many waiting: ErrBusy
	Expired              int64 // calls that waited in vain: ErrQueued
	Stale                int64 // kept connections that were replaced when they were to be used
}

// Stats returns the client's counters.
func (c *Client) Stats() Stats {
	s := Stats{Waiting: c.waiting.Load(), Refused: c.refused.Load(), Expired: c.expired.Load(), Stale: c.stale.Load()}
	for _, h := range *c.hosts.Load() {
		s.Hosts++
		h.mu.Lock()
		s.Open += int64(len(h.conns))
		h.mu.Unlock()
	}
	return s
}

// Do sends the call to target, an absolute http or https URL, and waits for the whole
// response, at most call.Timeout. The error is one of this package's, wrapped with what
// happened. target may be reused after Do returns.
func (c *Client) Do(call *Call, target string) error {
	u, err := cutURL(target)
	if err != nil {
		return err
	}
	if err := call.write(u); err != nil {
		return err
	}
	key := hostKey{scheme: u.scheme, authority: u.authority, target: call.Target}
	if u.scheme == "https" {
		key.tls = call.TLS
	}
	h, known := (*c.hosts.Load())[key]
	if !known {
		if h, err = c.hostOf(key, target); err != nil {
			return err
		}
	}
	if err := h.do(call); err != nil {
		if c.ctx.Err() != nil {
			return ErrStopped
		}
		return explain(err)
	}
	return nil
}

// target is a URL in the parts that a request needs.
type target struct{ scheme, authority, path string }

// cutURL parses only what each call needs; the rest is checked once for each host.
func cutURL(text string) (target, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || scheme != "http" && scheme != "https" {
		return target{}, fmt.Errorf("%q: %w", text, ErrAddress)
	}
	u := target{scheme: scheme, authority: rest}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		u.authority, u.path = rest[:end], rest[end:]
	}
	if at := strings.IndexByte(u.path, '#'); at >= 0 {
		u.path = u.path[:at]
	}
	if u.authority == "" || strings.IndexByte(u.authority, '@') >= 0 || !plain(text) {
		return target{}, fmt.Errorf("%q: %w", text, ErrAddress)
	}
	return u, nil
}

// plain says whether a URL has no spaces and no control characters.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] == 0x7f {
			return false
		}
	}
	return true
}

// hostOf makes the pool of connections to a host that was never called.
func (c *Client) hostOf(key hostKey, text string) (*host, error) {
	if _, err := url.Parse(text); err != nil {
		return nil, fmt.Errorf("%q: %w", text, ErrAddress)
	}
	key.scheme, key.authority, key.target = strings.Clone(key.scheme), strings.Clone(key.authority), strings.Clone(key.target)
	made, err := c.newHost(key)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	known := *c.hosts.Load()
	if h, ok := known[key]; ok {
		return h, nil
	}
	all := maps.Clone(known)
	if len(all) >= maxHosts {
		forgetOldest(all)
	}
	all[key] = made
	c.hosts.Store(&all)
	return made, nil
}

// forgetOldest removes the host that was unused for longest, unless calls to all of them
// are under way.
func forgetOldest(all map[hostKey]*host) {
	var oldest hostKey
	var found *host
	for key, h := range all {
		if h.idle() && (found == nil || h.used.Load() < found.used.Load()) {
			oldest, found = key, h
		}
	}
	if found != nil {
		delete(all, oldest)
		found.close()
	}
}
