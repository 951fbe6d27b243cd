package pushserver

import (
	"net/http"

	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

// Again reads the same call over and over, as those of a kept connection.
func Again(data []byte) func() bool {
	c := &conn{server: New(nil, nil, nil), buf: data, heads: requesthead.Reader{Bounds: callBounds}}
	r := new(http.Request)
	return func() bool {
		c.start, c.end = 0, len(data)
		return c.next(r) == requesthead.Plain
	}
}

// LimitLargeBodies lets calls claim so many bytes more for their bodies.
func (s *Server) LimitLargeBodies(bytes int64) { s.largeBodies.Store(bytes) }

// LargeBodies is how many bytes calls may still claim.
func (s *Server) LargeBodies() int64 { return s.largeBodies.Load() }
