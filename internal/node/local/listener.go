package local

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
)

// recordHandshake is the first byte of TLS (RFC 8446, 5.1), which no method of HTTP has.
const recordHandshake = 0x16

// Listener gives connections of which some speak TLS and the others plain HTTP: the first
// byte tells. It implements [net.Listener].
type Listener struct {
	*replay.Listener
	base             net.Listener
	config           *tls.Config
	firstByteTimeout time.Duration // how long the first byte is waited for
	sorting          sync.WaitGroup
	start            sync.Once
	failed           chan error // what base.Accept returned at last
}

// NewListener takes what base accepts, from the first Accept on.
func NewListener(under net.Listener, config *tls.Config, patient time.Duration) *Listener {
	return &Listener{Listener: replay.New(under.Addr()), base: under, config: config, firstByteTimeout: patient, failed: make(chan error, 1)}
}

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	l.start.Do(func() { l.sorting.Go(l.acceptLoop) })
	nc, err := l.Listener.Accept()
	if err != nil {
		select {
		case under := <-l.failed:
			return nil, under
		default:
		}
	}
	return nc, err
}

func (l *Listener) acceptLoop() {
	for {
		nc, err := l.base.Accept()
		if err != nil {
			l.failed <- err
			_ = l.Listener.Close() // its Close never fails
			return
		}
		l.sorting.Go(func() { l.sort(nc) })
	}
}

// sort delivers a connection once its first byte has arrived. One that sends nothing in
// time is closed.
func (l *Listener) sort(nc net.Conn) {
	first := make([]byte, 1)
	err := nc.SetReadDeadline(time.Now().Add(l.firstByteTimeout))
	if err == nil {
		_, err = nc.Read(first)
	}
	if err == nil {
		err = nc.SetReadDeadline(time.Time{})
	}
	if err != nil {
		_ = nc.Close() // nothing else closes it
		return
	}
	again := replay.Wrap(nc, first)
	if first[0] == recordHandshake {
		again = tls.Server(again, l.config)
	}
	l.Deliver(again)
}

// Close takes no more connections. It implements [net.Listener].
func (l *Listener) Close() error { return errors.Join(l.Listener.Close(), l.base.Close()) }

// Wait returns, after Close, when no connection waits for its first byte.
func (l *Listener) Wait() { l.sorting.Wait() }
