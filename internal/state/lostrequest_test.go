package state_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// forgetful is a proxy to a NATS server that drops the first request for messages.
type forgetful struct {
	net.Listener
	to   string
	once sync.Once
	lost atomic.Bool
}

func (f *forgetful) serve() {
	for {
		from, err := f.Accept()
		if err != nil {
			return // it was closed
		}
		to, err := net.Dial("tcp", f.to)
		if err != nil {
			_ = from.Close()
			continue
		}
		go func() {
			_, _ = io.Copy(from, to)
			_ = from.Close()
		}()
		go func() {
			defer to.Close()
			for buffer := make([]byte, 64<<10); ; {
				n, err := from.Read(buffer)
				if _, writeErr := to.Write(f.without(buffer[:n])); err != nil || writeErr != nil {
					return
				}
			}
		}()
	}
}

// without takes the request out of what a client sends: a line that ends with the length of
// its body, and the body.
func (f *forgetful) without(data []byte) []byte {
	at := bytes.Index(data, []byte("PUB $JS.API.CONSUMER.MSG.NEXT."))
	if at < 0 {
		return data
	}
	f.once.Do(func() {
		line, rest, _ := bytes.Cut(data[at:], []byte("\r\n"))
		var length int
		if _, err := fmt.Sscan(string(line[bytes.LastIndexByte(line, ' ')+1:]), &length); err != nil || len(rest) < length+2 {
			return
		}
		data = append(data[:at:at], rest[length+2:]...)
		f.lost.Store(true)
	})
	return data
}

// A reader of a journal whose request was lost asks again, long before it would give up.
func TestAReaderOfAJournalAsksAgain(t *testing.T) {
	url := natsServer(t, "sync_interval: always")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &forgetful{Listener: listener, to: strings.TrimPrefix(url, "nats://")}
	defer listener.Close()
	go f.serve()
	store := join(t, "nats://"+listener.Addr().String(), "reader", nil)
	if err := store.Journal(store.Run()).Append(t.Context(), []byte("held")); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if got := contents(t, store.Journal(store.Run())); got != "held" {
		t.Errorf("%q after %s", got, time.Since(began))
	}
	if !f.lost.Load() {
		t.Error("no request was lost")
	}
}
