package socket

// transport moves bytes for connections. There are three: plainTransport and
// tlsTransport keep connections in epoll, goroutineTransport has a goroutine for each. All but begin are called
// with c.mu held, and none may wait for the network.
type transport interface {
	// begin starts reading, with buffered first. The connection is claimed, and
	// c.mu is not held.
	begin(c *Conn, buffered []byte)
	// write gives frames to the network if that cannot wait, and returns how
	// many bytes it took. Nothing waits before them.
	write(c *Conn, wire []byte) (int, error)
	// flush sees to it that c.sendQueue goes out, and that queueEmptied is called then.
	flush(c *Conn)
	// suspend is called after readPaused, before resume can be.
	suspend(c *Conn)
	// resume goes on reading after readPaused, with c.unprocessed first.
	resume(c *Conn)
	// trimMemory releases what only reading needs, unless a read is under way.
	trimMemory(c *Conn)
	// teardown sees to it that a reader ends the connection, unless one is
	// reading already (c.reading), and ends whatever waits for the network.
	teardown(c *Conn)
	// halfClose ends our direction after the last byte.
	halfClose(c *Conn)
	// release gives everything back. It is called once, by the reader.
	release(c *Conn)
}
