package backend

import "io"

// ReadResponse reads one answer to a request of that method.
func (c *Call) ReadResponse(from io.Reader, method string, most int) (reusable bool, err error) {
	return c.read(from, method, most)
}
