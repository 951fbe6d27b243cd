package state_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// relay forwards between nodes and a NATS server until it is frozen: then its
// connections stay open and nothing passes, as with a server that hangs or a network
// that is cut.
type relay struct {
	net.Listener
	frozen atomic.Bool
	used   atomic.Int64 // bytes that passed
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	r := &relay{Listener: l}
	go func() { // ends when the listener is closed
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				_ = client.Close()
				continue
			}
			t.Cleanup(func() { _, _ = client.Close(), server.Close() })
			for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
				go func() { _, _ = io.Copy(way[1], reading{way[0], r}) }() // ends with the connection
			}
		}
	}()
	return r
}

// reading forwards nothing once its relay is frozen.
type reading struct {
	io.Reader
	relay *relay
}

func (r reading) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	for r.relay.frozen.Load() {
		n, err = r.Reader.Read(p)
		if err != nil {
			return 0, err
		}
	}
	r.relay.used.Add(int64(n))
	return n, err
}

// A NATS server that hangs is left for another in seconds: NATS's own pings, every two
// minutes, would leave its nodes without a store for as long. The test takes as long as
// the pings, which are counted in real time.
func TestAServerThatHangsIsLeft(t *testing.T) {
	t.Parallel()
	at := strings.TrimPrefix(natsServer(t, "sync_interval: always"), "nats://")
	relays := []*relay{newRelay(t, at), newRelay(t, at)}
	store := join(t, fmt.Sprintf("nats://%s,nats://%s", relays[0].Addr(), relays[1].Addr()), "node", nil)
	put := func(key string) error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := store.Bucket().Put(ctx, key, []byte("x"), 0)
		return err
	}
	if err := put("before"); err != nil {
		t.Fatal(err)
	}
	relays[0].frozen.Store(relays[0].used.Load() > 0)
	relays[1].frozen.Store(relays[1].used.Load() > 0)
	if relays[0].frozen.Load() == relays[1].frozen.Load() {
		t.Fatal("the node does not use one of the servers alone")
	}
	began := time.Now()
	for i := 0; put(fmt.Sprint("after", i)) != nil; i++ {
		if time.Since(began) > 20*time.Second {
			t.Fatal("the node stays with the server that hangs")
		}
	}
	for _, r := range relays {
		r.frozen.Store(false)
	}
}
