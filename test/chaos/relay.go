package main

import (
	"net"
	"sync"
	"sync/atomic"
)

// relay forwards TCP connections to another address until it is cut: then nothing
// passes in either direction and neither end is closed, as when a cable is pulled.
type relay struct {
	listener net.Listener
	to       string
	gate     sync.RWMutex // held for writing while cut
	cut      atomic.Bool

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

func newRelay(to string) (*relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{listener: listener, to: to, conns: map[net.Conn]struct{}{}}
	go r.accept()
	return r, nil
}

func (r *relay) address() string { return r.listener.Addr().String() }

func (r *relay) accept() {
	for {
		from, err := r.listener.Accept()
		if err != nil {
			return // it was closed
		}
		go r.carry(from)
	}
}

func (r *relay) carry(from net.Conn) {
	defer from.Close()
	r.gate.RLock() // a new connection waits while the link is cut
	to, err := net.Dial("tcp", r.to)
	r.gate.RUnlock()
	if err != nil {
		return
	}
	defer to.Close()
	r.hold(from, to)
	defer r.drop(from, to)
	var both sync.WaitGroup
	both.Go(func() { r.copy(to, from) })
	both.Go(func() { r.copy(from, to) })
	both.Wait()
}

func (r *relay) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		r.gate.RLock()
		if n > 0 {
			_, _ = to.Write(buffer[:n]) // the other side may be gone: the next Read says so
		}
		r.gate.RUnlock()
		if err != nil {
			return
		}
	}
}

func (r *relay) hold(conns ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		r.conns[c] = struct{}{}
	}
}

func (r *relay) drop(conns ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		delete(r.conns, c)
	}
}

// sever cuts or restores the link.
func (r *relay) sever(cut bool) {
	if r.cut.Swap(cut) == cut {
		return
	}
	if cut {
		r.gate.Lock()
		return
	}
	r.gate.Unlock()
}

// close ends the relay and all its connections.
func (r *relay) close() {
	r.sever(false)
	_ = r.listener.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.conns {
		_ = c.Close()
	}
}
