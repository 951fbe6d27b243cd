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

// pusher posts to @connections as a backend does: signed anew each time by AWS's
// own signer, on kept connections.
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
		if err := s.SetReadDeadline(time.Now().Add(opPatience)); err != nil {
			return err
		}
		if err := s.count(share, len(news), make([]byte, 4096)); err != nil {
			return err
		}
		return s.SetReadDeadline(time.Time{})
	})
}

func (p *pusher) post(id string, n int) error {
	nc, err := net.DialTimeout("tcp", p.addr, opPatience)
	if err != nil {
		return err
	}
	defer func() { _ = nc.Close() }()
	if p.tls != nil {
		nc = tls.Client(nc, p.tls)
	}
	if err := nc.SetDeadline(time.Now().Add(opPatience)); err != nil {
		return err
	}
	responses, signer := bufio.NewReaderSize(nc, 2048), v4.NewSigner()
	hash := sha256.Sum256(news)
	who := aws.Credentials{AccessKeyID: p.access, SecretAccessKey: p.secret}
	var out []byte
	for range n {
		r := p.request(id)
		if err := signer.SignHTTP(context.Background(), who, r, hex.EncodeToString(hash[:]), "execute-api", p.region, time.Now()); err != nil {
			return err
		}
		out = fmt.Appendf(out[:0], "POST %s HTTP/1.1\r\nHost: %s\r\nX-Amz-Date: %s\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
			r.URL.EscapedPath(), r.Host, r.Header.Get("X-Amz-Date"), r.Header.Get("Authorization"), len(news), news)
		if _, err := nc.Write(out); err != nil {
			return err
		}
		if err := accepted(responses); err != nil {
			return err
		}
	}
	return nil
}

func (p *pusher) request(id string) *http.Request {
	return &http.Request{
		Method: http.MethodPost, Host: p.addr, Header: http.Header{}, ContentLength: int64(len(news)),
		URL: &url.URL{Scheme: "http", Host: p.addr, Path: p.path + "/@connections/" + id, RawPath: p.path + "/%40connections/" + escape(id)},
	}
}

// escape escapes everything of an id that a signature could see in two ways.
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
