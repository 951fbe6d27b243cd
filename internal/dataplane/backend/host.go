package backend

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// host is one backend with the connections to it.
type host struct {
	client  *Client
	address string
	tls     *tls.Config // nil: plain
	dialer  net.Dialer
	used    atomic.Int64 // when the last call began, in nanoseconds since 1970

	mu      sync.Mutex
	kept    []*conn // that no call uses; the last one used comes first, so that few stay warm
	open    int
	sweeper *time.Timer // nil while nothing is kept
}

func (c *Client) newHost(key hostKey) (*host, error) {
	name, address, err := addressOf(key)
	if err != nil {
		return nil, err
	}
	h := &host{client: c, address: address, dialer: net.Dialer{Control: c.egress.control(name), KeepAlive: time.Minute}}
	if key.scheme == "https" {
		h.tls = c.tlsFor(key, name)
	}
	return h, nil
}

// addressOf is the name to check and the address to dial.
func addressOf(key hostKey) (name, address string, err error) {
	address = key.authority
	if key.target != "" {
		address = key.target
	}
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		name, port = strings.Trim(address, "[]"), "80"
		if key.scheme == "https" {
			port = "443"
		}
	}
	if name == "" {
		return "", "", fmt.Errorf("%q: %w", key.authority, ErrAddress)
	}
	return name, net.JoinHostPort(name, port), nil
}

// do makes the call on a kept connection or a new one. After a restart of the
// backend every kept one is stale, and none of them got a byte of the request.
func (h *host) do(call *Call) error {
	now, timeout := time.Now(), call.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	h.used.Store(now.UnixNano())
	for {
		c, err := h.take(now, timeout)
		if err != nil {
			return err
		}
		reusable, err := c.serve(call, now, timeout, h.client.options.MaxResponse)
		if reusable {
			h.keep(c)
		} else {
			h.drop(c)
		}
		if !errors.Is(err, errStale) {
			return err
		}
	}
}

// take is a kept connection, or a new one if there may be more.
func (h *host) take(now time.Time, timeout time.Duration) (*conn, error) {
	h.mu.Lock()
	if last := len(h.kept) - 1; last >= 0 {
		c := h.kept[last]
		h.kept[last] = nil
		h.kept = h.kept[:last]
		h.mu.Unlock()
		if now.Sub(c.used) <= h.client.options.LookAfter || c.quiet() {
			return c, nil
		}
		h.drop(c)
		return h.take(now, timeout)
	}
	if h.open >= h.client.options.MaxConns {
		h.mu.Unlock()
		return nil, ErrBusy
	}
	h.open++
	h.mu.Unlock()
	c, err := h.dial(now.Add(timeout))
	if err != nil {
		h.left()
	}
	return c, err
}

func (h *host) left() {
	h.mu.Lock()
	h.open--
	h.mu.Unlock()
}

func (h *host) drop(c *conn) {
	_ = c.nc.Close() // nobody is left to tell
	h.left()
}

// keep puts a connection back for the next call.
func (h *host) keep(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.client.closed.Load() {
		h.open--
		_ = c.nc.Close()
		return
	}
	h.kept = append(h.kept, c)
	if h.sweeper == nil {
		h.sweeper = time.AfterFunc(h.client.options.IdleConn, h.sweep)
	}
}

// sweep ends the connections that no call used for long.
func (h *host) sweep() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sweeper == nil {
		return
	}
	oldest := time.Now().Add(-h.client.options.IdleConn)
	fresh := h.kept[:0]
	for _, c := range h.kept {
		if c.used.Before(oldest) {
			h.open--
			_ = c.nc.Close()
		} else {
			fresh = append(fresh, c)
		}
	}
	clear(h.kept[len(fresh):])
	if h.kept = fresh; len(fresh) == 0 {
		h.kept, h.sweeper = nil, nil
		return
	}
	h.sweeper.Reset(h.client.options.IdleConn / 2)
}

// close ends the connections that no call uses.
func (h *host) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.kept {
		h.open--
		_ = c.nc.Close()
	}
	h.kept = nil
	if h.sweeper != nil {
		h.sweeper.Stop()
		h.sweeper = nil
	}
}

// resting says whether no call is under way.
func (h *host) resting() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open == len(h.kept)
}
