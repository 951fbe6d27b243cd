package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// dialerArgument is the first argument of this program when it is to hold connections: a
// process may have 20,000 descriptors, so one cannot hold all.
const dialerArgument = "dialer"

// dialerTask is what a dialer is to do, in JSON.
type dialerTask struct {
	URL      string // of the stage
	From     string // address from which it connects: one has some 28,000 ports to the same server
	Prefix   string // of the clients' names
	Count    int
	Parallel int // handshakes
}

const retryHandshake = 200 * time.Millisecond

func (h *dialerTask) mayFail() int { return 10 * h.Count }

// openedLine begins the line by which a dialer says that it has its connections; after it
// come the names of clients whose handshake failed, since a node may have opened their
// connections.
const openedLine = "opened"

// runDialer opens connections, says so, and keeps them until all have ended or it is killed.
func runDialer(argument string) error {
	var h dialerTask
	if err := json.Unmarshal([]byte(argument), &h); err != nil {
		return err
	}
	target, err := url.Parse(h.URL)
	if err != nil {
		return err
	}
	var next, open atomic.Int64
	var mu sync.Mutex
	var failed []string
	var last error
	var dialling, reading sync.WaitGroup
	for range h.Parallel {
		dialling.Go(func() {
			for open.Add(1) <= int64(h.Count) {
				for {
					name := fmt.Sprint(h.Prefix, next.Add(1))
					conn, err := h.dial(target, name)
					if err == nil {
						reading.Go(func() { keep(conn) })
						break
					}
					mu.Lock()
					failed, last = append(failed, name), err
					enough := len(failed) > h.mayFail()
					mu.Unlock()
					if enough {
						return
					}
					time.Sleep(retryHandshake) // nodes limit new connections per second
				}
			}
		})
	}
	dialling.Wait()
	if len(failed) > h.mayFail() {
		return fmt.Errorf("%d handshakes failed, the last: %w", len(failed), last)
	}
	fmt.Println(openedLine, strings.Join(failed, " "))
	reading.Wait()
	return nil
}

// dial makes one handshake without a library, which would keep buffers for every
// connection.
func (h *dialerTask) dial(target *url.URL, name string) (net.Conn, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(h.From)}, Timeout: time.Minute}
	conn, err := dialer.Dial("tcp", target.Host)
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(time.Minute)) // fails only when it is closed
	_, err = fmt.Fprintf(conn, "GET %s?client=%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: Y2hhb3MtcnVuLWhvbGRlcg==\r\n\r\n",
		target.Path, name, target.Host)
	var line string
	if err == nil {
		line, err = bufio.NewReaderSize(conn, 64).ReadString('\n')
	}
	if err == nil && !strings.Contains(line, " 101 ") {
		err = errors.New(strings.TrimSpace(line))
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// keep reads until the connection ends.
func keep(conn net.Conn) {
	defer conn.Close()
	for buffer := make([]byte, 64); ; {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}
