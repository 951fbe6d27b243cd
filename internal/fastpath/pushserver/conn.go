package pushserver

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
	"github.com/pasarela-ws/pasarela/internal/fastpath/requesthead"
)

// Bounds of waiting.
const (
	idleTimeout   = 120 * time.Second // for the next call, and for a write to the client
	callTimeout   = 30 * time.Second  // for the rest of a call that has begun
	deadlineEvery = time.Second       // least time between two settings of the idle timeout
)

// firstBuffer is the size, in bytes, of the buffer that a connection keeps:
// enough for the usual call. A larger one is released after its call.
const firstBuffer = 4 << 10

// conn is a connection that was taken over from net/http.
type conn struct {
	server *Server
	nc     net.Conn
	remote string
	tls    *tls.ConnectionState // nil without

	deadlineSetAt time.Time // when the idle timeout was set last
	inRequest     bool      // a call is coming in, and has its own timeout
	extended      bool      // and may still be received although Shutdown has begun

	buf        []byte
	start, end int   // bounds of the bytes in the buffer that are not served yet
	reserved   int64 // taken from the server's bytes for large bodies

	heads    requesthead.Reader
	body     body
	response responseWriter
}

// body is a request's body that is read already.
type body struct{ bytes.Reader }

func (*body) Close() error { return nil }

// serve handles the call with which the connection was taken over, then those that
// follow.
func (c *conn) serve(first *http.Request) {
	if !c.respond(first) {
		c.close()
		return
	}
	blank := new(http.Request).WithContext(c.server.ctx)
	r := new(http.Request)
	for {
		*r = *blank // removes what the handler of the call before has changed
		r.TLS = c.tls
		switch c.next(r) {
		case requesthead.Plain:
			if c.respond(r) {
				continue
			}
			c.close()
		case requesthead.NotPlain:
			c.returnToHTTP()
		case requesthead.Unfinished:
			c.close()
		}
		return
	}
}

func (c *conn) close() { _ = c.nc.Close() } // nothing could act on the error

func (c *conn) buffered() []byte { return c.buf[c.start:c.end] }

// next reads the next call into r. The status is Unfinished when the connection
// has ended.
func (c *conn) next(r *http.Request) requesthead.Status {
	for {
		size, status := c.readHead(r)
		switch status {
		case requesthead.NotPlain:
			return status
		case requesthead.Plain:
			var ok bool
			if c.reserved, ok = c.server.reserve(r); !ok {
				return requesthead.NotPlain
			}
			if !c.fill(size + int(r.ContentLength)) {
				return requesthead.Unfinished
			}
			c.readBody(r, size)
			return status
		}
		if !c.fill(c.end - c.start + 1) {
			return status
		}
	}
}

// readBody gives r its body, which has been read, and advances start past the
// call.
func (c *conn) readBody(r *http.Request, head int) {
	call := c.buffered()[:head+int(r.ContentLength)]
	c.start += len(call)
	c.inRequest = false
	r.RemoteAddr = c.remote
	if r.ContentLength > 0 {
		c.body.Reset(call[head:]) // the body's bytes are not moved until the next fill
		r.Body = &c.body
	}
}

// fill reads until need bytes are not served yet; false when the connection
// ended before.
func (c *conn) fill(need int) bool {
	c.makeRoom(need)
	for c.end < need {
		if !c.setDeadline() {
			return false
		}
		n, err := c.nc.Read(c.buf[c.end:])
		c.end += n
		if err != nil && c.end < need && !c.extendForDrain(err) {
			return false
		}
	}
	return true
}

// makeRoom moves the bytes that are not served to the front of a buffer of the
// right size.
func (c *conn) makeRoom(need int) {
	size := firstBuffer
	for size < need {
		size *= 2
	}
	to := c.buf
	if len(to) < size || len(to) > firstBuffer && size == firstBuffer && c.end-c.start <= size {
		to = make([]byte, size)
	}
	c.end = copy(to, c.buffered())
	c.start, c.buf = 0, to
}

// setDeadline sets the deadline of reading. False when Shutdown has begun and no call is
// being received.
func (c *conn) setDeadline() bool {
	now := time.Now()
	switch {
	case c.end > c.start:
		if !c.inRequest {
			c.inRequest, c.deadlineSetAt = true, time.Time{}
			_ = c.nc.SetDeadline(now.Add(callTimeout)) // when this fails, reading does
		}
		return true
	case now.Sub(c.deadlineSetAt) >= deadlineEvery:
		c.deadlineSetAt = now
		_ = c.nc.SetDeadline(now.Add(idleTimeout))
	}
	return !c.server.stopped.Load() // checked after the deadline is set, which may have replaced Shutdown's
}

// extendForDrain continues to read a call that has begun after Shutdown interrupted the
// read.
func (c *conn) extendForDrain(err error) bool {
	if c.end == c.start || c.extended || !c.server.stopped.Load() || !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	c.extended = true
	return c.nc.SetDeadline(time.Now().Add(callTimeout)) == nil
}

// respond serves r and writes the response; false when the connection has
// ended.
func (c *conn) respond(r *http.Request) bool {
	c.response.reset()
	if !c.server.serveRequest(&c.response, r) {
		return false
	}
	c.release()
	last := c.server.stopped.Load()
	_, err := c.nc.Write(c.response.bytes(time.Now(), last))
	return err == nil && !last
}

// release returns the memory that was reserved for the body of a call.
func (c *conn) release() {
	if c.reserved > 0 {
		c.body.Reset(nil)
		c.server.largeBodies.Add(c.reserved)
		c.reserved = 0
	}
}

// returnToHTTP gives the connection back to net/http with the bytes that are not served.
func (c *conn) returnToHTTP() {
	if c.nc.SetDeadline(time.Time{}) != nil {
		c.close()
		return
	}
	c.server.returned.Deliver(replay.Wrap(c.nc, c.buffered()))
}
