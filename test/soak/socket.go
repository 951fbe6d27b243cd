//go:build linux

package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// waitLimit bounds every wait of a client.
const waitLimit = 60 * time.Second

// Opcodes of RFC 6455.
const (
	opMore  = 0
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// client is a WebSocket client that can misbehave. It shares no code with the
// gateway.
type client struct {
	nc net.Conn
	in *bufio.Reader
}

// refusal is a handshake that was answered, but not with 101.
type refusal struct {
	status int
	body   string
}

func (r *refusal) Error() string { return fmt.Sprintf("refused with %d: %s", r.status, r.body) }

func dial(addr, target string) (*client, error) {
	c, err := startHandshake(addr, target)
	if err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		_ = c.nc.Close()
		return nil, fmt.Errorf("handshake: %w", err)
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		body, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		_ = c.nc.Close()
		return nil, &refusal{res.StatusCode, string(body)}
	}
	return c, nil
}

// startHandshake sends a handshake and does not wait for the answer.
func startHandshake(addr, target string) (*client, error) {
	nc, err := net.DialTimeout("tcp", addr, waitLimit)
	if err != nil {
		return nil, err
	}
	_ = nc.SetDeadline(time.Now().Add(waitLimit))
	_, err = fmt.Fprintf(nc, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUser-Agent: soak\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", target, addr)
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	return &client{nc, bufio.NewReaderSize(nc, 4096)}, nil
}

// frame writes one masked frame whose first byte is given whole.
func (c *client) frame(first byte, payload []byte) error {
	out := []byte{first}
	switch n := len(payload); {
	case n < 126:
		out = append(out, 0x80|byte(n))
	case n < 1<<16:
		out = binary.BigEndian.AppendUint16(append(out, 0x80|126), uint16(n))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 0x80|127), uint64(n))
	}
	mask := [4]byte{0x12, 0x34, 0x56, 0x78}
	out = append(out, mask[:]...)
	for i, b := range payload {
		out = append(out, b^mask[i%4])
	}
	_ = c.nc.SetWriteDeadline(time.Now().Add(waitLimit))
	_, err := c.nc.Write(out)
	return err
}

func (c *client) say(text string) error { return c.frame(0x80|opText, []byte(text)) }

// closed is a close frame of the gateway.
type closed struct {
	code   int
	reason string
}

func (e *closed) Error() string { return fmt.Sprintf("closed with %d %q", e.code, e.reason) }

// mostMessage is above the largest message that the gateway may send, in bytes.
const mostMessage = 1 << 20

// read returns the next text message, put together from its frames, and returns
// pings before and between them.
func (c *client) read(within time.Duration) (string, error) {
	_ = c.nc.SetReadDeadline(time.Now().Add(within))
	var message []byte
	for {
		first, payload, err := c.next()
		if err != nil {
			return "", err
		}
		switch first & 15 {
		case opText, opMore:
			message = append(message, payload...)
			if len(message) > mostMessage {
				return "", fmt.Errorf("a message of more than %d bytes from the gateway", mostMessage)
			}
			if first&0x80 != 0 {
				return string(message), nil
			}
		case opPing:
			if err := c.frame(0x80|opPong, payload); err != nil {
				return "", err
			}
		case opClose:
			e := &closed{code: 1005}
			if len(payload) >= 2 {
				e.code, e.reason = int(binary.BigEndian.Uint16(payload)), string(payload[2:])
			}
			_ = c.frame(0x80|opClose, payload) // it may be gone
			return "", e
		}
	}
}

// next reads one frame; its first byte has the opcode and the final bit.
func (c *client) next() (first byte, payload []byte, err error) {
	var head [8]byte
	if _, err := io.ReadFull(c.in, head[:2]); err != nil {
		return 0, nil, err
	}
	first = head[0]
	length := uint64(head[1])
	switch length {
	case 126:
		_, err = io.ReadFull(c.in, head[:2])
		length = uint64(binary.BigEndian.Uint16(head[:2]))
	case 127:
		_, err = io.ReadFull(c.in, head[:8])
		length = binary.BigEndian.Uint64(head[:8])
	}
	if err != nil {
		return 0, nil, err
	}
	if first&0x70 != 0 || length > mostMessage {
		return 0, nil, fmt.Errorf("a frame %#x of %d bytes from the gateway", first, length)
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(c.in, payload)
	return first, payload, err
}

// until reads until the connection ends and returns the error.
func (c *client) until(within time.Duration) error {
	for end := time.Now().Add(within); ; {
		if _, err := c.read(time.Until(end)); err != nil {
			return err
		}
	}
}

// leave closes with a close handshake (RFC 6455 §7.1.2).
func (c *client) leave() {
	_ = c.frame(0x80|opClose, []byte{0x03, 0xe8})
	_ = c.until(5 * time.Second)
	_ = c.nc.Close()
}

// reset ends the connection with a TCP reset.
func (c *client) reset() {
	_ = c.nc.(*net.TCPConn).SetLinger(0)
	_ = c.nc.Close()
}

// ended says whether an error means that the connection ended, and not a
// timeout.
func ended(err error) bool {
	var timeout net.Error
	return err != nil && !(errors.As(err, &timeout) && timeout.Timeout()) && !strings.Contains(err.Error(), "from the gateway")
}
