package backend

import (
	"encoding/binary"
	"errors"
	"io"
	"syscall"
	"time"
	"unsafe"
)

// What of struct tcp_info (linux/tcp.h) is looked at: the connection's state, and how
// many bytes the other side's kernel has acknowledged (RFC 4898
// tcpEStatsAppHCThruOctetsAcked), the SYN included.
const (
	tcpInfoSize    = 128
	tcpState       = 0
	tcpBytesAcked  = 120
	tcpClosed      = 7 // TCP_CLOSE: a reset has arrived
	acknowledgeFor = 250 * time.Millisecond
)

// unacknowledged says whether a connection that ended with err did so before the other
// side's kernel took a byte beyond the first before ones. Then the backend cannot have
// read any of the request: the backend had closed the connection (FIN) before the request
// arrived, and its kernel answered with a reset. The reset is a round trip away, so this
// waits shortly for it. A reset without FIN proves nothing: bytes before it may have been
// read without being acknowledged.
func (c *conn) unacknowledged(before int64, err error) bool {
	closed := err == io.EOF && c.direct || errors.Is(err, syscall.EPIPE)
	if c.socket == nil || !closed && err != io.EOF {
		return false
	}
	for began, pause := time.Now(), 50*time.Microsecond; ; pause *= 2 {
		state, acked, ok := c.tcpInfo()
		switch {
		case !ok || acked > before+1:
			return false
		case state == tcpClosed:
			return closed || c.pendingError() == syscall.EPIPE // as Linux calls a reset after FIN
		case time.Since(began) > acknowledgeFor:
			return false // unknown
		}
		time.Sleep(pause)
	}
}

func (c *conn) pendingError() (pending syscall.Errno) {
	_ = c.socket.Control(func(fd uintptr) { // on a failure there is none
		if n, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR); err == nil {
			pending = syscall.Errno(n)
		}
	})
	return pending
}

func (c *conn) tcpInfo() (state byte, acked int64, ok bool) {
	var info [tcpInfoSize]byte
	size := uint32(len(info))
	err := c.socket.Control(func(fd uintptr) {
		_, _, errno := syscall.Syscall6(syscall.SYS_GETSOCKOPT, fd, syscall.IPPROTO_TCP, syscall.TCP_INFO,
			uintptr(unsafe.Pointer(&info[0])), uintptr(unsafe.Pointer(&size)), 0)
		ok = errno == 0 && size == tcpInfoSize // kernels before 4.1 report less
	})
	return info[tcpState], int64(binary.NativeEndian.Uint64(info[tcpBytesAcked:])), ok && err == nil
}
