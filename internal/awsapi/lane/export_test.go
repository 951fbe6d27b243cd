package lane

import (
	"net"
	"net/http"
)

// Under is what a connection that came back stands on.
func Under(nc net.Conn) net.Conn { return nc.(*replayed).Conn }

// Read is what the lane makes of the beginning of a connection: the request, its
// body, and what is left for the next, when it is one that the lane serves.
func Read(data []byte) (r *http.Request, body, rest []byte, served bool) {
	c := &conn{lane: New(nil, nil), remote: "192.0.2.1:1234", buf: data, end: len(data)}
	if c.head.read(c.unserved()) != ours || c.end < c.head.size+c.head.body {
		return nil, nil, nil, false
	}
	r = new(http.Request)
	c.request(r)
	return r, data[c.head.size:c.start], c.unserved(), true
}
