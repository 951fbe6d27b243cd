//go:build linux

package main

import (
	"bufio"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
)

// runClients is the other process: it obeys lines on its standard input, "open N",
// "close" (a close frame on every connection) and "echo CONNS N", and responds to each
// with a line.
func runClients(args []string) error {
	fs := flag.NewFlagSet("clients", flag.ExitOnError)
	addr := fs.String("addr", "", "server")
	secured := fs.Bool("tls", false, "TLS")
	_ = fs.Parse(args) // exits on error
	var conns []*bufio.ReadWriter
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var n, each int
		var err error
		switch line := lines.Text(); {
		case scan(line, "open %d", &n):
			conns, err = open(conns, *addr, *secured, n)
		case line == "close":
			err = closeAll(conns)
		case scan(line, "echo %d %d", &n, &each):
			err = echoAll(conns[:n], each)
		default:
			err = fmt.Errorf("unknown line %q", line)
		}
		if err != nil {
			return err
		}
		fmt.Println("done")
	}
	return lines.Err()
}

func scan(line, format string, into ...any) bool {
	n, err := fmt.Sscanf(line, format, into...)
	return err == nil && n == len(into)
}

const upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// open opens connections until there are n, 64 at a time.
func open(conns []*bufio.ReadWriter, addr string, secured bool, n int) ([]*bufio.ReadWriter, error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var first error
	slots := make(chan struct{}, 64)
	for range n - len(conns) {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			c, err := dial(addr, secured)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				first = err
				return
			}
			conns = append(conns, c)
		})
	}
	wg.Wait()
	return conns, first
}

func dial(addr string, secured bool) (*bufio.ReadWriter, error) {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	if secured {
		nc = tls.Client(nc, &tls.Config{InsecureSkipVerify: true}) // loopback, a certificate made a moment ago
	}
	c := bufio.NewReadWriter(bufio.NewReaderSize(nc, 512), bufio.NewWriterSize(nc, 128))
	if _, err := io.WriteString(nc, upgrade); err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(c.Reader, nil)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("status %s", res.Status)
	}
	return c, nil
}

// A masked close frame with 1000, and a masked text frame of 64 bytes; the mask is 0.
var (
	closeFrame = "\x88\x82\x00\x00\x00\x00\x03\xe8"
	textFrame  = "\x81\xc0\x00\x00\x00\x00" + strings.Repeat("x", 64)
)

func closeAll(conns []*bufio.ReadWriter) error {
	for _, c := range conns {
		if _, err := c.WriteString(closeFrame); err != nil {
			return err
		}
		if err := c.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// echoAll does n round trips spread over the connections, one at a time on each.
func echoAll(conns []*bufio.ReadWriter, n int) error {
	var wg sync.WaitGroup
	errs := make(chan error, len(conns))
	for _, c := range conns {
		wg.Go(func() {
			response := make([]byte, 66)
			for range n / len(conns) {
				_, _ = c.WriteString(textFrame) // Flush tells
				if err := c.Flush(); err != nil {
					errs <- err
					return
				}
				if _, err := io.ReadFull(c, response); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}
