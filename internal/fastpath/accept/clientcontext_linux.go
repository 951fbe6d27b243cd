package accept

import (
	"context"
	"os"
	"sync"
	"syscall"
	"time"
)

// clientContext is the context of a request: it is cancelled when the client closes its
// connection before the handler has hijacked it, and when the handler has returned, as by
// net/http's server. The connection is watched from the first call of Done on, since most
// handshakes wait for nothing.
type clientContext struct {
	mu      sync.Mutex
	fd      int             // -1: the connection is not the request's any more
	inner   context.Context // nil until Done or end
	cancel  context.CancelFunc
	unwatch func() // nil while the connection is not watched
}

// Deadline implements [context.Context]: there is none.
func (*clientContext) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done implements [context.Context].
func (c *clientContext) Done() <-chan struct{} { return c.begin().Done() }

// Err implements [context.Context].
func (c *clientContext) Err() error {
	if inner := c.begun(); inner != nil {
		return inner.Err()
	}
	return nil
}

// Value implements [context.Context].
func (c *clientContext) Value(key any) any {
	if inner := c.begun(); inner != nil {
		return inner.Value(key) // package context finds its own in it
	}
	return nil
}

func (c *clientContext) begun() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inner
}

func (c *clientContext) begin() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inner == nil {
		c.inner, c.cancel = context.WithCancel(context.Background())
		c.watch()
	}
	return c.inner
}

// watch cancels inner when the client closes. It looks at the connection through a
// duplicate of the descriptor and takes no byte off it. Where there is no descriptor left for
// that, the client's end is noticed when it is written to. c.mu is held.
func (c *clientContext) watch() {
	if c.fd < 0 {
		return
	}
	fd, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(c.fd), syscall.F_DUPFD_CLOEXEC, 0)
	if errno != 0 {
		return
	}
	duplicate := os.NewFile(fd, "tcp") // in Go's poller, as the descriptor is non-blocking
	raw, err := duplicate.SyscallConn()
	if err != nil {
		_ = duplicate.Close()
		return
	}
	var watching sync.WaitGroup
	watching.Go(func() {
		if closedByClient(raw) {
			c.cancel()
		}
	})
	c.unwatch = func() {
		_ = duplicate.Close()
		watching.Wait()
	}
}

// closedByClient waits until the client has closed or reset its connection; false when it
// has sent something instead, as for net/http's server, or when the descriptor was closed.
func closedByClient(raw syscall.RawConn) (closed bool) {
	var first [1]byte
	err := raw.Read(func(fd uintptr) bool {
		n, _, err := syscall.Recvfrom(int(fd), first[:], syscall.MSG_PEEK)
		closed = err != syscall.EAGAIN && n <= 0
		return err != syscall.EAGAIN
	})
	return err == nil && closed
}

// release ends the watch of the connection: from now on it is not the request's.
func (c *clientContext) release() {
	c.mu.Lock()
	c.fd = -1
	unwatch := c.unwatch
	c.unwatch = nil
	c.mu.Unlock()
	if unwatch != nil {
		unwatch()
	}
}

// end is called when the handler has returned.
func (c *clientContext) end() {
	c.release()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inner == nil {
		c.inner, c.cancel = ended, func() {}
	}
	c.cancel()
}

var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()
