package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/accept"
	"github.com/pasarela-ws/pasarela/internal/fastpath/pushserver"
	"github.com/pasarela-ws/pasarela/internal/language"
)

// Bounds of one HTTP request. A handshake may take as long as its $connect
// integration (29 s) and its authorizer (29 s); connections leave these bounds
// when they become sockets.
const (
	headerTimeout  = 10 * time.Second
	requestTimeout = 60 * time.Second
	answerTimeout  = 90 * time.Second
	idleTimeout    = 120 * time.Second
	maxHeader      = 64 << 10 // presigned URLs and cookies; AWS takes 10,240 bytes of header values
)

// listener serves HTTP on one address.
type listener struct {
	server   *http.Server
	socket   net.Listener
	entrance *accept.Listener // takes handshakes before the server; under TLS it passes all on
	log      *slog.Logger
	lane     *pushserver.Server // nil until something is served
	rest     sync.WaitGroup     // serves what comes back from the lane
	served   chan error
}

// listen opens the address; nothing is served yet, so that the endpoint is known
// before the handler is made.
func listen(s Settings, log *slog.Logger) (*listener, error) {
	l := &listener{log: log, served: make(chan error, 1), server: newServer(log)}
	door, err := accept.Listen(s.Listen, log)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, language.Errorf("node.port_taken", "address", s.Listen, "error", err)
	}
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", s.Listen, err)
	}
	l.entrance, l.socket = door, door
	if s.TLSCert != "" {
		pair, err := newCertificate(s.TLSCert, s.TLSKey, log)
		if err != nil {
			_ = door.Close()
			return nil, err
		}
		l.socket = tls.NewListener(door, pair.config())
	}
	return l, nil
}

func newServer(log *slog.Logger) *http.Server {
	return &http.Server{
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       requestTimeout,
		WriteTimeout:      answerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // what clients do wrong
	}
}

// serve serves everything with handler, but for plain handshakes. admits tells by
// the head of a call to @connections whether its body is worth reading.
func (l *listener) serve(handler, handshakes http.Handler, admits func(*http.Request) bool) {
	l.lane = pushserver.New(handler, admits, l.log)
	l.server.Handler = l.lane
	l.rest.Go(func() { _ = l.server.Serve(l.lane.ReturnedConns()) }) // ends with the lane
	l.entrance.Serve(handshakes)
	go func() { l.served <- l.server.Serve(l.socket) }()
}

// stop takes no more connections, waits for requests under way until ctx ends,
// and cuts the rest.
func (l *listener) stop(ctx context.Context) error {
	if l.lane == nil {
		return l.socket.Close()
	}
	err := l.lane.Shutdown(ctx)
	if failed := l.server.Shutdown(ctx); failed != nil {
		err = errors.Join(err, failed, l.server.Close())
	}
	l.rest.Wait()
	l.entrance.Wait()
	if served := <-l.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
