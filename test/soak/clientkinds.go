//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

// runClient is one client's life, of a kind chosen at random.
func (l *load) runClient(ctx context.Context) {
	switch n := rand.IntN(100); {
	case n < 30:
		l.ordinaryClient()
	case n < 45:
		l.protocolViolator()
	case n < 57:
		l.brokenIntegrations()
	case n < 67:
		l.leaveDuringConnect()
	case n < 75:
		l.refusedClient()
	case n < 83:
		l.deletedClient()
	case n < 91:
		l.pushedBeforeOpen(ctx)
	case n < 95:
		l.idleClient(ctx)
	case n < 98:
		l.burstSender()
	default:
		l.slowReader(ctx)
	}
}

// connectClient connects a client that must be accepted.
func (l *load) connectClient(kind string) (c *client, name, id string) {
	name = l.name(kind)
	c, err := l.dial(name)
	if err != nil {
		l.fault("%s: %v", name, err)
		return nil, name, ""
	}
	return c, name, l.backend.idOf(name)
}

// ordinaryClient sends valid messages, gets responses and leaves in one of several
// ways.
func (l *load) ordinaryClient() {
	c, name, id := l.connectClient([]string{"talker", "slow", "reset"}[rand.IntN(3)])
	if c == nil {
		return
	}
	for n := range 1 + rand.IntN(8) {
		_ = c.say(fmt.Sprintf(`{"action":"echo","n":"%d"}`, n)) // the answer tells
		if got, err := c.read(waitLimit); err != nil || got != fmt.Sprintf(`{"n":"%d","id":"%s"}`, n, id) {
			l.fault("%s: message %d was answered %q, %v", name, n, got, err)
			c.reset()
			return
		}
		l.responses.Add(1)
	}
	switch rand.IntN(4) {
	case 0:
		c.reset()
	case 1:
		_ = c.nc.Close()
	case 2: // in the middle of a frame
		_, _ = c.nc.Write([]byte{0x81, 0xfe, 0x10})
		c.reset()
	default:
		c.leave()
	}
	// A post to a client that has left is answered 410, at the latest when the gateway
	// has noticed it.
	if err := l.push(id, []byte("too late")); err == nil {
		l.gonePushes.Add(1)
	}
}

// violation is what no client may send, and the code of the close that follows it.
type violation struct {
	first   byte
	payload string
	code    int
}

var violations = [...]violation{
	{0x81, strings.Repeat("x", 70_000), 1009},
	{0x82, "binary", 1003},
	{0x81, "\xff\xfe not UTF-8", 1007},
	{0xc1, "reserved bit", 1002},
	{0x83, "unknown opcode", 1002},
	{0x80, "continues nothing", 1002},
	{0x09, "fragmented ping", 1002},
	{0x88, "\x03", 1002},
}

// protocolViolator sends what is closed with a code of its own.
func (l *load) protocolViolator() {
	c, name, _ := l.connectClient("misbehaving")
	if c == nil {
		return
	}
	defer c.nc.Close()
	s := violations[rand.IntN(len(violations))]
	_ = c.frame(s.first, []byte(s.payload)) // the gateway may have closed before all of it
	err := c.until(waitLimit)
	var why *closed
	switch {
	case errors.As(err, &why) && why.code == s.code:
		l.responses.Add(1)
	case s.code == 1009 && ended(err): // the reset of what was not read may overtake the close frame
	default:
		l.fault("%s: frame %#x %.20q ended with %v, want %d", name, s.first, s.payload, err, s.code)
	}
}

// brokenIntegrations sends messages to routes whose backend misbehaves or is
// missing; each message must be answered.
func (l *load) brokenIntegrations() {
	c, name, _ := l.connectClient("unlucky")
	if c == nil {
		return
	}
	action := misbehavingPaths[rand.IntN(len(misbehavingPaths))]
	if action == "huge" && rand.IntN(3) > 0 || rand.IntN(6) == 0 {
		action = "nowhere"
	}
	_ = c.say(fmt.Sprintf(`{"action":%q}`, action)) // the answer tells
	if action == "hang" && rand.IntN(2) == 0 {
		c.reset() // while the gateway waits for the backend
		return
	}
	got, err := c.read(waitLimit)
	want := `"message":` // of an error frame
	if action == "redirect" {
		want = movedBody // passed on, not followed
	}
	if err != nil || !strings.Contains(got, want) {
		l.fault("%s: %s was answered %q, %v, want %s", name, action, got, err, want)
	} else {
		l.responses.Add(1)
	}
	c.leave()
}

// leaveDuringConnect leaves while $connect runs.
func (l *load) leaveDuringConnect() {
	c, err := startHandshake(l.gateway.addr, l.gateway.path(stageName)+"?name="+l.name("vanishing"))
	if err != nil {
		l.fault("vanisher: %v", err)
		return
	}
	time.Sleep(time.Duration(rand.IntN(250)) * time.Millisecond)
	if rand.IntN(2) == 0 {
		c.reset()
	} else {
		_ = c.nc.Close()
	}
}

// refusedClient is refused, by the backend or because the backend broke.
func (l *load) refusedClient() {
	kind, want := "refused", 403
	if rand.IntN(2) == 0 {
		kind, want = "broken", 500
	}
	name := l.name(kind)
	c, err := l.dial(name)
	var no *refusal
	if c != nil {
		c.leave()
	}
	if !errors.As(err, &no) || no.status != want && (want != 500 || no.status < 500) {
		l.fault("%s: %v, want a refusal with %d", name, err, want)
		return
	}
	l.responses.Add(1)
}

// deletedClient is disconnected by the backend with DELETE.
func (l *load) deletedClient() {
	c, name, id := l.connectClient("deleted")
	if c == nil {
		return
	}
	defer c.nc.Close()
	if err := l.remove(id); err != nil {
		l.fault("DELETE of %s: %v", name, err)
		return
	}
	var why *closed
	if err := c.until(waitLimit); !errors.As(err, &why) || why.code != 1000 {
		l.fault("%s: deleted, but ended with %v", name, err)
	}
}

// pushedBeforeOpen gets pushes as soon as the backend has its id, which may be before its
// 101: accepted ones must arrive.
func (l *load) pushedBeforeOpen(ctx context.Context) {
	name := l.name("slow")
	pushed := make(chan bool, 1)
	go func() { // bounded by waitLimit
		for end := time.Now().Add(waitLimit); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
			if id := l.backend.idOf(name); id != "" {
				pushed <- l.push(id, []byte("early bird")) == nil
				return
			}
		}
		pushed <- false
	}()
	c, err := l.dial(name)
	if err != nil {
		l.fault("%s: %v", name, err)
		<-pushed
		return
	}
	if <-pushed {
		if got, err := c.read(waitLimit); err != nil || got != "early bird" {
			l.fault("%s: a push that was accepted while connecting came as %q, %v", name, got, err)
		}
	}
	c.leave()
}

// idleClient sends nothing, and closes its socket without a close frame: the
// gateway learns of it from the kernel only.
func (l *load) idleClient(ctx context.Context) {
	c, _, _ := l.connectClient("idle")
	if c == nil {
		return
	}
	pause(ctx, time.Duration(rand.IntN(8000))*time.Millisecond)
	_ = c.nc.Close()
}

// burstSender sends many messages at once and reads nothing until all are sent.
func (l *load) burstSender() {
	c, name, _ := l.connectClient("babbler")
	if c == nil {
		return
	}
	const many = 50
	for n := range many {
		_ = c.say(fmt.Sprintf(`{"action":"echo","n":"%d"}`, n)) // the count of responses shows a failure
	}
	for n := range many {
		if _, err := c.read(waitLimit); err != nil {
			l.fault("%s: %d of %d messages were answered, then %v", name, n, many, err)
			break
		}
		l.responses.Add(1)
	}
	c.leave()
}

// Bounds of what may wait for a client that reads nothing: the queue of 512 KiB,
// and the buffers of the system, which are up to 4 MiB for sending and 6 for receiving.
const (
	largePush  = 100 << 10
	mostPushed = 12 << 20
)

// slowReader reads nothing while it gets pushes, until the gateway refuses one because
// the queue is full; then half of these clients read what was accepted, the other half
// leave.
func (l *load) slowReader(ctx context.Context) {
	c, name, id := l.connectClient("snail")
	if c == nil {
		return
	}
	defer c.nc.Close()
	reads := rand.IntN(2) == 0
	if !reads { // one that reads later must not be so slow that it misses its pings
		_ = c.nc.(*net.TCPConn).SetReadBuffer(4096)
	}
	accepted := 0
	for ; ; accepted++ {
		if accepted*largePush > mostPushed {
			l.fault("%s reads nothing, and %d bytes were accepted for it", name, accepted*largePush)
			return
		}
		if err := l.push(id, []byte(strings.Repeat("s", largePush))); err != nil {
			break
		}
	}
	l.slowPushes.Add(1)
	if pause(ctx, time.Duration(rand.IntN(2000))*time.Millisecond); !reads {
		return
	}
	for n := range accepted {
		got, err := c.read(waitLimit)
		if err != nil || len(got) != largePush {
			l.fault("%s: %d of %d accepted pushes came, then %d bytes, %v", name, n, accepted, len(got), err)
			return
		}
	}
	c.leave()
}
