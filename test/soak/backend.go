//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// backend is the gateway's HTTP backend: it records which clients connected and
// disconnected, and misbehaves on some paths.
type backend struct {
	addr     string
	server   *http.Server
	over     chan struct{} // closed to release the requests that hang
	followed atomic.Int64  // redirects that the gateway followed

	mu    sync.Mutex
	names map[string]string          // connection ids by the client's own name
	life  map[string]*connectionLife // by connection id
}

// connectionLife is what the backend recorded of a connection.
type connectionLife struct {
	name      string
	connected int
	gone      int
	excused   bool // its stage was deleted, so no $disconnect runs
}

func startBackend() (*backend, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &backend{addr: l.Addr().String(), over: make(chan struct{}), names: map[string]string{}, life: map[string]*connectionLife{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/connect", b.connect)
	mux.HandleFunc("/disconnect", b.disconnect)
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, io.LimitReader(r.Body, 1<<20)) })
	mux.HandleFunc("/hang", b.hang)
	mux.HandleFunc("/die", cut("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf an ans"))
	mux.HandleFunc("/garbage", cut("\x00\xff\x17nonsense\r\n: :\r\n\r\n"))
	mux.HandleFunc("/header", cut("HTTP/1.1 200 OK\r\nX-Endless: "+strings.Repeat("x", 1<<20)))
	mux.HandleFunc("/reset", cut(""))
	mux.HandleFunc("/huge", respondHuge)
	mux.HandleFunc("/redirect", redirect)
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { b.followed.Add(1) })
	b.server = &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = b.server.Serve(l) }() // ends with stop
	return b, nil
}

func (b *backend) stop() {
	close(b.over)
	_ = b.server.Close()
}

// connect accepts clients, except those whose name asks for another response.
func (b *backend) connect(w http.ResponseWriter, r *http.Request) {
	var body struct{ ID, Name, Stage string }
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch kind, _, _ := strings.Cut(body.Name, "-"); kind {
	case "refused":
		http.Error(w, `{"message":"not you"}`, http.StatusForbidden)
		return
	case "broken":
		cut("HTTP/1.1 201 Crea")(w, r)
		return
	case "slow", "vanishing":
		b.pause(200 * time.Millisecond)
	}
	b.mu.Lock()
	of := b.of(body.ID)
	of.connected++
	of.name, of.excused = body.Name, body.Stage != stageName
	b.names[body.Name] = body.ID
	b.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
}

// of is the life of a connection; the caller holds the lock.
func (b *backend) of(id string) *connectionLife {
	if b.life[id] == nil {
		b.life[id] = &connectionLife{}
	}
	return b.life[id]
}

// disconnect records the call, and sometimes is slow or resets the connection
// after it.
func (b *backend) disconnect(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ID   string
		Code int
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	of := b.of(body.ID)
	of.gone++
	name := of.name
	delete(b.names, name)
	b.mu.Unlock()
	switch {
	case strings.HasPrefix(name, "reset-"):
		cut("")(w, r)
	case strings.HasPrefix(name, "slow-"):
		b.pause(300 * time.Millisecond)
	}
}

// idOf is the connection id of the client of that name; empty when it is gone.
func (b *backend) idOf(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.names[name]
}

// counts is what the backend counted.
type counts struct {
	connects, gone int      // of connections whose $disconnect must come
	open           int      // connected, and no $disconnect yet
	wrong          []string // repeated $disconnects, or for unknown connections
}

func (b *backend) counts() (k counts) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, of := range b.life {
		if of.excused {
			continue
		}
		k.connects += of.connected
		k.gone += of.gone
		switch {
		case of.connected != 1 || of.gone > 1:
			k.wrong = append(k.wrong, fmt.Sprintf("%s (%s): %d connects, %d disconnects", id, of.name, of.connected, of.gone))
		case of.gone == 0:
			k.open++
		}
	}
	return k
}

func (b *backend) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-b.over:
	}
}

func (b *backend) hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 1<<20)) // the server notices a closed connection only while it reads
	select {
	case <-r.Context().Done():
	case <-time.After(30 * time.Second):
	case <-b.over:
	}
}

// cut writes these bytes and resets the connection.
func cut(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		nc, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_ = nc.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.WriteString(nc, text)
		if tcp, ok := nc.(*net.TCPConn); ok && text == "" {
			_ = tcp.SetLinger(0)
		}
		_ = nc.Close()
	}
}

// redirect points at a page that counts requests, with a body for the client.
func redirect(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", "/elsewhere")
	w.WriteHeader(http.StatusTemporaryRedirect)
	_, _ = io.WriteString(w, movedBody)
}

const movedBody = `{"moved":"elsewhere"}`

// respondHuge responds with 100 MB, as long as the client reads them.
func respondHuge(w http.ResponseWriter, _ *http.Request) {
	block := []byte(strings.Repeat("0123456789abcdef", 4096))
	for range 100 << 20 / len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}
