//go:build linux

package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// opLimit bounds one operation of a client.
const opLimit = 60 * time.Second

// clients is the process of the WebSocket clients. Its commands are
//
//	open N C           open until there are N, C at a time
//	resume N C         the same by a TLS session of an earlier connection
//	messages N C       N round trips, one at a time on each of C connections
//	push N ID...       N signed pushes to the first connections, whose ids these are
//	confirm N F ID...  N signed pushes to the connections from number F, which have sessions
//	post N F ID...     the same, to clients that are away
//	break F N          N connections from number F end without a close frame
//	paced N R ID...    N signed pushes, R a second, and how long they took
//	close              every client closes at once
//	alive              how many connections are still open
type clients struct {
	dialer dialer
	base   int // number of the first connection
	conns  []socket
	pusher pusher
}

func runClients(args []string) error {
	f := flag.NewFlagSet("clients", flag.ContinueOnError)
	var c clients
	f.StringVar(&c.dialer.addr, "addr", "", "host:port of the gateway")
	f.StringVar(&c.dialer.path, "path", "/", "path of the stage")
	f.IntVar(&c.base, "base", 0, "number of the first connection")
	f.StringVar(&c.pusher.addr, "push", "", "host:port for @connections")
	f.StringVar(&c.pusher.path, "push-path", "", "path of the stage for @connections")
	f.StringVar(&c.pusher.region, "region", "us-east-1", "region of signatures")
	f.IntVar(&c.dialer.sessions, "sessions", -1, "connections from this number on name a session; -1: none")
	certificate := f.String("ca", "", "PEM of the certificate, for TLS")
	if err := f.Parse(args); err != nil {
		return err
	}
	c.pusher.access, c.pusher.secret = os.Getenv("BENCH_ACCESS"), os.Getenv("BENCH_SECRET")
	if *certificate != "" {
		pem, err := os.ReadFile(*certificate)
		if err != nil {
			return err
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		c.dialer.tls = &tls.Config{RootCAs: pool, ServerName: "localhost", NextProtos: []string{"http/1.1"}}
		c.pusher.tls = c.dialer.tls
	}
	return serveCommands(c.act)
}

func (c *clients) act(command string, args []string) (any, error) {
	numbers, texts := split(args)
	switch {
	case command == "open" && len(numbers) == 2:
		return timed(func() error { return c.open(numbers[0], numbers[1]) })
	case command == "resume" && len(numbers) == 2:
		return timed(func() error { return c.resume(numbers[0], numbers[1]) })
	case command == "messages" && len(numbers) == 2:
		return timed(func() error { return c.messages(numbers[0], numbers[1]) })
	case command == "push" && len(numbers) == 1:
		return timed(func() error { return c.push(numbers[0], texts) })
	case command == "confirm" && len(numbers) == 2:
		return timed(func() error { return c.confirm(numbers[0], numbers[1], texts) })
	case command == "post" && len(numbers) == 2:
		return timed(func() error { return c.post(numbers[0], texts) })
	case command == "break" && len(numbers) == 2:
		return timed(func() error { return c.breakOff(numbers[0], numbers[1]) })
	case command == "paced" && len(numbers) == 2:
		return c.paced(numbers[0], numbers[1], texts)
	case command == "close":
		return timed(c.close)
	case command == "alive":
		return c.alive(), nil
	}
	return nil, fmt.Errorf("no command %q %q", command, args)
}

// split separates the numbers of a command from its hexadecimal texts.
func split(args []string) (numbers []int, texts []string) {
	for _, arg := range args {
		if text, ok := hexText(arg); ok {
			texts = append(texts, text)
		} else if n, err := strconv.Atoi(arg); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers, texts
}

func hexText(arg string) (string, bool) {
	if len(arg) < 3 || arg[:2] != "0x" {
		return "", false
	}
	b, err := hex.DecodeString(arg[2:])
	return string(b), err == nil
}

// outcome is how long a command took.
type outcome struct{ Took time.Duration }

func timed(act func() error) (outcome, error) {
	began := time.Now()
	err := act()
	return outcome{time.Since(began)}, err
}

// each runs act in so many goroutines and waits for all; the first error wins.
func each(goroutines int, act func(i int) error) error {
	errs := make(chan error, goroutines)
	var wg sync.WaitGroup
	for i := range goroutines {
		wg.Go(func() {
			if err := act(i); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

func (c *clients) open(n, parallel int) error {
	first := len(c.conns)
	if n <= first {
		return nil
	}
	c.conns = slices.Grow(c.conns, n-first)[:n]
	var next atomic.Int64
	next.Store(int64(first))
	return each(parallel, func(int) error {
		buf := make([]byte, 4096)
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return nil
			}
			s, err := c.dialer.dial(c.base+i, buf)
			if err != nil {
				return fmt.Errorf("connection %d: %w", i, err)
			}
			c.conns[i] = s
		}
	})
}

// resume opens connections as open does, all with one TLS session, which the first
// of them obtains.
func (c *clients) resume(n, parallel int) error {
	if c.dialer.tls == nil {
		return errors.New("there are TLS sessions with TLS only")
	}
	full := c.dialer.tls
	c.dialer.tls = full.Clone()
	c.dialer.tls.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	defer func() { c.dialer.tls = full }()
	if err := c.open(len(c.conns)+1, 1); err != nil {
		return err
	}
	before := len(c.conns)
	if err := c.open(n, parallel); err != nil {
		return err
	}
	for i, s := range c.conns[before:] {
		if !s.Conn.(*tls.Conn).ConnectionState().DidResume {
			return fmt.Errorf("connection %d resumed no session", before+i)
		}
	}
	return nil
}

// Clients send 64 bytes; the response contains them.
const (
	text     = `{"action":"echo","m":"` + echoText + `"}`
	echoText = "0123456789abcdef0123456789abcdef01234567"
)

func (c *clients) messages(n, parallel int) error {
	return each(parallel, func(i int) error {
		s, buf := c.conns[i], make([]byte, 4096)
		frame := appendClientFrame(nil, 1, []byte(text))
		if err := s.SetDeadline(time.Now().Add(opLimit)); err != nil {
			return err
		}
		for range n / parallel {
			if _, err := s.Write(frame); err != nil {
				return err
			}
			opcode, payload, err := s.read(buf)
			if err != nil {
				return err
			}
			if opcode != 1 || !bytes.Contains(payload, []byte(echoText)) {
				return fmt.Errorf("opcode %d: %q", opcode, payload)
			}
		}
		return s.SetDeadline(time.Time{})
	})
}

func (c *clients) close() error {
	parallel := 16
	err := each(parallel, func(i int) error {
		frame := appendClientFrame(nil, 8, []byte{0x03, 0xe8})
		for k := i; k < len(c.conns); k += parallel {
			if _, err := c.conns[k].Write(frame); err != nil {
				return fmt.Errorf("connection %d was gone before it closed: %w", k, err)
			}
		}
		return nil
	})
	for _, s := range c.conns {
		_ = s.Close()
	}
	c.conns = c.conns[:0]
	return err
}

// alive counts the connections on which nothing happened: no close, no message.
func (c *clients) alive() (n int) {
	for _, s := range c.conns {
		under := s.Conn
		if secured, ok := under.(*tls.Conn); ok {
			under = secured.NetConn()
		}
		raw, err := under.(*net.TCPConn).SyscallConn()
		if err != nil {
			continue
		}
		_ = raw.Control(func(fd uintptr) {
			var one [1]byte
			if _, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT); errors.Is(err, syscall.EAGAIN) {
				n++
			}
		})
	}
	return n
}
