//go:build !linux

package backend

// unacknowledged is always false here: only Linux's TCP_INFO says whether the peer has
// acknowledged bytes, so a call of which a byte was written is not repeated.
func (c *conn) unacknowledged(int64, error) bool { return false }
