//go:build !linux

package accept

import (
	"errors"
	"net"
	"time"
)

// acceptedConn is nothing here: net/http takes handshakes too.
type acceptedConn struct{}

func prepare(*net.TCPListener) error { return nil }

func (e *Listener) serveHandshake(acceptedConn) {}

func (e *Listener) acceptLoop() {
	for {
		nc, err := e.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			e.log.Error("a connection could not be taken", "error", err)
			time.Sleep(acceptRetryDelay)
		default:
			e.forwarded.Deliver(nc)
		}
	}
}

// acceptRetryDelay is how long nothing is accepted after the system refused to.
const acceptRetryDelay = 50 * time.Millisecond
