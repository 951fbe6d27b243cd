//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

// measureSessions measures connections that outlive their sockets: with their clients
// there, idle and pushed to, and durable pushes while their clients are away.
func measureSessions(ctx context.Context, p plan, c measuredGateway, dir string) (*figures, error) {
	if p.profile != "" {
		p.profile += "-sessions"
	}
	s, err := c.open(ctx, p, dir)
	if err != nil {
		return nil, err
	}
	defer s.end()
	s.sessions = true
	r := &round{site: s, ctx: ctx}
	for _, step := range []func() error{r.warmUp, r.keepSessions, r.fill, r.rest, r.pushToSessions, r.queueForAbsent} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &r.figures, nil
}

// keepSessions makes the stage keep the sessions of clients that connect from now on. Those
// of the warm-up name none: they return no pings, which sessions need.
func (r *round) keepSessions() error {
	if r.operator == nil {
		return nil // the baseline always keeps them
	}
	defer time.Sleep(settling) // the stage serves the change a moment after it was acknowledged
	return r.operator.tagStage(r.ctx, r.path, "pasarela:resumeSeconds", "300")
}

// withSessions are the ids of the first connections that have a session, as the clients take
// them, after the number of the first.
func (r *round) withSessions() (string, error) {
	first := r.warmed()
	ids := []string{fmt.Sprint(first)}
	for i := range r.plan.inFlight {
		var id string
		if err := r.backend.ask(r.ctx, &id, opLimit, "id c%d", first+i); err != nil {
			return "", err
		}
		ids = append(ids, "0x"+hex.EncodeToString([]byte(id)))
	}
	return strings.Join(ids, " "), nil
}

// pushToSessions pushes to clients that return pings, which confirm the messages.
func (r *round) pushToSessions() error {
	ids, err := r.withSessions()
	if err != nil {
		return err
	}
	n := r.plan.pushes
	return r.profiled(r.ctx, "push", func() (err error) {
		r.figures.push, r.figures.pushes, err = r.spent(n, func() error {
			return r.clients[0].ask(r.ctx, nil, 2*opLimit, "confirm %d %s", n, ids)
		})
		return err
	})
}

// queueLimit is how many messages are queued for one client: mailboxes take 1,000.
const queueLimit = 800

// queueForAbsent breaks the sockets of clients, makes the stage durable, and pushes: each
// push is answered when it is on disk.
func (r *round) queueForAbsent() error {
	if r.operator == nil {
		return nil
	}
	ids, err := r.withSessions()
	if err != nil {
		return err
	}
	if err := r.operator.tagStage(r.ctx, r.path, "pasarela:delivery", "durable"); err != nil {
		return err
	}
	if err := r.clients[0].ask(r.ctx, nil, opLimit, "break %d %d", r.warmed(), r.plan.inFlight); err != nil {
		return err
	}
	time.Sleep(settling)
	n := min(r.plan.pushes, queueLimit*r.plan.inFlight)
	return r.profiled(r.ctx, "queue", func() (err error) {
		r.figures.queued, r.figures.queues, err = r.spent(n, func() error {
			return r.clients[0].ask(r.ctx, nil, 2*opLimit, "post %d %s", n, ids)
		})
		return err
	})
}

// post posts n messages in all to connections whose clients are away.
func (c *clients) post(n int, ids []string) error {
	return each(len(ids), func(i int) error { return c.pusher.post(ids[i], n/len(ids)) })
}

// breakOff ends the sockets of n connections from the first without a close frame.
func (c *clients) breakOff(first, n int) error {
	if first < 0 || first+n > len(c.conns) {
		return fmt.Errorf("%d connections from number %d of %d", n, first, len(c.conns))
	}
	for _, s := range c.conns[first : first+n] {
		if nc, ok := s.Conn.(*net.TCPConn); ok {
			_ = nc.SetLinger(0) // a reset
		}
		_ = s.Close()
	}
	return nil
}

// confirm posts n messages in all to the connections from the first, whose ids are given, and
// waits until every client has got its share. The clients return pings from now on, as those
// of libraries do.
func (c *clients) confirm(n, first int, ids []string) error {
	if first < 0 || len(ids) == 0 || first+len(ids) > len(c.conns) {
		return fmt.Errorf("%d ids from connection %d of %d", len(ids), first, len(c.conns))
	}
	share := n / len(ids)
	var got atomic.Int64
	failed := make(chan error, len(ids))
	for _, s := range c.conns[first : first+len(ids)] {
		go func() { failed <- s.returnPings(&got) }() // ends with the connection
	}
	if err := each(len(ids), func(i int) error { return c.pusher.post(ids[i], share) }); err != nil {
		return err
	}
	for end := time.Now().Add(opLimit); got.Load() < int64(share*len(ids)); time.Sleep(time.Millisecond) {
		select {
		case err := <-failed:
			return err
		default:
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d of %d messages arrived", got.Load(), share*len(ids))
		}
	}
	return nil
}

// returnPings counts messages and returns pings as pongs until the connection ends.
func (s socket) returnPings(messages *atomic.Int64) error {
	in := bufio.NewReaderSize(s, 4096)
	var payload [125]byte
	out := make([]byte, 0, 6+len(payload))
	for {
		var head [2]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return err
		}
		if head[1] > 125 {
			return fmt.Errorf("a frame that begins % x", head)
		}
		if _, err := io.ReadFull(in, payload[:head[1]]); err != nil {
			return err
		}
		switch head[0] {
		case 0x81:
			messages.Add(1)
		case 0x89:
			if _, err := s.Write(appendClientFrame(out, 10, payload[:head[1]])); err != nil {
				return err
			}
		}
	}
}
