//go:build !linux

package entrance

import (
	"errors"
	"net"
	"time"
)

// arrival is nothing here: net/http takes handshakes too.
type arrival struct{}

func prepare(*net.TCPListener) error { return nil }

func (e *Entrance) receive(arrival) {}

func (e *Entrance) accept() {
	for {
		nc, err := e.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			e.log.Error("a connection could not be taken", "error", err)
			time.Sleep(pause)
		default:
			e.passed.Give(nc)
		}
	}
}

// pause is how long nothing is accepted after the system refused to.
const pause = 50 * time.Millisecond
