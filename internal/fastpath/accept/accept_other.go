//go:build !linux

package accept

import (
	"errors"
	"net"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/proxyheader"
)

// acceptedConn is empty on these systems: net/http serves handshakes too.
type acceptedConn struct{}

func prepare(*net.TCPListener) error { return nil }

func (l *Listener) serveHandshake(acceptedConn) {}

func (l *Listener) acceptLoop() {
	for {
		nc, err := l.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			l.log.Error("a connection could not be accepted", "error", err)
			time.Sleep(acceptRetryDelay)
		default:
			peer, ok := nc.RemoteAddr().(*net.TCPAddr)
			if ok && l.proxies != nil && l.proxies(peer.AddrPort().Addr()) {
				nc = proxyheader.Wrap(nc, l.log)
			}
			l.forwarded.Deliver(nc)
		}
	}
}

// acceptRetryDelay is the pause after an accept that failed.
const acceptRetryDelay = 50 * time.Millisecond
