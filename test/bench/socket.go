//go:build linux

package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// socket is a WebSocket client of low cost: it has no goroutine and no buffer
// while it is idle. It shares no code with the gateway.
type socket struct{ net.Conn }

// dialer opens sockets to one stage. Loopback addresses of the source change so
// that the ports of one do not run out.
type dialer struct {
	addr, path string
	tls        *tls.Config
	sessions   int // the first connection that names one; -1: none does
}

const connsPerAddress = 10_000

func (d *dialer) source(n int) *net.TCPAddr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+n/connsPerAddress%200))}
}

// dialer chooses the port with the address that it connects to: else a port would be taken
// for as long as any connection from it is in TIME_WAIT.
func (d *dialer) dialer(n int) *net.Dialer {
	return &net.Dialer{LocalAddr: d.source(n), Timeout: opLimit, KeepAlive: -1, Control: func(_, _ string, raw syscall.RawConn) (err error) {
		const ipBindAddressNoPort = 24 // linux/in.h
		controlled := raw.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, ipBindAddressNoPort, 1) })
		return errors.Join(err, controlled)
	}}
}

// dial connects and upgrades; buf is scratch space.
func (d *dialer) dial(n int, buf []byte) (socket, error) {
	var s socket
	nc, err := d.dialer(n).Dial("tcp", d.addr)
	if err != nil {
		return s, err
	}
	if d.tls != nil {
		nc = tls.Client(nc, d.tls)
	}
	target := fmt.Sprintf("%s?reportType=c%d", d.path, n)
	if d.sessions >= 0 && n >= d.sessions {
		target += fmt.Sprintf("&pasarela-session=bench-%026d", n)
	}
	if err := upgrade(nc, d.addr, target, buf); err != nil {
		_ = nc.Close()
		return s, err
	}
	return socket{nc}, nil
}

func upgrade(nc net.Conn, host, target string, buf []byte) error {
	if err := nc.SetDeadline(time.Now().Add(opLimit)); err != nil {
		return err
	}
	buf = fmt.Appendf(buf[:0], "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUser-Agent: bench\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", target, host)
	if _, err := nc.Write(buf); err != nil {
		return err
	}
	buf = buf[:0]
	for !bytes.Contains(buf, []byte("\r\n\r\n")) {
		if len(buf) == cap(buf) {
			return errors.New("an answer without end")
		}
		n, err := nc.Read(buf[len(buf):cap(buf)])
		if err != nil {
			return fmt.Errorf("%w after %q", err, buf)
		}
		buf = buf[:len(buf)+n]
	}
	if !bytes.HasPrefix(buf, []byte("HTTP/1.1 101 ")) {
		return fmt.Errorf("refused: %q", buf)
	}
	return nc.SetDeadline(time.Time{})
}

// appendClientFrame writes a masked final frame; the mask is zero, which a server
// cannot tell from any other.
func appendClientFrame(dst []byte, opcode byte, payload []byte) []byte {
	dst = append(dst, 0x80|opcode)
	if len(payload) < 126 {
		dst = append(dst, 0x80|byte(len(payload)))
	} else {
		dst = binary.BigEndian.AppendUint16(append(dst, 0x80|126), uint16(len(payload)))
	}
	dst = append(dst, 0, 0, 0, 0)
	return append(dst, payload...)
}

// read reads one frame of a server into buf.
func (s socket) read(buf []byte) (opcode byte, payload []byte, err error) {
	have := 0
	for {
		if opcode, payload, ok := serverFrame(buf[:have]); ok {
			return opcode, payload, nil
		}
		if have == len(buf) {
			return 0, nil, errors.New("a frame that is too long for this program")
		}
		n, err := s.Read(buf[have:])
		if err != nil {
			return 0, nil, err
		}
		have += n
	}
}

// serverFrame parses the only frame in b. Bytes after it, an unexpected
// message, make ok false, so that the reader times out.
func serverFrame(b []byte) (opcode byte, payload []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, false
	}
	head, length := 2, int(b[1])
	if length == 126 {
		if len(b) < 4 {
			return 0, nil, false
		}
		head, length = 4, int(binary.BigEndian.Uint16(b[2:]))
	}
	if len(b) != head+length {
		return 0, nil, false
	}
	return b[0] & 15, b[head:], true
}

// count reads frames until there were n text messages of that length in all.
func (s socket) count(n, length int, buf []byte) error {
	frame := length + 2
	if length >= 126 {
		frame = length + 4
	}
	for left := n * frame; left > 0; {
		got, err := s.Read(buf[:min(left, len(buf))])
		if err != nil {
			return fmt.Errorf("%d of %d bytes of pushes are missing: %w", left, n*frame, err)
		}
		left -= got
	}
	return nil
}

// eachMessage reads n text messages, which may come together.
func (s socket) eachMessage(n int, see func(message []byte) error) error {
	in := bufio.NewReaderSize(s, 4096)
	for range n {
		head, err := in.Peek(2)
		if err != nil {
			return err
		}
		length := int(head[1])
		if head[0] != 0x81 || length >= 126 {
			return fmt.Errorf("a frame that begins % x", head)
		}
		frame, err := in.Peek(2 + length)
		if err != nil {
			return err
		}
		if err := see(frame[2:]); err != nil {
			return err
		}
		if _, err := in.Discard(len(frame)); err != nil {
			return err
		}
	}
	return nil
}
