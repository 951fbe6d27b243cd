package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/pasarela-ws/pasarela/internal/fastpath/accept"
	"github.com/pasarela-ws/pasarela/internal/fastpath/bodylength"
	"github.com/pasarela-ws/pasarela/internal/fastpath/proxyheader"
	"github.com/pasarela-ws/pasarela/internal/fastpath/pushserver"
	"github.com/pasarela-ws/pasarela/internal/language"
	"github.com/pasarela-ws/pasarela/internal/proxies"
)

// Bounds of one HTTP request. A handshake may take as long as its $connect
// integration (29 s) and its authorizer (29 s); connections leave these bounds
// when they become sockets.
const (
	headerTimeout   = 10 * time.Second
	requestTimeout  = 60 * time.Second
	responseTimeout = 90 * time.Second
	idleTimeout     = 120 * time.Second
	maxHeader       = 64 << 10 // presigned URLs and cookies; AWS takes 10,240 bytes of header values
)

// listener serves HTTP on one address: plain handshakes by fastpath/accept, plain calls
// to @connections by fastpath/pushserver, everything else by net/http. With
// [Settings.PlainHTTP] all is net/http's (internal/fastpath/README.md).
type listener struct {
	server     *http.Server
	base       net.Listener     // what server accepts from first
	handshakes *accept.Listener // base without TLS; nil with PlainHTTP
	tls        *tls.Config      // nil without
	waitLocal  func()           // waits for connections of --local that have sent nothing yet; nil without
	log        *slog.Logger
	started    bool
	pushServer *pushserver.Server // before the handler; nil with PlainHTTP, and until started
	returned   sync.WaitGroup     // the server's loop for connections that pushServer gives back
	served     chan error
}

// listen opens the address and serves nothing yet, so that the endpoint is known before
// the handler is made. issuer gets the certificates, if it is not nil.
func listen(s Settings, issuer *issuer, log *slog.Logger) (*listener, error) {
	l := &listener{log: log, served: make(chan error, 1), server: newServer(log)}
	err := l.open(s)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, language.Errorf("node.port_taken", "address", s.Listen, "error", err)
	}
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", s.Listen, err)
	}
	if s.TLSCert != "" {
		pair, err := newCertificate(s.TLSCert, s.TLSKey, log)
		if err != nil {
			_ = l.base.Close()
			return nil, err
		}
		l.tls = pair.config()
		l.base = tls.NewListener(l.base, l.tls)
		return l, nil
	}
	if issuer != nil {
		l.tls = issuer.config()
		l.base = tls.NewListener(l.base, l.tls)
		return l, nil
	}
	if s.Local {
		if err := l.openLocal(s.DataDir); err != nil {
			_ = l.base.Close()
			return nil, err
		}
	}
	return l, nil
}

// open listens on the address of s.
func (l *listener) open(s Settings) (err error) {
	var proxied func(netip.Addr) bool
	if proxies.Header(s.ProxyHeader) == proxies.ProxyProtocol {
		proxied = s.proxies().Contains
	}
	if s.PlainHTTP {
		l.base, err = net.Listen("tcp", s.Listen)
		if err == nil && proxied != nil {
			l.base = proxyheader.Listener(l.base, proxied, l.log)
		}
		return err
	}
	if l.handshakes, err = accept.Listen(s.Listen, proxied, l.log); err != nil {
		return err
	}
	l.base = l.handshakes // under TLS it finds no handshakes and passes all on
	return nil
}

func newServer(log *slog.Logger) *http.Server {
	return &http.Server{
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       requestTimeout,
		WriteTimeout:      responseTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // what clients do wrong
	}
}

// serve serves everything with handler, and plain handshakes with handshakes. admits
// says by the head of a call to @connections whether memory may be taken for its body.
func (l *listener) serve(handler, handshakes http.Handler, admits func(*http.Request) bool) {
	l.started, l.server.Handler = true, handler
	if l.handshakes != nil {
		l.pushServer = pushserver.New(handler, admits, l.log)
		l.server.Handler = l.pushServer
		l.returned.Go(func() { _ = l.server.Serve(bodylength.Listener(l.pushServer.ReturnedConns(), l.log)) }) // ends with pushServer
		l.handshakes.Serve(handshakes)
	}
	go func() { l.served <- l.server.Serve(bodylength.Listener(l.base, l.log)) }()
}

// stop takes no more connections, waits for requests under way until ctx ends,
// and cuts the rest.
func (l *listener) stop(ctx context.Context) (err error) {
	if !l.started {
		return l.base.Close()
	}
	if l.pushServer != nil {
		err = l.pushServer.Shutdown(ctx)
	}
	if failed := l.server.Shutdown(ctx); failed != nil {
		err = errors.Join(err, failed, l.server.Close())
	}
	if l.waitLocal != nil {
		l.waitLocal()
	}
	if l.handshakes != nil {
		l.returned.Wait()
		l.handshakes.Wait()
	}
	if served := <-l.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
