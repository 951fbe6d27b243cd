package gateway_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela"
	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/engine/throttle"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// BenchmarkPush pushes 64 bytes to one connection, with a session and without, whose client
// returns pings over loopback TCP. Both report their CPU time with the client's part, and
// without HTTP and signature: go test -run - -bench Push$ -benchtime 20000x
func BenchmarkPush(b *testing.B) {
	for name, query := range map[string]string{"with a session": session, "without": ""} {
		b.Run(name, func(b *testing.B) {
			sys := start(b, pasarela.Definition{}, resumable(60), func(s *setup) { s.gateway.Account = throttle.Limit{Rate: 1e6, Burst: 1e6} })
			nc, err := net.Dial("tcp", sys.server.Listener.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = nc.Close() })
			_, _ = fmt.Fprintf(nc, "GET /%s/%s%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", apiID, stageName, query)
			in := bufio.NewReaderSize(nc, 4096)
			if response, err := http.ReadResponse(in, nil); err != nil || response.StatusCode != http.StatusSwitchingProtocols {
				b.Fatalf("%+v, %v", response, err)
			}
			var got atomic.Int64
			go returnPings(nc, in, &got)
			id := sys.only()
			body := []byte(strings.Repeat("x", 64))
			before := cpuTime()
			b.ResetTimer()
			for n := range b.N {
				for int64(n)-got.Load() > 100 { // less than a mailbox takes
					time.Sleep(50 * time.Microsecond)
				}
				if _, err := sys.gateway.Push(b.Context(), apiID, id, gateway.Push{Body: body}); err != nil {
					b.Fatal(err)
				}
			}
			testkit.Eventually(b, "the messages", func() bool { return got.Load() == int64(b.N) })
			b.StopTimer()
			b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/float64(b.N), "cpu-ns/push")
		})
	}
}

// returnPings reads frames of a server, counts the messages, and returns pings as pongs
// under a mask of zeros, until the connection ends.
func returnPings(nc net.Conn, in *bufio.Reader, messages *atomic.Int64) {
	frame := make([]byte, 6+125)
	for {
		if _, err := io.ReadFull(in, frame[:2]); err != nil {
			return
		}
		kind, length := frame[0], int(frame[1])
		if _, err := io.ReadFull(in, frame[6:6+length]); err != nil {
			return
		}
		if kind != 0x89 {
			messages.Add(1)
			continue
		}
		copy(frame, []byte{0x8a, 0x80 | byte(length), 0, 0, 0, 0})
		if _, err := nc.Write(frame[:6+length]); err != nil {
			return
		}
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
