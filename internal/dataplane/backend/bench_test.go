package backend_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/backend"
)

// stub gives the same response to every request with a body of 64 bytes, in as little
// time as possible.
func stub(b *testing.B) (url string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				in := make([]byte, 4096)
				for {
					n, err := c.Read(in)
					if err != nil {
						return
					}
					if bytes.HasSuffix(in[:n], payload) {
						_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 64\r\n\r\n"+string(payload))
					}
				}
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/aws/message"
}

var payload = bytes.Repeat([]byte("x"), 64)

// BenchmarkCall is a call on a kept connection, BenchmarkNetHTTP the same by
// net/http: docs/performance.md has the ratio. The stub's share is in both.
func BenchmarkCall(b *testing.B) {
	url := stub(b)
	client, err := backend.NewClient(backend.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			call := backend.AcquireCall()
			call.SetMethod(http.MethodPost)
			call.SetHeader("Content-Type", "application/json")
			call.SetHeader("User-Agent", "AmazonAPIGateway_abcdef1234")
			call.SetBody(payload)
			call.Timeout = 29 * time.Second
			if err := client.Do(call, url); err != nil || call.Status() != 200 || len(call.ResponseBody()) != 64 {
				b.Error(call.Status(), err)
			}
			call.Release()
		}
	})
}

func BenchmarkNetHTTP(b *testing.B) {
	url := stub(b)
	client := &http.Client{Timeout: 29 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 512, DisableCompression: true}}
	defer client.CloseIdleConnections()
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, _ := http.NewRequest(http.MethodPost, url, bytes.NewReader(payload))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("User-Agent", "AmazonAPIGateway_abcdef1234")
			response, err := client.Do(r)
			if err != nil {
				b.Error(err)
				continue
			}
			if body, err := io.ReadAll(response.Body); err != nil || len(body) != 64 {
				b.Error(err)
			}
			_ = response.Body.Close()
		}
	})
}
