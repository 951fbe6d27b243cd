package accept

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/fastpath/proxyheader"
	"github.com/pasarela-ws/pasarela/internal/fastpath/replay"
)

// What connections inherit from the listener: keep-alive probes as Go sets them, so
// that a machine that is gone is detected, and how long the kernel waits for a client's
// first bytes before it reports the connection without them (TCP_DEFER_ACCEPT, tcp(7));
// in seconds.
const (
	probeAfter, probeEvery, probes = 15, 15, 9
	deferAccept                    = 10
)

// maxFirstRead is the longest head that is read here, in bytes; AWS accepts 10,240 bytes
// of headers.
const maxFirstRead = 16 << 10

// acceptRetryDelay is the pause after an accept that failed.
const acceptRetryDelay = 50 * time.Millisecond

// prepare sets on the listener the options that connections inherit, which
// saves a system call for each.
func prepare(listener *net.TCPListener) error {
	raw, err := listener.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		for _, o := range [...]struct{ level, name, value int }{
			{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, probeAfter},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, probeEvery},
			{syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, probes},
			{syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1},
			{syscall.IPPROTO_TCP, syscall.TCP_DEFER_ACCEPT, deferAccept},
		} {
			failed = errors.Join(failed, os.NewSyscallError("setsockopt", syscall.SetsockoptInt(int(fd), o.level, o.name, o.value)))
		}
	})
	return errors.Join(err, failed)
}

// acceptedConn is a connection with the first bytes that its client sent.
type acceptedConn struct {
	fd      int
	from    netip.AddrPort
	head    string
	proxied bool // from was read from a proxy's header
}

// acceptLoop takes connections until Close.
func (l *Listener) acceptLoop() {
	file, err := l.listener.File() // a descriptor of its own, since Go's listener cannot be waited for
	if err != nil {
		l.log.Error("no connections are taken", "error", err)
		return
	}
	defer file.Close()
	raw, err := file.SyscallConn()
	if err != nil {
		l.log.Error("no connections are taken", "error", err)
		return
	}
	stop := make(chan struct{})
	l.accepting.Go(func() { // Close ends the listener, and this its duplicate
		select {
		case <-l.forwarded.Done():
			_ = file.Close()
		case <-stop:
		}
	})
	defer close(stop)
	l.acceptFrom(raw)
}

func (l *Listener) acceptFrom(raw syscall.RawConn) {
	var fd int
	var from syscall.Sockaddr
	var failed error
	one := func(listener uintptr) bool {
		fd, from, failed = syscall.Accept4(int(listener), syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		return failed != syscall.EAGAIN
	}
	buf := make([]byte, maxFirstRead)
	for {
		if err := raw.Read(one); err != nil {
			select {
			case <-l.forwarded.Done():
			default:
				l.log.Error("no more connections are taken", "error", err)
			}
			return
		}
		switch failed {
		case nil:
			l.classify(fd, from, buf)
		case syscall.EINTR, syscall.ECONNABORTED:
		default: // no descriptors or no memory left, which may change
			l.log.Error("a connection could not be accepted", "error", os.NewSyscallError("accept4", failed))
			select {
			case <-time.After(acceptRetryDelay):
			case <-l.forwarded.Done():
			}
		}
	}
}

// classify reads the bytes received so far and passes the connection to serveHandshake or
// to net/http.
func (l *Listener) classify(fd int, peer syscall.Sockaddr, buf []byte) {
	n := 0
	for {
		var err error
		if n, err = syscall.Read(fd, buf); err != syscall.EINTR {
			break // net/http's read gets the error again
		}
	}
	head := buf[:max(n, 0)]
	fits := len(head) < len(buf) // else there may be more
	address, ok := clientAddress(peer)
	proxied := l.proxies != nil && ok && l.proxies(address.Addr())
	if proxied {
		client, size, err := proxyheader.Parse(head)
		if err != nil { // the header may be incomplete
			l.forward(fd, func(nc net.Conn) net.Conn { return proxyheader.Wrap(replay.Wrap(nc, bytes.Clone(head)), l.log) })
			return
		}
		if client.IsValid() {
			address = client
		}
		head = head[size:]
	}
	handshake := fits && bytes.HasPrefix(head, []byte("GET ")) && bytes.HasSuffix(head, []byte("\r\n\r\n"))
	if ok && handshake {
		l.workers.Submit(acceptedConn{fd, address, string(head), proxied})
		return
	}
	l.forward(fd, wrapper(address, bytes.Clone(head), proxied))
}

// wrapper returns a function that wraps a connection so that head is read first and, if
// a proxy opened it, RemoteAddr is the client's.
func wrapper(client netip.AddrPort, head []byte, proxied bool) func(net.Conn) net.Conn {
	return func(nc net.Conn) net.Conn {
		if proxied {
			return proxyheader.Known(nc, client, head)
		}
		return replay.Wrap(nc, head)
	}
}

// clientAddress is the client's address; false for those with an IPv6 zone, which are
// passed on to net/http.
func clientAddress(from syscall.Sockaddr) (netip.AddrPort, bool) {
	switch from := from.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(from.Addr), uint16(from.Port)), true
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(from.Addr).Unmap(), uint16(from.Port)), from.ZoneId == 0
	}
	return netip.AddrPort{}, false
}

// forward passes a connection to net/http, wrapped so that the bytes already
// read come first.
func (l *Listener) forward(fd int, wrap func(net.Conn) net.Conn) {
	tcp, err := connFromDescriptor(fd)
	if err != nil {
		l.log.Error("a connection could not be passed on", "error", err)
		return
	}
	l.forwarded.Deliver(wrap(tcp))
}

// connFromDescriptor makes a descriptor a connection of Go's; it is closed if that fails.
func connFromDescriptor(fd int) (*net.TCPConn, error) {
	file := os.NewFile(uintptr(fd), "tcp")
	defer file.Close() // FileConn has a duplicate
	nc, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		_ = nc.Close()
		return nil, errors.New("accept: not a TCP connection")
	}
	return tcp, nil
}

// serveHandshake serves a connection whose first bytes may be a handshake.
func (l *Listener) serveHandshake(a acceptedConn) {
	w := &responseWriter{conn: socket.NewDescriptor(a.fd, net.TCPAddrFromAddrPort(a.from)), client: clientContext{fd: a.fd}}
	r, ok := parse(&w.client, a.head)
	if !ok {
		l.forward(w.conn.Release(), wrapper(a.from, []byte(a.head), a.proxied))
		return
	}
	r.RemoteAddr = a.from.String()
	served := l.serve(w, r)
	w.client.end()
	if !served {
		_ = w.conn.Close() // net.ErrClosed: it was hijacked, and the handler closes it
		return
	}
	w.finish()
}
