//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// measureTLS measures a gateway with a certificate of its own.
func measureTLS(ctx context.Context, p plan, c measuredGateway, dir string) (*figures, error) {
	certificate, err := writeCertificate(dir)
	if err != nil {
		return nil, err
	}
	secured := measuredGateway{c.name, func(ctx context.Context, s *site) error {
		s.certificate = certificate
		return c.start(ctx, s)
	}}
	p.from, p.to = p.tlsConns/4, p.tlsConns
	if p.profile != "" {
		p.profile += "-tls"
	}
	s, err := secured.open(ctx, p, dir)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &round{site: s, ctx: ctx}
	for _, step := range []func() error{r.warmUp, r.fill, r.rest, r.talk, r.news, r.paced, r.comeBack} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &r.figures, nil
}

// comeBack opens a quarter more connections, which resume a TLS session.
func (r *round) comeBack() error {
	last := r.clients[len(r.clients)-1]
	var have int
	if err := last.ask(r.ctx, &have, opLimit, "alive"); err != nil {
		return err
	}
	n := r.plan.to / 4
	return r.profiled(r.ctx, "resumed", func() (err error) {
		r.figures.resumed, _, err = r.spent(n, func() error {
			return last.ask(r.ctx, nil, 4*opLimit, "resume %d %d", have+n, r.plan.inFlight)
		})
		return err
	})
}

// writeCertificate makes a certificate for loopback, key and all in one file.
func writeCertificate(dir string) (path string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return "", err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	var both bytes.Buffer
	for kind, data := range map[string][]byte{"CERTIFICATE": der, "PRIVATE KEY": private} {
		if err := pem.Encode(&both, &pem.Block{Type: kind, Bytes: data}); err != nil {
			return "", err
		}
	}
	path = filepath.Join(dir, "loopback.pem")
	return path, os.WriteFile(path, both.Bytes(), 0o600)
}
