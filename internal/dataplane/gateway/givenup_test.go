package gateway_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/dataplane/gateway"
	"github.com/pasarela-ws/pasarela/internal/fastpath/accept"
	"github.com/pasarela-ws/pasarela/internal/logsum"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// acceptFor serves a gateway's handshakes without net/http.
func acceptFor(t *testing.T, sys *system) (address string) {
	e, err := accept.Listen("127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	e.Serve(sys.gateway)
	t.Cleanup(func() {
		_ = e.Close()
		e.Wait()
	})
	return e.Addr().String()
}

// handshakeAt sends a handshake to an address, for the stage that sys serves.
func (sys *system) handshakeAt(address, rest string) *net.TCPConn {
	sys.t.Helper()
	nc, err := net.Dial("tcp", address)
	if err != nil {
		sys.t.Fatal(err)
	}
	sys.t.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(testkit.WaitLimit))
	if _, err := fmt.Fprintf(nc, "GET /%s/%s%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", apiID, stageName, rest, sys.server.Listener.Addr()); err != nil {
		sys.t.Fatal(err)
	}
	return nc.(*net.TCPConn)
}

// A client that gives up its handshake while the connection of its session is sought on the
// other nodes moves nothing, with net/http and without: its connection stays where it is,
// and its next handshake finds it (A-GATEWAY-59).
func TestAHandshakeThatIsGivenUpMovesNothing(t *testing.T) {
	for _, by := range []string{"net/http", "accept"} {
		t.Run(by, func(t *testing.T) {
			n := cluster(t, 2, resumable(60))
			id := n.awayFrom0("one")
			begun := make(chan struct{}, 1)
			untilItEnds := func(ctx context.Context, data []byte) context.Context {
				if !isVerb(data, "SESSION") {
					return ctx
				}
				begun <- struct{}{}
				<-ctx.Done()
				return context.WithoutCancel(ctx) // it finds the connection all the same
			}
			n.hold.Store(&untilItEnds)
			address := n.all[1].server.Listener.Addr().String()
			if by == "accept" {
				address = acceptFor(t, n.all[1])
			}
			for _, leave := range []func(*net.TCPConn) error{(*net.TCPConn).CloseWrite, (*net.TCPConn).Close} {
				before := n.all[1].gateway.Stats().Refused[gateway.ClientGone]
				nc := n.all[1].handshakeAt(address, session)
				testkit.Receive(t, begun, "the search")
				if err := leave(nc); err != nil {
					t.Fatal(err)
				}
				testkit.Eventually(t, "the client's end to be noticed", func() bool {
					return n.all[1].gateway.Stats().Refused[gateway.ClientGone] == before+1
				})
				if answer, err := http.ReadResponse(bufio.NewReader(nc), nil); err == nil && answer.StatusCode != 503 {
					t.Errorf("answered with %s", answer.Status)
				} else if err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Error(err)
				}
			}
			n.has(0, id)
			n.hold.Store(nil)
			c := n.all[1].connect(session)
			reads(t, c, "one")
			n.has(1, id)
		})
	}
}

// Clients with sessions that are told to come again during a fault, ten thousand or one, are
// ten lines and a sum of the node's log, with the request ids by which they are explained.
func TestClientsThatAreToldToComeAgainAreSummedUp(t *testing.T) {
	log := &testkit.Log{}
	sums := logsum.New(slog.NewTextHandler(log, nil))
	n := cluster(t, 2, resumable(60), func(s *setup) { s.gateway.Log = slog.New(sums) })
	n.undecided.Store(true)
	ids := []string{}
	for i := range 3 * logsum.Burst {
		_, header := n.all[0].refuse(fmt.Sprint(session, "-of-client-", i), 503)
		ids = append(ids, header.Get("x-amzn-RequestId"))
	}
	sums.Flush()
	about := 0
	for line := range strings.Lines(log.String()) {
		if !strings.Contains(line, "was told to retry") {
			continue
		}
		if about++; about <= logsum.Burst && !strings.Contains(line, ids[about-1]) || about > logsum.Burst &&
			(!strings.Contains(line, "repeated=20") || !strings.Contains(line, ids[logsum.Burst]) || !strings.Contains(line, "since=")) {
			t.Errorf("line %d: %s", about, line)
		}
	}
	if about != logsum.Burst+1 {
		t.Errorf("%d lines", about)
	}
}
