//go:build linux

package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Pushes of the open loop: a fixed number a second, independent of responses, as backends
// send them.
const (
	pacedRate = 2000
	pacedMost = 20_000 // in all
)

// delays are the times from when pushes of an open loop were due until they reached their clients.
type delays struct{ Median, P99, Worst time.Duration }

// pacedMessage is a message of 64 bytes that says which it is.
func pacedMessage(n int) []byte {
	return fmt.Appendf(nil, "{\"type\":\"ventas\",\"status\":\"running\",\"progress\":50,\"n\":\"%06d\"}\n", n)
}

// pacedNumber is the number in a message of [pacedMessage].
func pacedNumber(message []byte) (int, error) {
	if len(message) != len(news) || !bytes.HasSuffix(message, []byte("\"}\n")) {
		return 0, fmt.Errorf("%q is no message that was sent", message)
	}
	return strconv.Atoi(string(message[len(message)-9 : len(message)-3]))
}

// paced posts n messages, rate a second, to the first connections in turn, whose ids are given. A push
// waits when no sender is free, and the wait is counted: its time begins when it was due.
func (c *clients) paced(n, rate int, ids []string) (delays, error) {
	if rate < 1 || len(ids) == 0 || len(ids) > len(c.conns) {
		return delays{}, fmt.Errorf("%d a second, %d ids for %d connections", rate, len(ids), len(c.conns))
	}
	n -= n % len(ids)
	took := make([]time.Duration, n)
	began := time.Now().Add(100 * time.Millisecond) // senders connect meanwhile
	due := func(i int) time.Time { return began.Add(time.Duration(i) * time.Second / time.Duration(rate)) }
	jobs := make(chan int, n)
	go func() {
		defer close(jobs)
		for i := range n {
			time.Sleep(time.Until(due(i)))
			jobs <- i
		}
	}()
	err := each(2*len(ids), func(k int) error {
		if k < len(ids) {
			return c.pusher.postAll(jobs, ids)
		}
		s := c.conns[k-len(ids)]
		if err := s.SetReadDeadline(time.Now().Add(opLimit)); err != nil {
			return err
		}
		if err := s.eachMessage(n/len(ids), func(message []byte) error {
			i, err := pacedNumber(message)
			if err == nil && (i >= n || took[i] != 0) {
				err = fmt.Errorf("message %d was not sent, or came twice", i)
			}
			if err == nil {
				took[i] = time.Since(due(i))
			}
			return err
		}); err != nil {
			return err
		}
		return s.SetReadDeadline(time.Time{})
	})
	if err != nil {
		return delays{}, err
	}
	slices.Sort(took)
	return delays{took[n/2], took[n*99/100], took[n-1]}, nil
}

// postAll posts the messages of a queue over one connection.
func (p *pusher) postAll(jobs <-chan int, ids []string) error {
	sender, err := p.connect()
	if err != nil {
		return err
	}
	defer sender.close()
	for i := range jobs {
		if err := sender.post(ids[i%len(ids)], pacedMessage(i)); err != nil {
			return err
		}
	}
	return nil
}

// paced has the clients push in an open loop.
func (r *round) paced() error {
	ids, err := r.firstIDs()
	if err != nil {
		return err
	}
	var found delays
	err = r.clients[0].ask(r.ctx, &found, 2*opLimit, "paced %d %d %s", min(r.plan.pushes, pacedMost), pacedRate, ids)
	r.figures.median, r.figures.p99 = micros(found.Median)/1000, micros(found.P99)/1000
	return err
}
