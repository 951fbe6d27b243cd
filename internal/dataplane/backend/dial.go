package backend

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/networkerror"
)

// longestDial bounds connecting: a firewall in front of a backend may drop packets
// without an answer.
const longestDial = 10 * time.Second

// dial makes a new connection, handshake included, before the deadline.
func (h *host) dial(deadline time.Time) (*conn, error) {
	c, err := h.connect(deadline)
	if err != nil {
		return nil, unsent{err}
	}
	if !h.opened(c) {
		_ = c.nc.Close()
		return nil, ErrStopped
	}
	return c, nil
}

// unsent is an error of connecting: it reads as what happened, and is [ErrUnsent] too.
type unsent struct{ error }

func (u unsent) Unwrap() []error { return []error{u.error, ErrUnsent} }

// connect dials the host and, for https, does the TLS handshake, both until deadline. Each
// address is checked against the egress rules after the name was resolved, so that a name
// cannot lead to a forbidden address (DNS rebinding).
func (h *host) connect(deadline time.Time) (*conn, error) {
	timeout := min(longestDial, time.Until(deadline))
	ctx, cancel := context.WithTimeout(h.client.ctx, timeout)
	defer cancel()
	nc, err := h.dialer.DialContext(ctx, "tcp", h.address)
	if err != nil {
		if ctx.Err() != nil {
			return nil, language.NetworkConnectSlow.Of(h.address, inTenths(timeout)).Wrap(ErrTimeout)
		}
		return nil, err
	}
	if h.tls == nil {
		return newConn(nc, nc), nil
	}
	raw := &countingConn{Conn: nc}
	secured := tls.Client(raw, h.tls)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = nc.Close()
		if ctx.Err() != nil {
			return nil, language.NetworkHandshakeSlow.Of(h.address, inTenths(timeout)).Wrap(ErrTimeout)
		}
		return nil, err
	}
	c := newConn(secured, nc)
	c.counted = raw
	return c, nil
}

// tlsFor is the TLS configuration for a host: the integration's own, if it has one, with the
// node's roots of trust and the server name that the URL names.
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
		if key.target != "" { // a VPC link's target stands for the URL's host
			if host, _, err := net.SplitHostPort(key.authority); err == nil {
				config.ServerName = host
			} else {
				config.ServerName = strings.Trim(key.authority, "[]")
			}
		}
	}
	return config
}

// inTenths is a time for people.
func inTenths(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }

// explain converts the network's errors to this package's, with what happened in words. Of
// an error that has words already, such as one of the egress rules, they alone are kept.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if words, ok := errors.AsType[language.Message](err); ok {
		return words.Wrap(err)
	}
	said := networkerror.Explain(err)
	var network net.Error
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.Is(err, ErrTimeout):
		return err
	case errors.As(err, &network) && network.Timeout():
		return language.Reason(said).Wrap(ErrTimeout, err)
	case errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &name):
		return language.Reason(said).Wrap(ErrRefused, err)
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		return language.BackendTLS.Because(said).Wrap(ErrTLS, err)
	}
	return said
}
