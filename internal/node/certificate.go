package node

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate serves a pair of PEM files and reads them again when they change,
// so that a renewed certificate needs no restart. New files that do not parse
// leave the old certificate in place.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	stamp   [2]time.Time
	looked  time.Time
}

// lookEvery bounds how often a handshake looks at the files.
const lookEvery = 5 * time.Second

// newCertificate reads the pair once, so that a start with files that cannot be used fails.
func newCertificate(cert, key string, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, log: log}
	stamp, err := c.stamps()
	if err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert %s, --tls-key %s: %w", cert, key, err)
	}
	c.current, c.stamp, c.looked = &pair, stamp, time.Now()
	return c, nil
}

// config is the TLS configuration of the listener. HTTP/2 is not offered: a browser that
// negotiates it would ask for WebSocket over it (RFC 8441), which is not served.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"}, // WebSocket upgrades are HTTP/1.1
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.get(time.Now()), nil },
	}
}

// get is the certificate for a handshake at now; every [lookEvery] it looks whether the
// files have changed.
func (c *certificate) get(now time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) < lookEvery {
		return c.current
	}
	c.looked = now
	stamp, err := c.stamps()
	if err == nil && stamp != c.stamp {
		c.reload(stamp)
	}
	return c.current
}

// reload takes the new pair. The stamps of files that do not parse are not kept, so the
// next look tries them again: the two files of a renewal are not replaced at once.
func (c *certificate) reload(stamp [2]time.Time) {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		c.log.Warn("the changed certificate cannot be used, the old one stays", "cert", c.cert, "key", c.key, "error", err)
		return
	}
	c.current, c.stamp = &pair, stamp
	c.log.Info("the certificate was read again", "cert", c.cert, "expires", pair.Leaf.NotAfter)
}

// stamps are the times at which the files were changed last.
func (c *certificate) stamps() (stamps [2]time.Time, err error) {
	for i, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return stamps, err
		}
		stamps[i] = info.ModTime()
	}
	return stamps, nil
}
