package backend

import "net"

// countingConn is the connection under TLS. It records what crypto/tls does not report:
// how many bytes were written, and whether a record was read in part.
type countingConn struct {
	net.Conn
	written int64

	header [5]byte // of the record that is being read
	have   int     // bytes of header
	left   int     // bytes of the record that are still to come
}

// Write implements [net.Conn].
func (c *countingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.written += int64(n)
	return n, err
}

// Read implements [net.Conn].
func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.trackRecords(p[:n])
	return n, err
}

// trackRecords keeps track of where records begin (RFC 8446 §5.1).
func (c *countingConn) trackRecords(p []byte) {
	for len(p) > 0 {
		if c.left > 0 {
			n := min(c.left, len(p))
			c.left, p = c.left-n, p[n:]
			continue
		}
		n := copy(c.header[c.have:], p)
		c.have, p = c.have+n, p[n:]
		if c.have == len(c.header) {
			c.left, c.have = int(c.header[3])<<8|int(c.header[4]), 0
		}
	}
}

// atRecordEnd says whether no record was read in part.
func (c *countingConn) atRecordEnd() bool { return c.left == 0 && c.have == 0 }
