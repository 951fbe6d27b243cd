//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// echoer is the Handler of all servers here.
type echoer struct{ closed chan<- struct{} }

func (echoer) OnMessage(c *socket.Conn, op socket.Opcode, payload []byte) {
	_ = c.Send(op, payload) // a client that has left gets nothing
}

func (e echoer) OnClose(*socket.Conn, socket.Close) {
	if e.closed != nil {
		e.closed <- struct{}{}
	}
}

// server upgrades with net/http, as the gateway does.
type server struct {
	pool *socket.Pool
	live *socket.LiveLimits
	l    net.Listener
}

// listen starts a server. Without limits sizes are free and binary is let in, as
// conformance suites want it; messages of a connection stay in order.
func listen(addr string, secured, unlimited bool, closed chan<- struct{}) (*server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	if secured {
		cert, err := selfSigned()
		if err != nil {
			return nil, err
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}})
	}
	limits := socket.DefaultLimits()
	if unlimited {
		limits = socket.Limits{Binary: true, QueueSize: 64 << 20}
	}
	limits.InFlight = 1
	pool, err := socket.NewPool(socket.Options{Handler: echoer{closed}})
	if err != nil {
		return nil, err
	}
	s := &server{pool: pool, live: socket.NewLiveLimits(limits), l: l}
	h := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = h.Serve(l) }() // until the process ends
	return s, nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, refusal := socket.CheckHandshake(r)
	if refusal != nil {
		for k, v := range refusal.Header {
			w.Header()[k] = v
		}
		http.Error(w, refusal.Why.Error(), refusal.Status)
		return
	}
	nc, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	response, err := h.Response(nil, "", time.Now())
	if err == nil {
		_, err = nc.Write(response)
	}
	if err == nil {
		_, err = s.pool.Adopt(nc, socket.Buffered(rw), nil, s.live)
	}
	if err != nil {
		_ = nc.Close()
	}
}

func runEcho(args []string) error {
	fs := flag.NewFlagSet("echo", flag.ExitOnError)
	addr := fs.String("addr", "127.0.0.1:9300", "address to listen on")
	secured := fs.Bool("tls", false, "TLS with a certificate of our own")
	unlimited := fs.Bool("unlimited", false, "no size limits, binary allowed")
	_ = fs.Parse(args) // exits on error
	s, err := listen(*addr, *secured, *unlimited, nil)
	if err != nil {
		return err
	}
	fmt.Println("echo on", s.l.Addr())
	select {}
}

func selfSigned() (tls.Certificate, error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &k.PublicKey, k)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: k}, nil
}
