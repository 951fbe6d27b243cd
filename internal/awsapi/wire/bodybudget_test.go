package wire_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/pasarela-ws/pasarela/internal/awsapi/wire"
)

// pipes is a listener of connections in memory, which may be served in a synctest bubble.
type pipes struct{ conns chan net.Conn }

// from is a connection from an address.
type from struct {
	net.Conn
	address string
}

func (f from) RemoteAddr() net.Addr { return addr(f.address) }

type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }

func (p pipes) Accept() (net.Conn, error) {
	if nc, ok := <-p.conns; ok {
		return nc, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { close(p.conns); return nil }
func (p pipes) Addr() net.Addr { return addr("here") }

func (p pipes) dial(address string) net.Conn {
	client, server := net.Pipe()
	p.conns <- from{server, address}
	return client
}

// serveBodies serves an API with a budget for bodies.
func serveBodies(budget int64) (pipes, *wire.Bodies, func()) {
	p, bodies := pipes{make(chan net.Conn)}, wire.NewBodies(budget, 5*time.Second)
	server := &http.Server{Handler: protocols(bodies, slog.New(slog.DiscardHandler))["apigateway"], ReadTimeout: time.Minute}
	ended := make(chan struct{})
	go func() { _ = server.Serve(p); close(ended) }()
	return p, bodies, func() {
		_ = server.Close()
		<-ended
		time.Sleep(time.Second) // connections that were refused linger
	}
}

// head is the head of a signed call with a body of so many bytes. With a hash other than
// the body's the signature is found wrong once the body is complete.
func head(t *testing.T, length int, hash string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://here/v2/things", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = int64(length)
	credentials := aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}
	if err := signer.NewSigner().SignHTTP(t.Context(), credentials, r, hash, "apigateway", region, time.Now()); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "POST /v2/things HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n", length)
	_ = r.Header.Write(&text)
	return text.String() + "\r\n"
}

// upload sends a body at so many bytes a second until it is answered.
func upload(t *testing.T, nc net.Conn, text, body string, rate int) (status int, took time.Duration) {
	t.Helper()
	began, answered := time.Now(), make(chan int)
	go func() {
		response, err := http.ReadResponse(bufio.NewReader(nc), nil)
		if err != nil {
			answered <- 0
			return
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		answered <- response.StatusCode
	}()
	defer func() { _ = nc.Close() }()
	if _, err := io.WriteString(nc, text); err != nil {
		return <-answered, time.Since(began)
	}
	for {
		_, err := io.WriteString(nc, body[:min(rate, len(body))])
		if body = body[min(rate, len(body)):]; err != nil || body == "" {
			return <-answered, time.Since(began)
		}
		select {
		case status = <-answered:
			return status, time.Since(began)
		case <-time.After(time.Second):
		}
	}
}

// Many unsigned uploads, from the same address, for the same access key or not,
// do not delay a body that arrives at a normal rate.
func TestSlowUploadsMakeRoom(t *testing.T) {
	honest := `{"name": "` + strings.Repeat("x", 256<<10) + `"}`
	sum := sha256.Sum256([]byte(honest))
	hash := hex.EncodeToString(sum[:])
	for name, where := range map[string]struct{ attacker, client string }{
		"one address":         {"192.0.2.1:%d", "192.0.2.1:9999"},
		"another address":     {"192.0.2.1:%d", "198.51.100.1:9999"},
		"a network of 64 bit": {"[2001:db8::%x]:1", "[2001:db8:1::1]:1"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const attackers = 20
				p, bodies, stop := serveBodies(1 << 20)
				defer stop()
				junk := strings.Repeat("x", 2<<20)
				var ended atomic.Bool
				done := make(chan struct{})
				for i := range attackers {
					go func() { // ends with the test: done
						defer func() { done <- struct{}{} }()
						for !ended.Load() {
							nc := p.dial(fmt.Sprintf(where.attacker, i+1))
							if status, _ := upload(t, nc, head(t, len(junk), strings.Repeat("0", 64)), junk, 50<<10); status == http.StatusCreated {
								t.Error("a wrong signature was taken")
							}
						}
					}()
				}
				time.Sleep(10 * time.Second) // the budget is full
				for i := range 10 {
					status, took := upload(t, p.dial(where.client), head(t, len(honest), hash), honest, len(honest))
					if status != http.StatusCreated || took > 5*time.Second {
						t.Errorf("call %d: %d after %s", i, status, took)
					}
					time.Sleep(time.Second)
				}
				if bodies.Refused() < attackers {
					t.Errorf("only %d made room: there was no attack", bodies.Refused())
				}
				ended.Store(true)
				for range attackers {
					<-done
				}
			})
		})
	}
}

// A client with few bytes is not ended to make room for the many uploads of another
// address, however slow it is.
func TestASlowLineOutlivesAnAttack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _, stop := serveBodies(1 << 20)
		defer stop()
		junk := strings.Repeat("x", 2<<20)
		done := make(chan struct{})
		for range 20 {
			go func() { // ends after its upload
				upload(t, p.dial("192.0.2.1:1"), head(t, len(junk), strings.Repeat("0", 64)), junk, 100<<10)
				done <- struct{}{}
			}()
		}
		honest := `{"name": "` + strings.Repeat("x", 200<<10) + `"}`
		sum := sha256.Sum256([]byte(honest))
		if status, took := upload(t, p.dial("198.51.100.1:1"), head(t, len(honest), hex.EncodeToString(sum[:])), honest, 32<<10); status != http.StatusCreated {
			t.Errorf("%d after %s", status, took)
		}
		for range 20 {
			<-done
		}
	})
}

// A body that arrives too slowly is ended, also a small one and one without a length;
// the answer says why, and the SDKs retry.
func TestBodiesArriveInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _, stop := serveBodies(64 << 20)
		defer stop()
		for _, c := range []struct {
			name         string
			length, rate int
			status       int
			most         time.Duration
		}{
			{"small", 10_000, 100, http.StatusRequestTimeout, 7 * time.Second},
			{"large", 1 << 20, 1000, http.StatusRequestTimeout, 7 * time.Second},
			{"behind the rate", 8 << 20, 10 << 10, http.StatusRequestTimeout, 20 * time.Second},
			{"in time", 512 << 10, 20 << 10, http.StatusForbidden, 30 * time.Second},
			{"longer than any may be", 8 << 20, 20 << 10, http.StatusRequestTimeout, 61 * time.Second},
		} {
			body := strings.Repeat("x", c.length)
			status, took := upload(t, p.dial("192.0.2.1:1"), head(t, c.length, strings.Repeat("0", 64)), body, c.rate)
			if status != c.status || took > c.most {
				t.Errorf("%s: %d after %s", c.name, status, took)
			}
		}
	})
}

// A client that reads only once it has sent everything is told why its body is refused and
// what to do instead.
func TestTooLongABodyIsToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, bodies, stop := serveBodies(1 << 20)
		defer stop()
		nc := p.dial("192.0.2.1:1")
		defer nc.Close()
		body := strings.Repeat("x", wire.MaxBody+1)
		if _, err := io.WriteString(nc, head(t, len(body), strings.Repeat("0", 64))+body); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(nc), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		said, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(said), "longer than 10485760 bytes. Send its name alone.") {
			t.Errorf("%v: %d %s", err, response.StatusCode, said)
		}
		if bodies.Refused() != 0 {
			t.Error("a body that is not kept took memory")
		}
	})
}
