package socket

import "bytes"

// attendedBuffer is what a goroutine reads into while it waits.
const attendedBuffer = 4 << 10

// attended is the transport of any net.Conn: a goroutine reads it, and another
// one writes while there is something to write.
type attended struct{ wake chan struct{} }

func newAttended() *attended { return &attended{wake: make(chan struct{}, 1)} }

func (t *attended) begin(c *Conn, buffered []byte) {
	c.pool.running.Go(func() { t.attend(c, buffered) })
}

// attend reads until the end.
func (t *attended) attend(c *Conn, data []byte) {
	buf := make([]byte, attendedBuffer)
	next := c.digest(data)
	for next != turnEnd {
		if next == turnPause {
			<-t.wake
			if next = c.claim(); next == turnGo {
				next = c.digest(c.rest)
			}
			continue
		}
		n, err := c.nc.Read(buf)
		switch next = c.claim(); {
		case next == turnPause:
			c.rest = bytes.Clone(buf[:n])
		case next == turnGo && n > 0:
			next = c.digest(buf[:n]) // an error comes again
		case next == turnGo && err != nil:
			next = c.lost()
		case next == turnGo:
			next = c.digest(nil)
		}
	}
	c.finish()
}

func (t *attended) write(*Conn, []byte) (int, error) { return 0, nil }
func (t *attended) flush(c *Conn)                    { c.pump() }
func (t *attended) suspend(*Conn)                    {}
func (t *attended) save(*Conn)                       {}
func (t *attended) release(c *Conn)                  { closeNow(c.nc) }

func (t *attended) sever(c *Conn) {
	closeNow(c.nc)
	t.resume(c)
}

func (t *attended) resume(*Conn) {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *attended) halfClose(c *Conn) {
	half, ok := c.nc.(interface{ CloseWrite() error })
	if ok && half.CloseWrite() == nil {
		return
	}
	c.sever() // it can only be closed as a whole
}
