package socket

import "bytes"

// readBuffer is what a goroutine reads into while it waits.
const readBuffer = 4 << 10

// goroutineTransport is the transport of any net.Conn: a goroutine reads it, and another
// one writes while there is something to write.
type goroutineTransport struct{ wake chan struct{} }

func newGoroutineTransport() *goroutineTransport {
	return &goroutineTransport{wake: make(chan struct{}, 1)}
}

func (t *goroutineTransport) begin(c *Conn, buffered []byte) {
	c.pool.running.Go(func() { t.readLoop(c, buffered) })
}

// readLoop reads until the end.
func (t *goroutineTransport) readLoop(c *Conn, data []byte) {
	buf := make([]byte, readBuffer)
	next := c.process(data)
	for next != readEnded {
		if next == readPaused {
			<-t.wake
			if next = c.beginRead(); next == readMore {
				next = c.process(c.unprocessed)
			}
			continue
		}
		n, err := c.nc.Read(buf)
		switch next = c.beginRead(); {
		case next == readPaused:
			c.unprocessed = bytes.Clone(buf[:n])
		case next == readMore && n > 0:
			next = c.process(buf[:n]) // an error comes again
		case next == readMore && err != nil:
			next = c.readFailed()
		case next == readMore:
			next = c.process(nil)
		}
	}
	c.finish()
}

func (t *goroutineTransport) write(*Conn, []byte) (int, error) { return 0, nil }
func (t *goroutineTransport) flush(c *Conn)                    { c.startWriter() }
func (t *goroutineTransport) suspend(*Conn)                    {}
func (t *goroutineTransport) trimMemory(*Conn)                 {}
func (t *goroutineTransport) release(c *Conn)                  { closeNow(c.nc) }

func (t *goroutineTransport) teardown(c *Conn) {
	closeNow(c.nc)
	t.resume(c)
}

func (t *goroutineTransport) resume(*Conn) {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *goroutineTransport) halfClose(c *Conn) {
	half, ok := c.nc.(interface{ CloseWrite() error })
	if ok && half.CloseWrite() == nil {
		return
	}
	c.teardown() // it can only be closed as a whole
}
