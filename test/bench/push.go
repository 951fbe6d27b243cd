//go:build linux

package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// pusher posts to @connections as a backend does: each call signed by AWS's own
// signer, on kept connections.
type pusher struct {
	addr, path, region string
	access, secret     string
	tls                *tls.Config // nil: without TLS
}

// news is what is pushed: 64 bytes.
var news = []byte(`{"type":"ventas","status":"running","progress":50,"step":"xyz"}` + "\n")

// push posts n messages in all to the first connections, whose ids are given, and
// waits until every client has got its share.
func (c *clients) push(n int, ids []string) error {
	if len(ids) == 0 || len(ids) > len(c.conns) {
		return fmt.Errorf("%d ids for %d connections", len(ids), len(c.conns))
	}
	share := n / len(ids)
	return each(2*len(ids), func(i int) error {
		if i < len(ids) {
			return c.pusher.post(ids[i], share)
		}
		s := c.conns[i-len(ids)]
		if err := s.SetReadDeadline(time.Now().Add(opLimit)); err != nil {
			return err
		}
		if err := s.count(share, len(news), make([]byte, 4096)); err != nil {
			return err
		}
		return s.SetReadDeadline(time.Time{})
	})
}

// post posts news n times to one connection.
func (p *pusher) post(id string, n int) error {
	sender, err := p.connect()
	if err != nil {
		return err
	}
	defer sender.close()
	for range n {
		if err := sender.post(id, news); err != nil {
			return err
		}
	}
	return nil
}

// sender is a pusher's kept connection.
type sender struct {
	*pusher
	nc        net.Conn
	responses *bufio.Reader
	signer    *v4.Signer
	out       []byte
}

func (p *pusher) connect() (*sender, error) {
	nc, err := net.DialTimeout("tcp", p.addr, opLimit)
	if err != nil {
		return nil, err
	}
	if p.tls != nil {
		nc = tls.Client(nc, p.tls)
	}
	if err := nc.SetDeadline(time.Now().Add(opLimit)); err != nil {
		_ = nc.Close()
		return nil, err
	}
	return &sender{pusher: p, nc: nc, responses: bufio.NewReaderSize(nc, 2048), signer: v4.NewSigner()}, nil
}

func (s *sender) close() { _ = s.nc.Close() }

// post posts a message, and waits for the answer.
func (s *sender) post(id string, message []byte) error {
	r, hash := s.request(id), sha256.Sum256(message)
	who := aws.Credentials{AccessKeyID: s.access, SecretAccessKey: s.secret}
	if err := s.signer.SignHTTP(context.Background(), who, r, hex.EncodeToString(hash[:]), "execute-api", s.region, time.Now()); err != nil {
		return err
	}
	s.out = fmt.Appendf(s.out[:0], "POST %s HTTP/1.1\r\nHost: %s\r\nX-Amz-Date: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
		r.URL.EscapedPath(), r.Host, r.Header.Get("X-Amz-Date"), r.Header.Get("Authorization"), len(message), message)
	if _, err := s.nc.Write(s.out); err != nil {
		return err
	}
	return accepted(s.responses)
}

func (p *pusher) request(id string) *http.Request {
	return &http.Request{
		Method: http.MethodPost, Host: p.addr, Header: http.Header{}, ContentLength: int64(len(news)),
		URL: &url.URL{Scheme: "http", Host: p.addr, Path: p.path + "/@connections/" + id, RawPath: p.path + "/%40connections/" + escape(id)},
	}
}

// escape percent-encodes every character of an id that signers encode
// differently.
func escape(id string) string {
	return strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(id)
}

func accepted(responses *bufio.Reader) error {
	res, err := http.ReadResponse(responses, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || res.ContentLength > 0 {
		var body [300]byte
		n, _ := res.Body.Read(body[:])
		return fmt.Errorf("a push was answered %s: %s", res.Status, body[:n])
	}
	return nil
}
