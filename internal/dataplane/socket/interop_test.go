package socket_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"

	"github.com/coder/websocket"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
	"github.com/pasarela-ws/pasarela/internal/testkit"
)

// TestCoderWebSocket talks to an independent client: messages of many sizes both
// ways, its pings, and its closing handshake.
func TestCoderWebSocket(t *testing.T) {
	each(t, func(t *testing.T, w way) {
		r := newRecorder(echo)
		p := newPool(t, socket.Options{Handler: r})
		scheme, transport := "ws", &http.Transport{}
		live := socket.NewLiveLimits(socket.Limits{Binary: true})
		var addr string
		if w.tls {
			theirs, ours := pair(t)
			scheme, transport.TLSClientConfig = "wss", ours
			addr = serve(t, p, live, theirs, w.wrap).addr
		} else {
			addr = serve(t, p, live, nil, w.wrap).addr
		}
		ctx, cancel := context.WithTimeout(t.Context(), testkit.WaitLimit)
		defer cancel()
		c, _, err := websocket.Dial(ctx, scheme+"://"+addr+"/prod", &websocket.DialOptions{
			HTTPClient: &http.Client{Transport: transport}, CompressionMode: websocket.CompressionContextTakeover,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.CloseNow()
		c.SetReadLimit(-1)
		for _, n := range []int{0, 1, 125, 126, 4096, 65535, 65536, 1 << 20} {
			for _, kind := range []websocket.MessageType{websocket.MessageText, websocket.MessageBinary} {
				want := bytes.Repeat([]byte("z"), n)
				if err := c.Write(ctx, kind, want); err != nil {
					t.Fatal(err)
				}
				got, body, err := c.Read(ctx)
				if err != nil || got != kind || !bytes.Equal(body, want) {
					t.Fatalf("echo of %d bytes: %v, %d bytes, %v", n, got, len(body), err)
				}
			}
		}
		reading := c.CloseRead(ctx) // Ping needs a reader
		if err := c.Ping(ctx); err != nil {
			t.Error(err)
		}
		if err := c.Close(4001, "bye"); err != nil {
			t.Error(err)
		}
		<-reading.Done()
		if got := r.why(t); got != socket.ClientClosed.With(4001, "bye") {
			t.Error(got)
		}
	})
}
