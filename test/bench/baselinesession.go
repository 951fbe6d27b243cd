//go:build linux

package main

import "encoding/binary"

// unconfirmed is what a connection with a session has in the baseline: the messages that no
// pong of its client has confirmed. As in pasarela at most one ping is under way, with the
// number of the newest message before it.
type unconfirmed struct {
	messages     [][]byte
	last, marked uint64 // numbers of the newest message and of the ping; 0: none is under way
}

// add keeps a message, and adds to its frame the ping that is to confirm it, unless one is
// under way.
func (u *unconfirmed) add(frame, payload []byte) []byte {
	u.messages = append(u.messages, payload)
	u.last++
	return u.mark(frame)
}

func (u *unconfirmed) mark(frame []byte) []byte {
	if u.marked != 0 || len(u.messages) == 0 {
		return frame
	}
	u.marked = u.last
	return binary.BigEndian.AppendUint64(append(frame, 0x89, 8), u.marked)
}

// confirm forgets the messages that a pong confirms.
func (c *baselineConn) confirm(pong []byte) {
	if len(pong) != 8 || c.session == nil {
		return
	}
	u := c.session
	c.mu.Lock()
	defer c.mu.Unlock()
	n, first := binary.BigEndian.Uint64(pong), u.last-uint64(len(u.messages))+1
	if n < first || n > u.last {
		return
	}
	u.messages, u.marked = u.messages[n-first+1:], 0
	if frame := u.mark(nil); frame != nil {
		_, _ = c.Write(frame) // the client may have left
	}
}
