package lane

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/handover"
	"github.com/pasarela-ws/pasarela/internal/engine/requesthead"
)

// Bounds of waiting.
const (
	idleTimeout = 120 * time.Second      // for the next call, and for the client to take an answer
	callTimeout = 30 * time.Second       // for the rest of a call that has begun
	armEvery    = time.Second            // how often the idle timeout is set anew
	lingering   = 500 * time.Millisecond // for a client that was refused to hang up
)

// firstBuffer holds the usual call. A larger buffer is given back after its call.
const firstBuffer = 4 << 10

// conn is a connection in the lane.
type conn struct {
	lane   *Lane
	nc     net.Conn
	remote string

	armed  time.Time // when the idle timeout was set last
	begun  bool      // a call is coming in, and has its own timeout
	spared bool      // and may still come in although the lane stops

	buf        []byte
	start, end int // of what was read and is not served yet

	heads  requesthead.Reader
	body   body
	answer answer
}

// body is a request's body that is read already.
type body struct{ bytes.Reader }

func (*body) Close() error { return nil }

// serve answers the call that brought the connection here, then those that follow.
func (c *conn) serve(first *http.Request) {
	if !c.say(first) {
		c.close()
		return
	}
	blank := new(http.Request).WithContext(c.lane.ctx)
	r := new(http.Request)
	for {
		*r = *blank // of what the handler before has left in it
		switch c.next(r) {
		case requesthead.Plain:
			if c.say(r) {
				continue
			}
			c.close()
		case requesthead.NotPlain:
			if requesthead.Ambiguous(c.unserved()) {
				c.refuse()
				return
			}
			c.giveBack()
		case requesthead.Unfinished:
			c.close()
		}
		return
	}
}

func (c *conn) close() { _ = c.nc.Close() } // there is nobody left to tell

func (c *conn) unserved() []byte { return c.buf[c.start:c.end] }

// next reads the next call into r. It is unfinished when the connection is over.
func (c *conn) next(r *http.Request) requesthead.Verdict {
	for {
		size, verdict := c.readHead(r)
		switch verdict {
		case requesthead.NotPlain:
			return verdict
		case requesthead.Plain:
			if !c.lane.worthReading(r) {
				return requesthead.NotPlain
			}
			if !c.fill(size + int(r.ContentLength)) {
				return requesthead.Unfinished
			}
			c.readBody(r, size)
			return verdict
		}
		if !c.fill(c.end - c.start + 1) {
			return verdict
		}
	}
}

// readBody gives r its body, which is there, and takes the call off the unserved.
func (c *conn) readBody(r *http.Request, head int) {
	call := c.unserved()[:head+int(r.ContentLength)]
	c.start += len(call)
	c.begun = false
	r.RemoteAddr = c.remote
	if r.ContentLength > 0 {
		c.body.Reset(call[head:]) // stays where it is until the next fill
		r.Body = &c.body
	}
}

// fill reads until so many bytes are unserved; false when they will not come.
func (c *conn) fill(need int) bool {
	c.makeRoom(need)
	for c.end < need {
		if !c.arm() {
			return false
		}
		n, err := c.nc.Read(c.buf[c.end:])
		c.end += n
		if err != nil && c.end < need && !c.mayFinish(err) {
			return false
		}
	}
	return true
}

// makeRoom moves what is unserved to the front of a buffer of the right size.
func (c *conn) makeRoom(need int) {
	size := firstBuffer
	for size < need {
		size *= 2
	}
	to := c.buf
	if len(to) < size || len(to) > firstBuffer && size == firstBuffer && c.end-c.start <= size {
		to = make([]byte, size)
	}
	c.end = copy(to, c.unserved())
	c.start, c.buf = 0, to
}

// arm sets the time until which the client may be silent. False when the lane
// stops and no call has begun.
func (c *conn) arm() bool {
	now := time.Now()
	switch {
	case c.end > c.start:
		if !c.begun {
			c.begun, c.armed = true, time.Time{}
			_ = c.nc.SetDeadline(now.Add(callTimeout)) // when this fails, reading does
		}
		return true
	case now.Sub(c.armed) >= armEvery:
		c.armed = now
		_ = c.nc.SetDeadline(now.Add(idleTimeout))
	}
	return !c.lane.stopped.Load() // asked after the deadline is set, or Stop's would be lost
}

// mayFinish lets a call that has begun come in although Stop woke its reader up.
func (c *conn) mayFinish(err error) bool {
	if c.end == c.start || c.spared || !c.lane.stopped.Load() || !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	c.spared = true
	return c.nc.SetDeadline(time.Now().Add(callTimeout)) == nil
}

// say serves r and writes the answer; false when the connection is over.
func (c *conn) say(r *http.Request) bool {
	c.answer.reset()
	if !c.lane.answered(&c.answer, r) {
		return false
	}
	last := c.lane.stopped.Load()
	_, err := c.nc.Write(c.answer.bytes(time.Now(), last))
	return err == nil && !last
}

// refuse answers a head that tells its length twice, and ends the connection. What
// the client still says is read for a moment, lest closing destroys the answer.
func (c *conn) refuse() {
	defer c.close()
	c.answer.reset()
	http.Error(&c.answer, "400 Bad Request", http.StatusBadRequest)
	_ = c.nc.SetDeadline(time.Now().Add(lingering)) // when this fails, writing does
	half, ok := c.nc.(interface{ CloseWrite() error })
	if _, err := c.nc.Write(c.answer.bytes(time.Now(), true)); err != nil || !ok || half.CloseWrite() != nil {
		return
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(c.nc, maxBody))
}

// giveBack hands the connection to net/http with everything that is not served.
func (c *conn) giveBack() {
	if c.nc.SetDeadline(time.Time{}) != nil {
		c.close()
		return
	}
	c.lane.back.Give(handover.Again(c.nc, c.unserved()))
}
