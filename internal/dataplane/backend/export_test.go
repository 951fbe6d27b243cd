package backend

import "io"

// ReadAnswer reads one answer to a request of that method.
func (c *Call) ReadAnswer(from io.Reader, method string, most int) (reusable bool, err error) {
	return c.read(from, method, most)
}
