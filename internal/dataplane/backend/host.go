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

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/fairshare"
)

// host is one backend with the connections to it and the calls that wait for one.
type host struct {
	client  *Client
	address string
	tls     *tls.Config // nil: plain
	dialer  net.Dialer
	used    atomic.Int64 // when the last call began, in nanoseconds since 1970

	mu           sync.Mutex
	slots        fairshare.Pool[*waiter] // of calls under way; each has a connection or makes one
	routes       map[Route]*route
	conns        map[*conn]struct{} // all that are open
	kept         []*conn            // that no call uses; the one used last is taken first, so that few stay in use
	noReuseUntil time.Time          // until then no connection is kept
	singleUses   int                // connections in a row that the backend closed after one answer
	sweeper      *time.Timer        // nil while nothing is kept
}

// route is the calls of one Route to the host.
type route = fairshare.Group[*waiter]

// maxRoutes is how many routes without calls are remembered of a host.
const maxRoutes = 256

func (c *Client) newHost(key hostKey) (*host, error) {
	name, address, err := addressOf(key)
	if err != nil {
		return nil, err
	}
	h := &host{
		client: c, address: address, dialer: net.Dialer{Control: c.egress.control(name), KeepAlive: time.Minute},
		routes: map[Route]*route{}, conns: map[*conn]struct{}{},
	}
	h.slots.Limit = c.options.MaxConns
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

// do makes the call on a kept connection or a new one, once the call's route may use one.
// A kept connection that the backend has closed is replaced by another, as long as the
// backend got no byte of the request: after a restart of the backend all kept connections
// are closed.
func (h *host) do(call *Call) error {
	now, timeout := time.Now(), call.Timeout
	if timeout <= 0 {
		timeout = pasarela.MaxIntegrationTime
	}
	h.used.Store(now.UnixNano())
	deadline := now.Add(timeout)
	r, c, waited, err := h.enter(call, deadline)
	if err != nil {
		return err
	}
	if waited {
		now = time.Now()
	}
	for {
		if c == nil {
			if c, err = h.dial(deadline); err != nil {
				h.leave(r, nil)
				return err
			}
		}
		served := c.served
		reusable, err := c.serve(call, now, deadline, timeout, h.client.options.MaxResponse)
		if !reusable {
			h.drop(c)
			c = nil
		}
		if !errors.Is(err, errStale) {
			if err == nil && call.excess && call.status >= 200 {
				h.stopKeeping(now)
			}
			h.leave(r, c)
			return err
		}
		h.client.stale.Add(1)
		c = h.replace(served, now, err)
	}
}

// How long no connection to a host is kept: after one that has sent bytes outside of a
// response, since the next ones might be taken for a response; and after so many
// connections in a row that the backend closed after one response without announcing it.
const (
	unsolicitedPause = 10 * time.Minute
	maxSingleUses    = 3
	singleUsePause   = time.Minute
)

func (h *host) stopKeeping(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopReuseLocked(now, unsolicitedPause)
}

// stopReuseLocked keeps no connection to the host for d; h.mu is held.
func (h *host) stopReuseLocked(now time.Time, d time.Duration) {
	h.singleUses, h.noReuseUntil = 0, now.Add(d)
	h.closeKept()
}

// replace takes another kept connection in place of one that was found closed, or with
// unexpected bytes, after served calls; nil when there is none.
func (h *host) replace(served int, now time.Time, why error) *conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	if served > 1 {
		h.singleUses = 0
	} else {
		h.singleUses++
	}
	switch {
	case errors.Is(why, errUnsolicited):
		h.stopReuseLocked(now, unsolicitedPause)
	case h.singleUses >= maxSingleUses:
		h.stopReuseLocked(now, singleUsePause)
	}
	return h.pop()
}

// take is a kept connection, or nil.
func (h *host) take() *conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pop()
}

// pop is take; h.mu is held.
func (h *host) pop() *conn {
	last := len(h.kept) - 1
	if last < 0 {
		return nil
	}
	c := h.kept[last]
	h.kept[last] = nil
	h.kept = h.kept[:last]
	return c
}

// opened notes a new connection; false when the client has been stopped meanwhile.
func (h *host) opened(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.client.ctx.Err() != nil {
		return false
	}
	h.conns[c] = struct{}{}
	return true
}

func (h *host) drop(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dropLocked(c)
}

// dropLocked is drop; h.mu is held.
func (h *host) dropLocked(c *conn) {
	delete(h.conns, c)
	_ = c.nc.Close() // nothing could act on the error
}

// keep puts a connection back for the next call. h.mu is held.
func (h *host) keep(c *conn) {
	if c.served > 1 {
		h.singleUses = 0
	}
	if h.client.closed.Load() || !h.noReuseUntil.IsZero() && c.used.Before(h.noReuseUntil) {
		h.dropLocked(c)
		return
	}
	h.kept = append(h.kept, c)
	if h.sweeper == nil {
		h.sweeper = time.AfterFunc(h.client.options.IdleConn, h.sweep)
	}
}

// sweep closes the connections that no call has used for a long time.
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
			h.dropLocked(c)
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
	h.closeKept()
}

// closeKept closes the connections that wait for their next call.
func (h *host) closeKept() {
	for _, c := range h.kept {
		h.dropLocked(c)
	}
	h.kept = nil
	if h.sweeper != nil {
		h.sweeper.Stop()
		h.sweeper = nil
	}
}

// cut ends all connections, and with them the calls that use them.
func (h *host) cut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = nil
	for c := range h.conns {
		h.dropLocked(c)
	}
}

// idle says whether no call is under way.
func (h *host) idle() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.slots.Used() == 0 && h.slots.Waiting() == 0
}
