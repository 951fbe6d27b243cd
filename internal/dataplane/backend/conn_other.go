//go:build !unix

package backend

// directCall is nothing where the socket cannot be reached under its net.Conn.
type directCall struct{}

func (c *conn) prepare() bool { return false }

// checkIdle cannot tell whether bytes have arrived, so no connection is used twice.
func (c *conn) checkIdle() error { return errStale }

// exchangeDirect is never called: no connection is direct.
func (c *conn) exchangeDirect(out, in []byte, kept bool) (sent, n int, err error) { return 0, 0, nil }
