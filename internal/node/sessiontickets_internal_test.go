package node

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pasarela-ws/pasarela/internal/state/memory"
)

// A client that was at one node resumes its session with another, and with the same one
// after a restart, for as long as the key is kept.
func TestTLSSessionsAreResumedOnAnyNode(t *testing.T) {
	borrowed := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer borrowed.Close()
	bucket := memory.NewBucket()
	node := func(now time.Time) (*tls.Config, *sessionTickets) {
		config := &tls.Config{Certificates: borrowed.TLS.Certificates}
		tickets := newSessionTickets(bucket, config, slog.New(slog.DiscardHandler))
		if err := tickets.refresh(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		return config, tickets
	}
	begin := time.Now()
	one, oneTickets := node(begin)
	two, twoTickets := node(begin)
	client := &tls.Config{
		RootCAs:    borrowed.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs,
		ServerName: "example.com", ClientSessionCache: tls.NewLRUClientSessionCache(1),
	}
	if resumed(t, one, client) {
		t.Error("the first session was resumed")
	}
	if !resumed(t, two, client) {
		t.Error("not resumed with another node")
	}
	again, _ := node(begin.Add(time.Minute))
	if !resumed(t, again, client) {
		t.Error("not resumed after a restart")
	}
	refresh := func(which *sessionTickets, after time.Duration) {
		if err := which.refresh(t.Context(), begin.Add(after)); err != nil {
			t.Fatal(err)
		}
	}
	refresh(oneTickets, 12*time.Hour) // a new key, which only one knows yet
	if !resumed(t, one, client) || !resumed(t, two, client) {
		t.Error("not resumed while a new key is made known")
	}
	refresh(oneTickets, 13*time.Hour)
	refresh(twoTickets, 13*time.Hour)
	if !resumed(t, one, client) || !resumed(t, two, client) {
		t.Error("not resumed with the new key")
	}
	for hours := 24; hours <= 60; hours += 12 {
		refresh(oneTickets, time.Duration(hours)*time.Hour)
	}
	if resumed(t, one, client) {
		t.Error("resumed with a key that should be forgotten")
	}
}

// resumed says whether a connection of client to a server of that configuration resumed
// a session.
func resumed(t *testing.T, server, client *tls.Config) bool {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan error, 1)
	go func() {
		nc := tls.Server(far, server)
		_, err := nc.Write([]byte("x")) // after the ticket
		done <- err
		_ = nc.Close()
	}()
	nc := tls.Client(near, client)
	defer near.Close()
	if _, err := io.ReadFull(nc, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return nc.ConnectionState().DidResume
}
