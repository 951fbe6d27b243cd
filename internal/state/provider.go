package state

import (
	"errors"
	"net"
	"sync"

	"github.com/nats-io/nats-server/v2/server"
)

// provider connects clients to the embedded server that is running: after a restart of
// the server the same client connection uses the new one.
type provider struct {
	mu      sync.Mutex
	running *server.Server
}

func (p *provider) set(running *server.Server) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = running
}

func (p *provider) get() *server.Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running
}

// InProcessConn is [nats.InProcessConnProvider]: a connection to the server in this
// process, without a socket.
func (p *provider) InProcessConn() (net.Conn, error) {
	running := p.get()
	if running == nil {
		return nil, errors.New("the store is being restarted")
	}
	return running.InProcessConn()
}
