//go:build !unix

package backend

// turn is nothing where the socket cannot be reached under its net.Conn.
type turn struct{}

func (c *conn) prepare() bool { return false }

// quiet cannot be told without reading.
func (c *conn) quiet() bool { return true }

// take is never called: no connection is direct.
func (c *conn) take(out, in []byte) (sent, n int, err error) { return 0, 0, nil }
