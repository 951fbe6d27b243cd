//go:build !unix

package integration

import (
	"errors"
	"net"
	"time"
)

// errStale never happens where a connection cannot be looked at without reading.
var errStale = errors.New("the backend closed the kept connection")

func newConn(c net.Conn, _ time.Duration) net.Conn { return c }
