package socket

// transport moves bytes for connections. There are three: plain and secure park
// connections in epoll, attended has a goroutine for each. All but begin are called
// with c.mu held, and none may wait for the network.
type transport interface {
	// begin starts reading, with buffered first. The connection is claimed, and
	// c.mu is not held.
	begin(c *Conn, buffered []byte)
	// write gives frames to the network if that cannot wait, and returns how
	// many bytes it took. Nothing waits before them.
	write(c *Conn, wire []byte) (int, error)
	// flush sees to it that c.out goes out, and that drained is called then.
	flush(c *Conn)
	// suspend is told of readPaused before anybody can call resume.
	suspend(c *Conn)
	// resume goes on reading after readPaused, with c.rest first.
	resume(c *Conn)
	// save lets go of what only reading needs, unless somebody reads.
	trimMemory(c *Conn)
	// sever sees to it that a reader comes by and ends the connection, unless one
	// is at it (c.reading), and ends whatever waits for the network.
	teardown(c *Conn)
	// halfClose ends our direction after the last byte.
	halfClose(c *Conn)
	// release gives everything back. It is called once, by the reader.
	release(c *Conn)
}
