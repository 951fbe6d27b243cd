package bodylength

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"
)

// handshakeTimeout bounds the TLS handshake of a connection.
const handshakeTimeout = 10 * time.Second

// Listener is a listener for net/http's server whose connections are [Conn]s.
// Requests over connections of crypto/tls have their TLS state.
func Listener(under net.Listener, log *slog.Logger) net.Listener { return listener{under, log} }

type listener struct {
	net.Listener
	log *slog.Logger
}

// Accept implements [net.Listener].
func (l listener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if secured := tlsConnOf(nc); secured != nil {
		return &secureConn{Conn: Conn{Conn: nc}, tlsConn: secured, log: l.log}, nil
	}
	return &Conn{Conn: nc}, nil
}

// tlsConnOf is nc if it is a connection of crypto/tls, or the one that it wraps
// (fastpath/replay); nil when there is none.
func tlsConnOf(nc net.Conn) *tls.Conn {
	for {
		if secured, ok := nc.(*tls.Conn); ok {
			return secured
		}
		under, ok := nc.(interface{ Unread() (net.Conn, []byte) })
		if !ok {
			return nil
		}
		nc, _ = under.Unread()
	}
}

// secureConn is a Conn over TLS. By its method ConnectionState net/http
// recognizes it as one.
type secureConn struct {
	Conn
	tlsConn       *tls.Conn
	log           *slog.Logger
	handshakeOnce sync.Once
}

// ConnectionState completes the handshake, if need be, since net/http asks before it
// reads. After a handshake that failed, Read returns its error.
func (c *secureConn) ConnectionState() tls.ConnectionState {
	c.handshakeOnce.Do(c.handshake)
	return c.tlsConn.ConnectionState()
}

func (c *secureConn) handshake() {
	_ = c.SetDeadline(time.Now().Add(handshakeTimeout)) // when this fails, the handshake does
	err := c.tlsConn.Handshake()
	_ = c.SetDeadline(time.Time{})
	if err == nil {
		return
	}
	c.log.Debug("a TLS handshake failed", "from", c.RemoteAddr().String(), "error", err)
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) && plain.Conn != nil && startsLikeHTTP(plain.RecordHeader) {
		_, _ = io.WriteString(plain.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
		_ = plain.Conn.Close() // as net/http does
	}
}

// startsLikeHTTP says whether a TLS record begins as requests without TLS do.
func startsLikeHTTP(header [5]byte) bool {
	switch string(header[:]) {
	case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO", "PATCH", "DELET":
		return true
	}
	return false
}
