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

// measureTLS is the memory of an idle TLS connection after a collection, as the
// slope from a quarter of the connections to all.
func measureTLS(ctx context.Context, p plan, c contestant, dir string) (perConnection float64, err error) {
	certificate, err := writeCertificate(dir)
	if err != nil {
		return 0, err
	}
	secured := contestant{c.name, func(ctx context.Context, s *site) error {
		s.certificate = certificate
		return c.start(ctx, s)
	}}
	s, err := secured.open(ctx, p, dir)
	if err != nil {
		return 0, err
	}
	defer s.end()
	r := &round{site: s, ctx: ctx}
	if r.clients, err = r.crowd(p.tlsConns); err != nil {
		return 0, err
	}
	var rss [2]int
	for i, n := range [2]int{p.tlsConns / 4, p.tlsConns} {
		if err := r.open(n); err != nil {
			return 0, err
		}
		time.Sleep(settling)
		if rss[i], err = r.collect("tls"); err != nil {
			return 0, err
		}
	}
	return float64(rss[1]-rss[0]) / float64(p.tlsConns-p.tlsConns/4), nil
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
