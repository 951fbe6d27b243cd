//go:build linux

package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// baseline is a minimal gateway of net/http, one goroutine for each connection and
// net/http's client. It does only what every gateway must do: the $connect POST
// and its 201, an id, the POST of a message and its answer, signed pushes. No
// routes, templates, limits or logs, no $disconnect. It is the reference: ratios
// to it can be compared between machines.
type baseline struct {
	backend  string
	client   *http.Client
	verifier baselineVerifier
	conns    sync.Map // connection id -> *baselineConn
}

type baselineConn struct {
	net.Conn
	mu      sync.Mutex   // writes, and session
	session *unconfirmed // nil: the client names none
}

func runBaseline(args []string) error {
	b := &baseline{client: &http.Client{
		Timeout:   29 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 512, DisableCompression: true},
	}}
	fs := flag.NewFlagSet("baseline", flag.ContinueOnError)
	addr := fs.String("addr", "", "WebSocket listener")
	api := fs.String("api", "", "@connections listener")
	fs.StringVar(&b.backend, "backend", "", "host:port of the stub")
	if err := fs.Parse(args); err != nil {
		return err
	}
	b.verifier.access, b.verifier.secret = os.Getenv("BENCH_ACCESS"), os.Getenv("BENCH_SECRET")
	go func() { // until the process ends
		fmt.Fprintln(os.Stderr, http.ListenAndServe(*api, http.HandlerFunc(b.push)))
		os.Exit(1)
	}()
	return http.ListenAndServe(*addr, http.HandlerFunc(b.connect))
}

func (b *baseline) post(path string, body []byte) (int, []byte, error) {
	r, err := b.client.Post("http://"+b.backend+path, "application/json", bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	defer r.Body.Close()
	out, err := io.ReadAll(r.Body)
	return r.StatusCode, out, err
}

func (b *baseline) connect(w http.ResponseWriter, r *http.Request) {
	var random [11]byte
	_, _ = rand.Read(random[:]) // never fails
	id := base64.StdEncoding.EncodeToString(random[:])
	status, _, err := b.post("/aws/connect", fmt.Appendf(nil, `{"connectionId": %q, "type": %q}`, id, r.URL.Query().Get("reportType")))
	if err != nil || status != http.StatusCreated {
		http.Error(w, "", http.StatusBadGateway)
		return
	}
	nc, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	accept := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	if _, err := fmt.Fprintf(nc, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(accept[:])); err != nil {
		_ = nc.Close()
		return
	}
	c := &baselineConn{Conn: nc}
	if r.URL.Query().Has("pasarela-session") {
		c.session = &unconfirmed{}
	}
	b.conns.Store(id, c)
	go b.read(id, c) // ends with the connection
}

func (b *baseline) read(id string, c *baselineConn) {
	defer c.Close()
	defer b.conns.Delete(id)
	in := bufio.NewReaderSize(c, 512)
	var payload []byte
	for {
		opcode, data, err := readClientFrame(in, payload)
		if err != nil || opcode == 8 {
			return
		}
		payload = data
		if opcode == 10 {
			c.confirm(data)
			continue
		}
		if status, response, err := b.post("/aws/message", data); err == nil && status == http.StatusOK {
			c.send(response)
		}
	}
}

func readClientFrame(in *bufio.Reader, buf []byte) (opcode byte, payload []byte, err error) {
	var head [8]byte
	if _, err := io.ReadFull(in, head[:2]); err != nil {
		return 0, nil, err
	}
	opcode = head[0] & 15
	length := int(head[1] & 127)
	if length == 126 {
		if _, err := io.ReadFull(in, head[:2]); err != nil {
			return 0, nil, err
		}
		length = int(binary.BigEndian.Uint16(head[:2]))
	}
	if _, err := io.ReadFull(in, head[:4]); err != nil {
		return 0, nil, err
	}
	payload = append(buf[:0], make([]byte, length)...)
	if _, err := io.ReadFull(in, payload); err != nil {
		return 0, nil, err
	}
	for i := range payload {
		payload[i] ^= head[i&3]
	}
	return opcode, payload, nil
}

func (c *baselineConn) send(payload []byte) {
	frame := make([]byte, 0, len(payload)+4)
	if len(payload) < 126 {
		frame = append(frame, 0x81, byte(len(payload)))
	} else {
		frame = binary.BigEndian.AppendUint16(append(frame, 0x81, 126), uint16(len(payload)))
	}
	frame = append(frame, payload...)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != nil {
		frame = c.session.add(frame, payload)
	}
	_, _ = c.Write(frame) // the client may have left
}

func (b *baseline) push(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !b.verifier.verify(r, body) {
		http.Error(w, `{"message":"Forbidden"}`, http.StatusForbidden)
		return
	}
	_, id, _ := strings.Cut(r.URL.Path, "/@connections/")
	c, ok := b.conns.Load(id)
	if !ok {
		http.Error(w, `{"message":"Gone"}`, http.StatusGone)
		return
	}
	c.(*baselineConn).send(body)
}
