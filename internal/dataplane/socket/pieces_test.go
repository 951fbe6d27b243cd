package socket_test

import (
	"bytes"
	"fmt"
	"net"
	"testing"

	"github.com/pasarela-ws/pasarela/internal/dataplane/socket"
)

// choppedConn writes in pieces of seven bytes, so that TLS records arrive in parts.
type choppedConn struct{ net.Conn }

func (c choppedConn) Write(p []byte) (int, error) {
	for i := 0; i < len(p); i += 7 {
		if n, err := c.Conn.Write(p[i:min(i+7, len(p))]); err != nil {
			return i + n, err
		}
	}
	return len(p), nil
}

// TestRecordsInPieces sends records in parts from some clients, and many records
// at once from others, over one server with one reader.
func TestRecordsInPieces(t *testing.T) {
	theirs, ours := pair(t)
	p := newPool(t, socket.Options{Handler: newRecorder(echo), Readers: 1, Workers: 1})
	s := serve(t, p, socket.NewLiveLimits(socket.Limits{InFlight: 1}), theirs, false)
	var clients []*client
	for i := range 6 {
		k := dial(t, s.addr, ours)
		if i%2 == 1 {
			k = dialVia(t, s.addr, ours, func(nc net.Conn) net.Conn { return choppedConn{nc} })
		}
		clients = append(clients, k)
	}
	for round := range 20 {
		want := bytes.Repeat([]byte(fmt.Sprintf("%04d", round)), 1+round*round*20)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for _, k := range clients {
				k.chopped(text(string(want)), round%2)
			}
		}()
		for i, k := range clients {
			f, err := k.message()
			if err != nil || !bytes.Equal(f.payload, want) {
				t.Fatalf("round %d client %d: %v, %v", round, i, f, err)
			}
		}
		<-done
	}
}

// BenchmarkSend pushes 64 bytes to one connection whose client reads along.
func BenchmarkSend(b *testing.B) {
	conns, _ := benchConns(b, 1)
	body := bytes.Repeat([]byte("x"), 64)
	b.ReportAllocs()
	for b.Loop() {
		for conns[0].Send(socket.Text, body) == socket.ErrSlowReader {
		}
	}
}

// BenchmarkBroadcast pushes one prepared message of 64 bytes to 1,000 connections.
func BenchmarkBroadcast(b *testing.B) {
	conns, _ := benchConns(b, 1000)
	m, err := socket.Prepare(socket.Text, bytes.Repeat([]byte("x"), 64))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range conns {
			for c.SendPrepared(m) == socket.ErrSlowReader {
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/connection")
}

// BenchmarkEcho is a message of 64 bytes in and its echo out, one at a time.
func BenchmarkEcho(b *testing.B) {
	p := newPool(b, socket.Options{Handler: newRecorder(echo)})
	k := dial(b, serve(b, p, nil, nil, false).addr, nil)
	_ = k.SetDeadline(noDeadline)
	body := text(string(bytes.Repeat([]byte("x"), 64)))
	b.ReportAllocs()
	for b.Loop() {
		k.send(b, body...)
		if _, err := k.next(); err != nil {
			b.Fatal(err)
		}
	}
}

// benchConns opens n connections whose clients throw away what they get.
func benchConns(b *testing.B, n int) (conns []*socket.Conn, clients []*client) {
	b.Helper()
	p := newPool(b, socket.Options{Handler: newRecorder(echo)})
	s := serve(b, p, nil, nil, false)
	for range n {
		k := dial(b, s.addr, nil)
		_ = k.SetDeadline(noDeadline)
		conns, clients = append(conns, <-s.conn), append(clients, k)
		go func() {
			buf := make([]byte, 1<<10)
			for _, err := k.Read(buf); err == nil; _, err = k.Read(buf) {
			}
		}()
	}
	return conns, clients
}
