//go:build linux

package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
)

// backend is the stub behind both gateways: it responds with 201 to /connect, 200 and
// the same body to /message, 200 to /disconnect, and spends as little time as
// possible on it. It keeps the connection id of each client. Its commands are
//
//	id NAME        the connection id of the client that said reportType=NAME
//	disconnects    how many /disconnect came since this was asked last
type backend struct {
	mu          sync.Mutex
	ids         map[string]string
	connects    atomic.Int64
	disconnects atomic.Int64
}

func runBackend(args []string) error {
	f := flag.NewFlagSet("backend", flag.ContinueOnError)
	addr := f.String("addr", "127.0.0.1:0", "address to listen on")
	if err := f.Parse(args); err != nil {
		return err
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	fmt.Printf("%q\n", l.Addr())
	b := &backend{ids: map[string]string{}}
	go b.accept(l) // until the process ends
	return serveCommands(b.act)
}

func (b *backend) act(command string, args []string) (any, error) {
	switch {
	case command == "id" && len(args) == 1:
		b.mu.Lock()
		defer b.mu.Unlock()
		id, ok := b.ids[args[0]]
		if !ok {
			return nil, fmt.Errorf("nobody called himself %q among %d", args[0], len(b.ids))
		}
		return id, nil
	case command == "disconnects":
		return b.disconnects.Swap(0), nil
	case command == "connects":
		return b.connects.Swap(0), nil
	}
	return nil, fmt.Errorf("no command %q %q", command, args)
}

func (b *backend) accept(l net.Listener) {
	for {
		nc, err := l.Accept()
		if err != nil {
			return
		}
		go b.serve(nc)
	}
}

func (b *backend) serve(nc net.Conn) {
	defer nc.Close()
	in := bufio.NewReaderSize(nc, 4096)
	var body, out []byte
	for {
		path, n, err := readHead(in)
		if err != nil {
			return
		}
		body = append(body[:0], make([]byte, n)...)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		status, response := b.respond(path, body)
		out = append(append(out[:0], "HTTP/1.1 "...), status...)
		out = append(out, "\r\nContent-Type: application/json\r\nContent-Length: "...)
		out = strconv.AppendInt(out, int64(len(response)), 10)
		out = append(append(out, "\r\n\r\n"...), response...)
		if _, err := nc.Write(out); err != nil {
			return
		}
	}
}

var connected = []byte(`{"reportId":"r-0001"}`)

func (b *backend) respond(path string, body []byte) (status string, response []byte) {
	switch path {
	case "/aws/connect":
		b.connects.Add(1)
		b.remember(body)
		return "201 Created", connected
	case "/aws/message":
		return "200 OK", body
	case "/aws/disconnect":
		b.disconnects.Add(1)
		return "200 OK", nil
	}
	return "404 Not Found", nil
}

// remember stores the id and the name of {"connectionId": "ID", "type":
// "NAME"}.
func (b *backend) remember(body []byte) {
	words := bytes.Split(body, []byte{'"'})
	if len(words) < 9 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ids[string(words[7])] = string(words[3])
}

// readHead reads a request up to its body.
func readHead(in *bufio.Reader) (path string, length int, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return "", 0, err
	}
	words := bytes.Fields(line)
	if len(words) != 3 {
		return "", 0, fmt.Errorf("request line %q", line)
	}
	path = known(words[1])
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return "", 0, err
		}
		if len(line) <= 2 {
			return path, length, nil
		}
		name, value, _ := bytes.Cut(line, []byte{':'})
		if bytes.EqualFold(name, []byte("content-length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil || length < 0 || length > 1<<20 {
				return "", 0, fmt.Errorf("content length %q", value)
			}
		}
	}
}

// known returns a constant for the paths in use, so that no string is allocated
// for a request.
func known(path []byte) string {
	for _, k := range [...]string{"/aws/message", "/aws/connect", "/aws/disconnect"} {
		if string(path) == k {
			return k
		}
	}
	return "/"
}
